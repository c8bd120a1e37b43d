//! Remote control by datagrams.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::thread;

use gannet_net::NetError;

use super::arguments::Hosts;
use super::error::SippError;

/// The port of remote control.
const PORT: u16 = 8_888;
/// How many ports are tried, from the first one.
const PORTS: u16 = 60;
/// Longest datagram that is read.
const DATAGRAM_BYTES_MAX: usize = 2_048;

/// Listens for datagrams and gives each to `each`, on a thread of its own, until `each` says that it
/// wants no more. Gives the own address; `None` if nobody asked for remote control and no port is
/// free.
///
/// # Errors
/// The address that was asked for cannot be had.
pub(super) fn listen(
    hosts: &Hosts,
    mut each: impl FnMut(Vec<u8>) -> bool + Send + 'static,
) -> Result<Option<SocketAddr>, SippError> {
    let ip = hosts.control_ip.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let first = hosts.control_port.unwrap_or(PORT);
    let mut refused = None;
    let bound = (first..first.saturating_add(PORTS)).find_map(|port| {
        UdpSocket::bind((ip, port))
            .map_err(|error| refused.get_or_insert((port, error)).0)
            .ok()
    });
    let Some(socket) = bound else {
        let asked = hosts.control_ip.is_some() || hosts.control_port.is_some();
        return match refused {
            Some((port, source)) if asked => Err(SippError::Bind(NetError::Listen {
                protocol: "udp",
                address: (ip, port).into(),
                source,
            })),
            _ => Ok(None),
        };
    };
    let address = socket.local_addr().ok();
    let spawned = thread::Builder::new()
        .name("remote control".to_owned())
        .spawn(move || {
            let mut buffer = [0; DATAGRAM_BYTES_MAX];
            // A report that an answer did not arrive is no reason to stop; nothing is answered.
            loop {
                let Ok((length, _)) = socket.recv_from(&mut buffer) else {
                    continue;
                };
                if !each(buffer[..length].to_vec()) {
                    return;
                }
            }
        });
    spawned.map_err(|source| SippError::System {
        what: "thread for remote control",
        source,
    })?;
    Ok(address)
}
