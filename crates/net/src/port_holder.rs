//! Who holds a port, as far as `/proc` tells.

use std::fmt;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The process that holds a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PortHolder {
    /// Its process id.
    pid: u32,
    /// Its name.
    name: String,
}

impl PortHolder {
    /// Looks the port up. `None` when the system does not show it: another operating system, or a
    /// process of another user.
    pub(crate) fn find(protocol: &str, address: SocketAddr) -> Option<Self> {
        let families = [protocol.to_owned(), format!("{protocol}6")];
        families
            .iter()
            .filter_map(|family| fs::read_to_string(format!("/proc/net/{family}")).ok())
            .find_map(|table| inode_of(&table, address))
            .and_then(holder_of)
    }
}

impl fmt::Display for PortHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pid == std::process::id() {
            write!(f, "this program (pid {})", self.pid)
        } else {
            write!(f, "another program (pid {}, {})", self.pid, self.name)
        }
    }
}

/// The socket inode of the line that is bound to the port, on this address or on all, and that for
/// TCP listens.
fn inode_of(table: &str, wanted: SocketAddr) -> Option<u64> {
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_ascii_whitespace();
        let (ip, port) = columns.nth(1)?.split_once(':')?;
        let remote = columns.next()?;
        if u16::from_str_radix(port, 16) != Ok(wanted.port()) || !remote.ends_with(":0000") {
            return None;
        }
        let ip = address_of(ip)?;
        let in_the_way = ip == wanted.ip() || ip.is_unspecified() || wanted.ip().is_unspecified();
        in_the_way.then(|| columns.nth(6)?.parse().ok()).flatten()
    })
}

/// The kernel prints the address as words of 32 bits in the byte order of the machine.
fn address_of(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| {
        let digits = hex.get(at * 8..at * 8 + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    if hex.len() == 8 {
        return Some(Ipv4Addr::from(word(0)?).into());
    }
    let octets = [word(0)?, word(1)?, word(2)?, word(3)?].concat();
    let octets: [u8; 16] = octets.try_into().ok()?;
    Some(Ipv6Addr::from(octets).into())
}

/// The process with that socket among its open files.
fn holder_of(inode: u64) -> Option<PortHolder> {
    let target = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .find(|pid| {
            let files = fs::read_dir(format!("/proc/{pid}/fd"))
                .into_iter()
                .flatten();
            files.filter_map(Result::ok).any(|file| {
                fs::read_link(file.path()).is_ok_and(|link| link.as_os_str() == target.as_str())
            })
        })
        .map(|pid| PortHolder {
            pid,
            name: fs::read_to_string(format!("/proc/{pid}/comm"))
                .map(|name| name.trim_end().to_owned())
                .unwrap_or_default(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(target_os = "linux", target_endian = "little"))]
    #[test]
    fn inode_is_read_from_the_line_of_the_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            1: 0100007F:13C4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n\
            2: 0100007F:13C5 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0\n";
        let inode = |address: &str| inode_of(table, address.parse().expect("an address"));
        assert_eq!(inode("127.0.0.1:5060"), Some(4711));
        assert_eq!(inode("0.0.0.0:5060"), Some(4711));
        assert_eq!(inode("127.0.0.2:5060"), None);
        assert_eq!(inode("127.0.0.1:5061"), None);
        assert_eq!(inode_of("", ([127, 0, 0, 1], 5060).into()), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn our_own_socket_is_found() {
        for host in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(socket) = std::net::UdpSocket::bind(host) else {
                continue;
            };
            let address = socket.local_addr().expect("bound");
            let holder = PortHolder::find("udp", address).expect("our own files can be read");
            assert_eq!(holder.pid, std::process::id());
        }
    }
}
