//! Many datagrams out in one system call.

use std::io;
use std::marker::PhantomData;
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd};

use super::block::Block;
use super::name::Name;

/// Messages of one call.
const MESSAGES_MAX: usize = 256;
/// Pieces of all messages of one call; the kernel takes at most 1024 for one message.
const PARTS_MAX: usize = 1024;
const CONTROL_WORDS: usize = 4;
/// A control message with one `u16`.
const CONTROL_BYTES: usize = 24;
const _: () = assert!(CONTROL_BYTES <= CONTROL_WORDS * 8);

/// Room for the structures of one call, used again for each.
#[derive(Debug)]
pub(in crate::load) struct SendHeaders {
    headers: Block<libc::mmsghdr>,
    parts: Block<libc::iovec>,
    controls: Block<[u64; CONTROL_WORDS]>,
}

impl SendHeaders {
    pub(in crate::load) fn new() -> Self {
        // SAFETY: all zeros is a valid value of these structures of integers and pointers.
        let (header, part) = unsafe { (std::mem::zeroed(), std::mem::zeroed()) };
        Self {
            headers: Block::new(vec![header; MESSAGES_MAX].into()),
            parts: Block::new(vec![part; PARTS_MAX].into()),
            controls: Block::new(vec![[0; CONTROL_WORDS]; MESSAGES_MAX].into()),
        }
    }

    /// Begins a call that sends pieces of `data`.
    pub(in crate::load) fn begin<'a>(&'a mut self, data: &'a [u8]) -> SendBatch<'a> {
        SendBatch {
            headers: self,
            data,
            messages: 0,
            parts: 0,
            names: PhantomData,
        }
    }
}

/// The messages of one call.
#[derive(Debug)]
pub(in crate::load) struct SendBatch<'a> {
    headers: &'a mut SendHeaders,
    data: &'a [u8],
    messages: usize,
    parts: usize,
    names: PhantomData<&'a Name>,
}

impl<'a> SendBatch<'a> {
    /// Whether a message of so many pieces fits.
    pub(in crate::load) fn has_room(&self, parts: usize) -> bool {
        self.messages < MESSAGES_MAX && self.parts + parts <= PARTS_MAX
    }

    #[cfg(test)]
    pub(in crate::load) fn messages(&self) -> usize {
        self.messages
    }

    /// Begins a message to `name`. With `segment_bytes` the kernel cuts it into datagrams of that
    /// length (`udp(7)`, `UDP_SEGMENT`).
    pub(in crate::load) fn message(&mut self, name: &'a Name, segment_bytes: Option<u16>) {
        let control = self.headers.controls.at(self.messages);
        let first_part = self.headers.parts.at(self.parts);
        let header = &mut self.headers.headers.get_mut(self.messages).msg_hdr;
        header.msg_name = std::ptr::from_ref(name).cast_mut().cast();
        header.msg_namelen = name.length();
        header.msg_iov = first_part;
        header.msg_iovlen = 0;
        header.msg_control = std::ptr::null_mut();
        header.msg_controllen = 0;
        if let Some(size) = segment_bytes {
            header.msg_control = control.cast();
            // SAFETY: the control room is this message's own, longer than one `u16` with its head,
            // and aligned for it.
            unsafe {
                header.msg_controllen = libc::CMSG_SPACE(size_of::<u16>() as _) as _;
                let head = libc::CMSG_FIRSTHDR(header);
                (*head).cmsg_level = libc::SOL_UDP;
                (*head).cmsg_type = libc::UDP_SEGMENT;
                (*head).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as _) as _;
                libc::CMSG_DATA(head).cast::<u16>().write_unaligned(size);
            }
        }
        self.messages += 1;
    }

    /// Adds a piece of the data to the message that was begun last.
    pub(in crate::load) fn part(&mut self, range: Range<usize>) {
        let piece = &self.data[range];
        let header = &mut self.headers.headers.get_mut(self.messages - 1).msg_hdr;
        if header.msg_iovlen > 0 {
            let last = self.headers.parts.get_mut(self.parts - 1);
            let end = last.iov_base as usize + last.iov_len;
            if end == piece.as_ptr() as usize {
                last.iov_len += piece.len();
                return;
            }
        }
        let part = libc::iovec {
            iov_base: piece.as_ptr().cast_mut().cast(),
            iov_len: piece.len(),
        };
        *self.headers.parts.get_mut(self.parts) = part;
        header.msg_iovlen += 1;
        self.parts += 1;
    }

    /// Hands the messages to the kernel, which takes as many as it can, from the first on.
    ///
    /// # Errors
    /// What the system says of the first message.
    pub(in crate::load) fn send(&self, socket: &impl AsFd) -> io::Result<usize> {
        if self.messages == 1 {
            return self.send_single(socket);
        }
        // SAFETY: the first `messages` headers point to names and data that are borrowed for the
        // life of `self`, and to parts and controls of its own; the kernel only reads them, and
        // writes how much it sent into the headers.
        let result = unsafe {
            libc::sendmmsg(
                socket.as_fd().as_raw_fd(),
                self.headers.headers.at(0),
                self.messages as libc::c_uint,
                (libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL) as _,
            )
        };
        usize::try_from(result).map_err(|_| io::Error::last_os_error())
    }

    /// The same for one message, for which the call for many does more than is needed.
    fn send_single(&self, socket: &impl AsFd) -> io::Result<usize> {
        // SAFETY: as in `send`, for the first header alone, which the kernel only reads.
        let result = unsafe {
            libc::sendmsg(
                socket.as_fd().as_raw_fd(),
                &raw const (*self.headers.headers.at(0)).msg_hdr,
                libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL,
            )
        };
        if result < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(1)
    }

    /// What a message would put on the wire, and where to.
    #[cfg(test)]
    pub(in crate::load) fn datagrams(&self, index: usize) -> (std::net::SocketAddr, Vec<Vec<u8>>) {
        let header = &self.headers.headers.get(index).msg_hdr;
        // SAFETY: as in `send`; a control message is there when the pointer is.
        let (name, octets, size) = unsafe {
            let name = &*header.msg_name.cast::<Name>();
            let parts = std::slice::from_raw_parts(header.msg_iov, header.msg_iovlen);
            let octets: Vec<u8> = parts
                .iter()
                .flat_map(|part| {
                    std::slice::from_raw_parts(part.iov_base.cast::<u8>(), part.iov_len)
                })
                .copied()
                .collect();
            let control = libc::CMSG_FIRSTHDR(header).as_ref();
            let size = control.map(|control| {
                libc::CMSG_DATA(control)
                    .cast::<u16>()
                    .read_unaligned()
                    .into()
            });
            (name, octets, size)
        };
        let to = name.address().expect("written by `Name::new`");
        let size = size.unwrap_or(octets.len().max(1));
        let mut datagrams: Vec<Vec<u8>> = octets.chunks(size).map(<[u8]>::to_vec).collect();
        if datagrams.is_empty() {
            datagrams.push(Vec::new());
        }
        (to, datagrams)
    }
}
