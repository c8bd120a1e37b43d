//! Many datagrams in one system call.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

use super::block::Block;
use super::name::{NAME_BYTES, Name};

/// Longest UDP payload, and longest train of segments that the kernel joins.
const MESSAGE_BYTES_MAX: usize = 65_536;
/// Buffers begin this much further apart than they are long: were it 64 KiB sharp, the first octets
/// of all would fight for the same few lines of the processor's cache.
const SKEW_BYTES: usize = 4096 + 192;
const STRIDE: usize = MESSAGE_BYTES_MAX + SKEW_BYTES;
/// Room for a length (24 octets) and a time (32 octets).
const CONTROL_WORDS: usize = 8;

type Control = [u64; CONTROL_WORDS];

/// Buffers that hold whatever one call brings: each takes the longest datagram there is. Memory
/// that no datagram has reached yet costs nothing.
#[derive(Debug)]
pub(in crate::load) struct ReceiveSlab {
    memory: Block<u8>,
    headers: Block<libc::mmsghdr>,
    parts: Block<libc::iovec>,
    names: Block<Name>,
    controls: Block<Control>,
    /// The headers that the last call changed, from the first on.
    used: usize,
    /// Whether the headers ask for control data.
    controlled: bool,
}

/// What one header holds after a call.
#[derive(Debug, Clone, Copy)]
pub(in crate::load) struct Message<'a> {
    /// Nothing for a family other than IPv4 and IPv6.
    pub(in crate::load) from: Option<SocketAddr>,
    pub(in crate::load) bytes: &'a [u8],
    /// The length of all datagrams that the kernel joined but the last, which may be shorter.
    /// `None` when this is one datagram.
    pub(in crate::load) segment_bytes: Option<usize>,
    /// The datagram was longer than the buffer.
    pub(in crate::load) truncated: bool,
    /// When the system got it, since 1970.
    pub(in crate::load) arrived: Option<Duration>,
}

impl ReceiveSlab {
    pub(in crate::load) fn new(messages: usize) -> Self {
        // SAFETY: all zeros is a valid value of these structures of integers and pointers.
        let (header, part) = unsafe { (std::mem::zeroed(), std::mem::zeroed()) };
        let slab = Self {
            memory: Block::new(vec![0; STRIDE * messages].into()),
            headers: Block::new(vec![header; messages].into()),
            parts: Block::new(vec![part; messages].into()),
            names: Block::new(vec![Name::EMPTY; messages].into()),
            controls: Block::new(vec![[0; CONTROL_WORDS]; messages].into()),
            used: messages,
            controlled: false,
        };
        for index in 0..messages {
            let part = libc::iovec {
                iov_base: slab.memory.at(index * STRIDE).cast(),
                iov_len: MESSAGE_BYTES_MAX,
            };
            // SAFETY: the blocks are new, nothing else refers to them.
            unsafe {
                slab.parts.at(index).write(part);
                let header = &mut (*slab.headers.at(index)).msg_hdr;
                header.msg_name = slab.names.at(index).cast();
                header.msg_iov = slab.parts.at(index);
                header.msg_iovlen = 1;
                header.msg_control = slab.controls.at(index).cast();
            }
        }
        slab
    }

    /// Takes what waits at the socket, as many datagrams as there are buffers. `controlled` asks
    /// for the length of joined datagrams and the time of arrival, if the socket tells them.
    ///
    /// # Errors
    /// What the system says; `WouldBlock` when nothing waits.
    pub(in crate::load) fn receive(
        &mut self,
        socket: &impl AsFd,
        controlled: bool,
    ) -> io::Result<usize> {
        self.renew(controlled);
        let headers = self.headers.length() as libc::c_uint;
        // SAFETY: every header points to a name, a buffer and control room in blocks of `self`,
        // with their lengths, and `&mut self` keeps all others away from them.
        let result = unsafe {
            libc::recvmmsg(
                socket.as_fd().as_raw_fd(),
                self.headers.at(0),
                headers,
                libc::MSG_DONTWAIT as _,
                std::ptr::null_mut(),
            )
        };
        let count = usize::try_from(result).map_err(|_| io::Error::last_os_error())?;
        self.used = count;
        Ok(count)
    }

    /// What the last call put into one of its headers.
    pub(in crate::load) fn message(&self, index: usize) -> Message<'_> {
        let header = self.headers.get(index);
        let length = (header.msg_len as usize).min(MESSAGE_BYTES_MAX);
        let said = Said::of(&header.msg_hdr);
        Message {
            from: self.names.get(index).address(),
            bytes: self.memory.slice(index * STRIDE, length),
            segment_bytes: said.segment_bytes.filter(|&size| size < length),
            truncated: header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0,
            arrived: said.arrived,
        }
    }

    /// A buffer for other reads.
    pub(in crate::load) fn buffer(&mut self) -> &mut [u8] {
        self.memory.slice_mut(0, MESSAGE_BYTES_MAX)
    }

    /// The bytes that a read put into the buffer.
    pub(in crate::load) fn filled(&self, length: usize) -> &[u8] {
        self.memory.slice(0, length)
    }

    /// Gives the headers that the last call changed their lengths back.
    fn renew(&mut self, controlled: bool) {
        if self.controlled != controlled {
            self.controlled = controlled;
            self.used = self.headers.length();
        }
        let control_bytes = if controlled { size_of::<Control>() } else { 0 };
        for index in 0..self.used {
            let header = &mut self.headers.get_mut(index).msg_hdr;
            header.msg_namelen = NAME_BYTES as libc::socklen_t;
            header.msg_controllen = control_bytes as _;
        }
        self.used = 0;
    }
}

/// What the control data of a message say.
#[derive(Debug, Default)]
struct Said {
    /// The length of joined datagrams (`udp(7)`, `UDP_GRO`).
    segment_bytes: Option<usize>,
    /// When the message came (`socket(7)`, `SO_TIMESTAMPNS`).
    arrived: Option<Duration>,
}

impl Said {
    fn of(header: &libc::msghdr) -> Self {
        let mut said = Self::default();
        // SAFETY: the header came back from the kernel: its control pointer and length describe
        // control messages in memory of the slab. `CMSG_FIRSTHDR` gives null when there is no whole
        // one.
        let mut next = unsafe { libc::CMSG_FIRSTHDR(header) };
        // SAFETY: null, or a control message that the kernel wrote.
        while let Some(control) = unsafe { next.as_ref() } {
            match (control.cmsg_level, control.cmsg_type) {
                (libc::SOL_UDP, libc::UDP_GRO) => {
                    let size = content::<libc::c_int>(control);
                    said.segment_bytes = size
                        .and_then(|size| usize::try_from(size).ok())
                        .filter(|&size| size > 0);
                }
                (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) => {
                    said.arrived = content::<libc::timespec>(control).and_then(since_1970);
                }
                _ => {}
            }
            // SAFETY: as for the first.
            next = unsafe { libc::CMSG_NXTHDR(header, control) };
        }
        said
    }
}

/// What a control message holds, if it is as long as that. `T` is a structure of integers.
fn content<T: Copy>(control: &libc::cmsghdr) -> Option<T> {
    // SAFETY: `CMSG_LEN` only computes; the data follow the header in memory that the kernel wrote,
    // `cmsg_len` octets together.
    unsafe {
        let length = libc::CMSG_LEN(size_of::<T>() as _) as usize;
        let given: usize = control.cmsg_len as _;
        if given < length {
            return None;
        }
        Some(libc::CMSG_DATA(control).cast::<T>().read_unaligned())
    }
}

fn since_1970(time: libc::timespec) -> Option<Duration> {
    let seconds = u64::try_from(time.tv_sec).ok()?;
    let nanos = u32::try_from(time.tv_nsec).ok()?;
    Some(Duration::new(seconds, nanos))
}
