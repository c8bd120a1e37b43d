//! Socket options that are asked for once per socket or once per report.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use nix::sys::socket::{getsockopt, setsockopt, sockopt};
use socket2::Socket;

/// What a UDP socket asks for when the user names no size. The system grants it to the
/// administrator; to others as much as it lets (`net.core.rmem_max`, `net.core.wmem_max`).
const RECEIVE_BUFFER_BYTES: usize = 32 << 20;
const SEND_BUFFER_BYTES: usize = 8 << 20;
/// Of `asm-generic/socket.h`, which the machines we build for share (Linux 4.12).
const SO_MEMINFO: libc::c_int = 55;
/// How many figures it has.
const MEMORY_FIGURES: usize = 9;
/// Of `linux/sctp.h` (RFC 6458 8.1.5).
const SCTP_NODELAY: libc::c_int = 3;

/// Gives the socket buffers of the size that the user named, or large ones.
pub(in crate::load) fn enlarge_buffers(socket: &Socket, wished: Option<usize>) -> io::Result<()> {
    if let Some(bytes) = wished {
        // As `setsockopt` has it: the system may give less.
        socket.set_recv_buffer_size(bytes)?;
        return socket.set_send_buffer_size(bytes);
    }
    if setsockopt(socket, sockopt::RcvBufForce, &RECEIVE_BUFFER_BYTES).is_err() {
        socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)?;
    }
    if setsockopt(socket, sockopt::SndBufForce, &SEND_BUFFER_BYTES).is_err() {
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    }
    Ok(())
}

/// Whether the kernel cuts what is sent (Linux 4.18) and joins what is received (Linux 5.0); turns
/// the latter on.
pub(in crate::load) fn offers_segmentation(socket: &Socket) -> (bool, bool) {
    let sends = getsockopt(socket, sockopt::UdpGsoSegment).is_ok();
    let receives = setsockopt(socket, sockopt::UdpGroSegment, &true).is_ok();
    (sends, receives)
}

/// Has the kernel say when each datagram came. Whether it will.
pub(in crate::load) fn note_arrivals(socket: &Socket) -> bool {
    setsockopt(socket, sockopt::ReceiveTimestampns, &true).is_ok()
}

/// How many datagrams the kernel dropped because the receive buffer was full, modulo 2^32.
pub(in crate::load) fn kernel_drops(socket: &impl AsFd) -> Option<u32> {
    let mut figures = [0_u32; MEMORY_FIGURES];
    let mut length = size_of_val(&figures) as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` octets to `figures`.
    let result = unsafe {
        libc::getsockopt(
            socket.as_fd().as_raw_fd(),
            libc::SOL_SOCKET,
            SO_MEMINFO,
            figures.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    (result == 0).then(|| figures[libc::SK_MEMINFO_DROPS as usize])
}

/// Has an SCTP socket send each message at once, as `TCP_NODELAY` does.
pub(in crate::load) fn send_sctp_at_once(socket: &impl AsFd) -> io::Result<()> {
    let on: libc::c_int = 1;
    // SAFETY: the kernel reads one integer of the length given.
    let result = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            libc::IPPROTO_SCTP,
            SCTP_NODELAY,
            (&raw const on).cast(),
            size_of_val(&on) as libc::socklen_t,
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
