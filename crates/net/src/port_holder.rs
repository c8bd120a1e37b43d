//! Who holds a port, as far as `/proc` tells.

use std::fmt;
use std::fs;
use std::net::SocketAddr;

/// The process that holds a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortHolder {
    /// Its process id.
    pub pid: u32,
    /// Its name.
    pub name: String,
}

impl PortHolder {
    /// Looks the port up. `None` when the system does not show it: another operating system, or a
    /// process of another user.
    pub(crate) fn find(protocol: &str, address: SocketAddr) -> Option<Self> {
        let families = [protocol.to_owned(), format!("{protocol}6")];
        families
            .iter()
            .filter_map(|family| fs::read_to_string(format!("/proc/net/{family}")).ok())
            .find_map(|table| inode_of(&table, address.port()))
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

/// The socket inode of the line that is bound to the port and, for TCP, listens or is unconnected.
fn inode_of(table: &str, port: u16) -> Option<u64> {
    let wanted = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_ascii_whitespace();
        let local = columns.nth(1)?;
        let remote = columns.next()?;
        let unconnected = remote.ends_with(":0000");
        (local.ends_with(&wanted) && unconnected)
            .then(|| columns.nth(6)?.parse().ok())
            .flatten()
    })
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

    #[test]
    fn inode_is_read_from_the_line_of_the_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            1: 0100007F:13C4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n\
            2: 0100007F:13C5 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0\n";
        assert_eq!(inode_of(table, 5060), Some(4711));
        assert_eq!(inode_of(table, 5061), None);
        assert_eq!(inode_of("", 5060), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn our_own_socket_is_found() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let address = socket.local_addr().expect("bound");
        let holder = PortHolder::find("udp", address).expect("our own files can be read");
        assert_eq!(holder.pid, std::process::id());
    }
}
