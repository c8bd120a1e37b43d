//! Where messages go by RFC 3261 and not by SIPp's habits (`Strictness::routes_by_rfc`).

use std::net::{IpAddr, SocketAddr};

use gannet_sip::HeaderName;

use super::World;
use super::received::{Received, uri_of};
use super::state::CallState;

/// Port of a URI or Via that names none (RFC 3261 19.1.2).
const PORT: u16 = 5060;

/// Where the responses to a request go (RFC 3261 18.2.2, RFC 3581 4).
pub(super) fn answer_to(received: &Received<'_>, from: SocketAddr) -> SocketAddr {
    let via = received.values(HeaderName::Via).next().unwrap_or_default();
    let top = via.split(|byte| *byte == b',').next().unwrap_or_default();
    let mut parts = top.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    let sent_by = parts.next().unwrap_or_default();
    let host_port = sent_by
        .rsplit(u8::is_ascii_whitespace)
        .next()
        .unwrap_or_default();
    let mut to = from;
    let mut has_rport = false;
    for part in parts {
        let (name, value) = match memchr::memchr(b'=', part) {
            Some(at) => (part[..at].trim_ascii(), part[at + 1..].trim_ascii()),
            None => (part, &[][..]),
        };
        if name.eq_ignore_ascii_case(b"rport") {
            has_rport = true;
        } else if name.eq_ignore_ascii_case(b"maddr")
            && let Some(address) = address_of(value)
        {
            to.set_ip(address);
        }
    }
    if !has_rport {
        to.set_port(split_port(host_port).1.unwrap_or(PORT));
    }
    to
}

/// Where the next request of a dialog goes: to the first of its route set, else to its target (RFC
/// 3261 12.2.1.1). `None` if neither is known.
pub(super) fn request_to(state: &CallState, world: &mut dyn World) -> Option<SocketAddr> {
    let extra = state.extra()?;
    let uri = if extra.routes.is_empty() {
        &extra.next_url[..]
    } else {
        uri_of(&extra.routes)
    };
    let (scheme, rest) = uri.split_at(memchr::memchr(b':', uri)? + 1);
    if !scheme.eq_ignore_ascii_case(b"sip:") && !scheme.eq_ignore_ascii_case(b"sips:") {
        return None;
    }
    let end = memchr::memchr3(b';', b'?', b'>', rest).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host_port = memchr::memrchr(b'@', authority).map_or(authority, |at| &authority[at + 1..]);
    let (host, port) = split_port(host_port);
    let address = address_of(host).or_else(|| {
        world.resolve(
            std::str::from_utf8(host)
                .ok()
                .filter(|host| !host.is_empty())?,
        )
    })?;
    Some(SocketAddr::new(address, port.unwrap_or(PORT)))
}

/// Host, without brackets, and port.
fn split_port(host_port: &[u8]) -> (&[u8], Option<u16>) {
    let after_brackets = memchr::memchr(b']', host_port).map_or(0, |at| at + 1);
    let colon = memchr::memchr(b':', &host_port[after_brackets..]).map(|at| at + after_brackets);
    let (host, port) = match colon {
        Some(at) => (&host_port[..at], Some(&host_port[at + 1..])),
        None => (host_port, None),
    };
    let host = host.strip_prefix(b"[").unwrap_or(host);
    let host = host.strip_suffix(b"]").unwrap_or(host);
    let port = port.and_then(|port| std::str::from_utf8(port.trim_ascii()).ok()?.parse().ok());
    (host.trim_ascii(), port)
}

fn address_of(host: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(host).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::received::Reader;
    use super::*;

    #[test]
    fn responses_go_where_the_via_says() {
        let from: SocketAddr = "10.0.0.9:7777".parse().expect("an address");
        for (via, expected) in [
            ("SIP/2.0/UDP h:5070;branch=z", "10.0.0.9:5070"),
            ("SIP/2.0/UDP h;branch=z, SIP/2.0/UDP i:1", "10.0.0.9:5060"),
            ("SIP/2.0/UDP h:5070;rport;branch=z", "10.0.0.9:7777"),
            ("SIP/2.0/UDP [2001:db8::1]:5071", "10.0.0.9:5071"),
            ("SIP/2.0/UDP h:5070;maddr=10.0.0.3", "10.0.0.3:5070"),
            ("SIP/2.0/UDP h:x", "10.0.0.9:5060"),
            ("", "10.0.0.9:5060"),
        ] {
            let text = format!("INFO x SIP/2.0\r\nVia: {via}\r\n\r\n");
            let mut reader = Reader::default();
            let received = reader.read(text.as_bytes()).expect("a message");
            assert_eq!(answer_to(&received, from).to_string(), expected, "{via}");
        }
    }

    #[test]
    fn hosts_and_ports_are_told_apart() {
        for (text, host, port) in [
            ("a:5", "a", Some(5)),
            ("a", "a", None),
            ("[::1]:7", "::1", Some(7)),
            ("[::1]", "::1", None),
            ("a:99999", "a", None),
            ("", "", None),
        ] {
            assert_eq!(split_port(text.as_bytes()), (host.as_bytes(), port));
        }
    }
}
