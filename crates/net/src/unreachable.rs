//! Datagrams that the network could not deliver, from the socket's error queue (`ip(7)`,
//! `IP_RECVERR`). The queue keeps for each the address to which it was sent.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};

use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrLike, SockaddrStorage, recvmsg, setsockopt, sockopt,
};

/// Room for `sock_extended_err` and the address of the router that reported it.
type ErrorMessage = [u8; 64];

/// Has the socket keep an error queue.
pub(crate) fn keep_errors(socket: &impl AsFd, address: SocketAddr) -> io::Result<()> {
    match address {
        SocketAddr::V4(_) => setsockopt(socket, sockopt::Ipv4RecvErr, &true)?,
        SocketAddr::V6(_) => setsockopt(socket, sockopt::Ipv6RecvErr, &true)?,
    }
    Ok(())
}

/// The next datagram that was not delivered: where it should have gone, if known, and why.
pub(crate) fn next_unreachable(
    socket: &impl AsRawFd,
) -> io::Result<(Option<SocketAddr>, io::Error)> {
    let mut payload = [0; 1];
    let mut buffers = [IoSliceMut::new(&mut payload)];
    let mut control = nix::cmsg_space!(ErrorMessage);
    let message = recvmsg::<SockaddrStorage>(
        socket.as_raw_fd(),
        &mut buffers,
        Some(&mut control),
        MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT,
    )?;
    let mut code = None;
    for control in message.cmsgs()? {
        if let ControlMessageOwned::Ipv4RecvErr(error, _)
        | ControlMessageOwned::Ipv6RecvErr(error, _) = control
        {
            code = Some(error.ee_errno as i32);
        }
    }
    let remote = message.address.as_ref().and_then(socket_address);
    let error = code.map_or_else(
        || io::ErrorKind::HostUnreachable.into(),
        io::Error::from_raw_os_error,
    );
    Ok((remote, error))
}

fn socket_address(address: &SockaddrStorage) -> Option<SocketAddr> {
    address.family()?;
    let v4 = address
        .as_sockaddr_in()
        .map(|&v4| SocketAddr::V4(v4.into()));
    v4.or_else(|| {
        address
            .as_sockaddr_in6()
            .map(|&v6| SocketAddr::V6(v6.into()))
    })
}
