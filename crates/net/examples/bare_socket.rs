//! The floor under any load tool on this machine: the exchange of a call's six datagrams with
//! nothing but `recvmmsg` and `sendmmsg` around it. `--help` says how to run it; it prints one line
//! of JSON when it ends.

mod common;

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use common::{
    Args, Caller, Figures, Pace, Role, Templates, Usage, announce, answers, read_header, report,
};
use mmsg::MessageSocket;

/// How long a client waits for datagrams before it looks at the clock.
const TICK: Duration = Duration::from_millis(1);
/// A run ends when nothing came for this long.
const QUIET: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    report(Args::read().and_then(|args| run(&args).map_err(|error| error.to_string())))
}

fn run(args: &Args) -> io::Result<Figures> {
    let templates = Templates::new(args.sizes);
    match args.role {
        Role::Client => client(args, &templates),
        Role::Server => server(args, &templates),
    }
}

fn client(args: &Args, templates: &Templates) -> io::Result<Figures> {
    let mut socket = MessageSocket::open(
        args.bind,
        args.datagram_bytes_max(),
        TICK,
        args.segmentation,
    )?;
    let mut caller = Caller::new(args.in_flight_max);
    let before = Usage::now();
    let pace = Pace::new(args.rate, args.length, args.calls_max);
    let mut heard = Instant::now();
    loop {
        let (due, over) = pace.due(caller.started);
        while caller.started < due
            && let Some((call, kind)) = caller.start()
        {
            socket.append(args.to, |to| templates.append(kind, call, to))?;
        }
        socket.send()?;
        if (over && caller.in_flight() == 0) || heard.elapsed() > QUIET {
            break;
        }
        let count = socket.receive(|socket, from, datagram| {
            if let Some((call, kind)) = read_header(datagram) {
                for &kind in caller.receive(call, kind) {
                    socket.append(from, |to| templates.append(kind, call, to))?;
                }
            }
            Ok(())
        })?;
        if count > 0 {
            heard = Instant::now();
        }
    }
    let elapsed = pace.elapsed();
    Ok(figures(
        args,
        &socket,
        before,
        elapsed,
        (caller.done, caller.in_flight()),
    ))
}

fn server(args: &Args, templates: &Templates) -> io::Result<Figures> {
    let mut socket = MessageSocket::open(
        args.bind,
        args.datagram_bytes_max(),
        QUIET,
        args.segmentation,
    )?;
    announce(socket.local_addr()?);
    let mut begun: Option<(Instant, Usage)> = None;
    let mut heard = Instant::now();
    let mut calls = 0;
    loop {
        let count = socket.receive(|socket, from, datagram| {
            if let Some((call, kind)) = read_header(datagram) {
                let kinds = answers(kind);
                calls += u64::from(kinds.len() == 1);
                for &kind in kinds {
                    socket.append(from, |to| templates.append(kind, call, to))?;
                }
            }
            Ok(())
        })?;
        socket.send()?;
        if count > 0 {
            heard = Instant::now();
            begun.get_or_insert_with(|| (heard, Usage::now()));
        }
        if args.calls_max.is_some_and(|most| calls >= most) || (count == 0 && begun.is_some()) {
            break;
        }
    }
    let (start, before) = begun.expect("ends after the first datagram only");
    Ok(figures(args, &socket, before, heard - start, (calls, 0)))
}

fn figures(
    args: &Args,
    socket: &MessageSocket,
    before: Usage,
    elapsed: Duration,
    calls: (u64, u64),
) -> Figures {
    let system_calls = socket.system_calls();
    Figures::new("bare_socket", args, before, elapsed, calls, system_calls)
}

/// One UDP socket with `sendmmsg` and `recvmmsg`.
#[expect(unsafe_code, reason = "neither call is in the standard library")]
mod mmsg {
    use std::mem::{size_of, zeroed};
    use std::os::fd::AsRawFd;
    use std::ptr::null_mut;

    use super::{Duration, SocketAddr, UdpSocket, io};

    const BATCH_MAX: usize = 64;
    const SEGMENTS_MAX: usize = 64;
    const SEGMENTED_BYTES_MAX: usize = 65_507;
    const BUFFER_BYTES: i32 = 32 << 20;

    pub(super) struct MessageSocket {
        socket: UdpSocket,
        segmentation: bool,
        buffer_bytes: usize,
        buffers: Vec<u8>,
        out: Vec<u8>,
        /// Where each datagram to send ends, and where to.
        ends: Vec<(usize, SocketAddr)>,
        sends: u64,
        receives: u64,
    }

    /// Room for the size of segments.
    #[repr(C, align(8))]
    #[derive(Clone, Copy)]
    struct Control([u8; 24]);

    type Structures = (
        [libc::mmsghdr; BATCH_MAX],
        [libc::iovec; BATCH_MAX],
        [libc::sockaddr_in6; BATCH_MAX],
        [Control; BATCH_MAX],
    );

    fn structures() -> Structures {
        // SAFETY: all zeros is a valid value of these structures of integers and pointers.
        unsafe { zeroed() }
    }

    impl MessageSocket {
        pub(super) fn open(
            bind: SocketAddr,
            datagram_bytes_max: usize,
            wait: Duration,
            segmentation: bool,
        ) -> io::Result<Self> {
            let socket = UdpSocket::bind(bind)?;
            socket.set_read_timeout(Some(wait))?;
            let descriptor = socket.as_raw_fd();
            for option in [libc::SO_RCVBUFFORCE, libc::SO_SNDBUFFORCE] {
                // Only for those who may; the system's own size does for low rates.
                let _ = set(descriptor, libc::SOL_SOCKET, option, BUFFER_BYTES);
            }
            if segmentation {
                set(descriptor, libc::SOL_UDP, libc::UDP_GRO, 1)?;
            }
            // Not a power of two: the same place of every buffer must not share a cache line set.
            let buffer_bytes = if segmentation {
                65_536
            } else {
                datagram_bytes_max.max(2048)
            } + 192;
            Ok(Self {
                socket,
                segmentation,
                buffer_bytes,
                buffers: vec![0; buffer_bytes * BATCH_MAX],
                out: Vec::with_capacity(BATCH_MAX * buffer_bytes.min(4096)),
                ends: Vec::with_capacity(BATCH_MAX),
                sends: 0,
                receives: 0,
            })
        }

        pub(super) fn local_addr(&self) -> io::Result<SocketAddr> {
            self.socket.local_addr()
        }

        pub(super) fn system_calls(&self) -> (u64, u64) {
            (self.sends, self.receives)
        }

        /// Adds a datagram to the batch.
        pub(super) fn append(
            &mut self,
            to: SocketAddr,
            write: impl FnOnce(&mut Vec<u8>) -> usize,
        ) -> io::Result<()> {
            if self.ends.len() == BATCH_MAX {
                self.send()?;
            }
            write(&mut self.out);
            self.ends.push((self.out.len(), to));
            Ok(())
        }

        /// How many of the datagrams from `first` on go out as segments of one.
        fn segments(&self, first: usize, start: usize) -> usize {
            let (end, to) = self.ends[first];
            let size = end - start;
            let mut count = 1;
            let mut last = end;
            for &(end, next) in &self.ends[first + 1..] {
                let fits = end - last <= size && end - start <= SEGMENTED_BYTES_MAX;
                if !self.segmentation || next != to || !fits || count == SEGMENTS_MAX {
                    break;
                }
                count += 1;
                if end - last < size {
                    break;
                }
                last = end;
            }
            count
        }

        /// Sends the batch.
        pub(super) fn send(&mut self) -> io::Result<()> {
            let (mut headers, mut parts, mut names, mut controls) = structures();
            let (mut first, mut start, mut count) = (0, 0, 0);
            while first < self.ends.len() {
                let segments = self.segments(first, start);
                let (size, to) = (self.ends[first].0 - start, self.ends[first].1);
                let end = self.ends[first + segments - 1].0;
                parts[count].iov_base = self.out[start..end].as_mut_ptr().cast();
                parts[count].iov_len = end - start;
                let header = &mut headers[count].msg_hdr;
                header.msg_namelen = write_name(&mut names[count], to);
                header.msg_name = (&raw mut names[count]).cast();
                header.msg_iov = &raw mut parts[count];
                header.msg_iovlen = 1;
                if segments > 1 {
                    let control = &mut controls[count].0;
                    control[..8].copy_from_slice(&18_usize.to_ne_bytes());
                    control[8..12].copy_from_slice(&libc::SOL_UDP.to_ne_bytes());
                    control[12..16].copy_from_slice(&libc::UDP_SEGMENT.to_ne_bytes());
                    control[16..18].copy_from_slice(&(size as u16).to_ne_bytes());
                    header.msg_control = control.as_mut_ptr().cast();
                    header.msg_controllen = 24;
                }
                (first, start, count) = (first + segments, end, count + 1);
            }
            let mut sent = 0;
            while sent < count {
                self.sends += 1;
                // SAFETY: the headers up to `count` point into arrays that outlive the call.
                let result = unsafe {
                    let rest = headers.as_mut_ptr().add(sent);
                    libc::sendmmsg(self.socket.as_raw_fd(), rest, (count - sent) as u32, 0)
                };
                match usize::try_from(result) {
                    Ok(more) => sent += more,
                    Err(_) => return Err(io::Error::last_os_error()),
                }
            }
            self.out.clear();
            self.ends.clear();
            Ok(())
        }

        /// Waits for datagrams and hands out what came; none after the waiting time.
        pub(super) fn receive(
            &mut self,
            mut each: impl FnMut(&mut Self, SocketAddr, &[u8]) -> io::Result<()>,
        ) -> io::Result<usize> {
            let mut buffers = std::mem::take(&mut self.buffers);
            let (mut headers, mut parts, mut names, mut controls) = structures();
            for (index, buffer) in buffers.chunks_exact_mut(self.buffer_bytes).enumerate() {
                parts[index].iov_base = buffer.as_mut_ptr().cast();
                parts[index].iov_len = buffer.len();
                let header = &mut headers[index].msg_hdr;
                header.msg_name = (&raw mut names[index]).cast();
                header.msg_namelen = size_of::<libc::sockaddr_in6>() as u32;
                header.msg_iov = &raw mut parts[index];
                header.msg_iovlen = 1;
                if self.segmentation {
                    header.msg_control = controls[index].0.as_mut_ptr().cast();
                    header.msg_controllen = 24;
                }
            }
            self.receives += 1;
            // SAFETY: every header points into arrays that outlive the call, with their lengths.
            let result = unsafe {
                let flags = libc::MSG_WAITFORONE;
                let headers = headers.as_mut_ptr();
                libc::recvmmsg(
                    self.socket.as_raw_fd(),
                    headers,
                    BATCH_MAX as u32,
                    flags,
                    null_mut(),
                )
            };
            let count = match usize::try_from(result) {
                Ok(count) => count,
                Err(_) => match io::Error::last_os_error() {
                    error if error.kind() == io::ErrorKind::WouldBlock => 0,
                    error => return Err(error),
                },
            };
            for (index, buffer) in buffers
                .chunks_exact(self.buffer_bytes)
                .take(count)
                .enumerate()
            {
                let length = headers[index].msg_len as usize;
                let control = &controls[index].0;
                let segmented = headers[index].msg_hdr.msg_controllen >= 18;
                let size = if segmented {
                    i32::from_ne_bytes(control[16..20].try_into().expect("four octets")) as usize
                } else {
                    length.max(1)
                };
                for datagram in buffer[..length].chunks(size) {
                    each(self, read_name(&names[index]), datagram)?;
                }
            }
            self.buffers = buffers;
            Ok(count)
        }
    }

    fn set(descriptor: i32, level: i32, option: i32, value: i32) -> io::Result<()> {
        // SAFETY: the value is an integer that outlives the call.
        let result = unsafe {
            let value = (&raw const value).cast();
            libc::setsockopt(descriptor, level, option, value, size_of::<i32>() as u32)
        };
        if result == 0 {
            Ok(())
        } else {
            Err(io::Error::last_os_error())
        }
    }

    fn write_name(name: &mut libc::sockaddr_in6, address: SocketAddr) -> u32 {
        match address {
            SocketAddr::V4(address) => {
                // SAFETY: an IPv4 name is shorter than an IPv6 one and as strictly aligned at most.
                let name = unsafe { &mut *(&raw mut *name).cast::<libc::sockaddr_in>() };
                name.sin_family = libc::AF_INET as u16;
                name.sin_port = address.port().to_be();
                name.sin_addr.s_addr = u32::from_ne_bytes(address.ip().octets());
                size_of::<libc::sockaddr_in>() as u32
            }
            SocketAddr::V6(address) => {
                name.sin6_family = libc::AF_INET6 as u16;
                name.sin6_port = address.port().to_be();
                name.sin6_addr.s6_addr = address.ip().octets();
                size_of::<libc::sockaddr_in6>() as u32
            }
        }
    }

    fn read_name(name: &libc::sockaddr_in6) -> SocketAddr {
        if i32::from(name.sin6_family) == libc::AF_INET {
            // SAFETY: as in `write_name`; the family says which of the two the kernel wrote.
            let name = unsafe { &*(&raw const *name).cast::<libc::sockaddr_in>() };
            let octets = name.sin_addr.s_addr.to_ne_bytes();
            return (octets, u16::from_be(name.sin_port)).into();
        }
        (name.sin6_addr.s6_addr, u16::from_be(name.sin6_port)).into()
    }
}
