//! A peer that is no Seagull: a plain UDP socket.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use super::LIMIT;

/// A UDP socket of 127.0.0.1.
pub(crate) struct Peer {
    socket: UdpSocket,
}

impl Peer {
    /// At a port; 0 is any.
    pub(crate) fn at(port: u16) -> Self {
        let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(LIMIT)).unwrap();
        Self { socket }
    }

    pub(crate) fn port(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }

    /// The next datagram as text, and where it came from.
    #[track_caller]
    pub(crate) fn receive(&self) -> (String, SocketAddr) {
        let mut bytes = vec![0; 65_536];
        let (length, from) = self.socket.recv_from(&mut bytes).unwrap();
        (String::from_utf8_lossy(&bytes[..length]).into_owned(), from)
    }

    pub(crate) fn send(&self, bytes: impl AsRef<[u8]>, to: SocketAddr) {
        self.socket.send_to(bytes.as_ref(), to).unwrap();
    }

    /// Answers a request with this status.
    pub(crate) fn answer(&self, request: &str, status: &str, to: SocketAddr) {
        let status = format!("SIP/2.0 {status}");
        let copied = request
            .lines()
            .take_while(|line| !line.is_empty())
            .filter(|line| {
                ["Via:", "From:", "To:", "Call-ID:", "CSeq:"]
                    .iter()
                    .any(|name| line.starts_with(name))
            });
        let lines: Vec<&str> = [status.as_str()]
            .into_iter()
            .chain(copied)
            .chain(["content-length: 0", "", ""])
            .collect();
        self.send(lines.join("\r\n"), to);
    }

    /// Nothing has come until now.
    #[track_caller]
    pub(crate) fn expect_nothing(&self) {
        self.socket.set_nonblocking(true).unwrap();
        let mut bytes = [0; 2048];
        match self.socket.recv(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Ok(length) => panic!("received {}", String::from_utf8_lossy(&bytes[..length])),
            Err(error) => panic!("{error}"),
        }
        self.socket.set_nonblocking(false).unwrap();
    }

    /// Waits at most so long for a datagram.
    pub(crate) fn receive_within(&self, limit: Duration) -> Option<(String, SocketAddr)> {
        self.socket.set_read_timeout(Some(limit)).unwrap();
        let mut bytes = vec![0; 65_536];
        let received = self.socket.recv_from(&mut bytes).ok();
        self.socket.set_read_timeout(Some(LIMIT)).unwrap();
        received
            .map(|(length, from)| (String::from_utf8_lossy(&bytes[..length]).into_owned(), from))
    }
}
