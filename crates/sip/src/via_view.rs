//! A Via value looked at in place (RFC 3261 20.42, RFC 3581).

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::SocketAddr;

use crate::field_error::FieldError;
use crate::lex::{self, BLANKS, Blanks as _};
use crate::params::{self, Params};
use crate::transport::Transport;
use crate::uri::{host_text, parse_ip};
use crate::uri_parts::split_host_port;
use crate::via::{BRANCH_COOKIE, Via};

/// One Via value whose parts are pieces of the message. What every message is asked for can be told
/// without copying; [`ViaView::to_via`] gives a [`Via`] to change.
#[derive(Debug, Clone)]
pub struct ViaView<'a> {
    protocol: &'a str,
    version: &'a str,
    transport: &'a str,
    /// A copy only where blanks stand in sent-by.
    host: Cow<'a, str>,
    port: Option<u16>,
    params: &'a str,
}

impl<'a> ViaView<'a> {
    /// Reads one value; see [`Via::parse`].
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn read(text: &'a str) -> Result<Self, FieldError> {
        let error = |expected| FieldError::syntax("Via", expected, text);
        let trimmed = text.trim_blanks();
        let (head, params) = match lex::find_outside(trimmed, b';') {
            Some(at) => (&trimmed[..at], &trimmed[at..]),
            None => (trimmed, ""),
        };
        // sent-protocol may have blanks around its slashes (RFC 3261 25.1 SLASH).
        let mut pieces = head.splitn(3, '/');
        let protocol = pieces.next().unwrap_or("").trim_blanks();
        let version = pieces
            .next()
            .ok_or_else(|| error("SIP/2.0/"))?
            .trim_blanks();
        let rest = pieces
            .next()
            .ok_or_else(|| error("a transport"))?
            .trim_blanks_start();
        let (transport, sent_by) = rest
            .cut_at_blank()
            .ok_or_else(|| error("a blank before sent-by"))?;
        if !lex::is_token(protocol) || !lex::is_token(version) || !lex::is_token(transport) {
            return Err(error("protocol/version/transport"));
        }
        let (host, port) = read_sent_by(sent_by).ok_or_else(|| error("a port number"))?;
        if host.is_empty() {
            return Err(error("a host"));
        }
        Ok(Self {
            protocol,
            version,
            transport,
            host,
            port,
            params,
        })
    }

    /// The `branch` parameter.
    pub fn branch(&self) -> Option<&'a str> {
        self.param("branch")
    }

    /// The value of a parameter as written. `None` if there is none, or if it is a flag.
    pub fn param(&self, name: &str) -> Option<&'a str> {
        params::get(self.params, name)
    }

    /// True when the branch starts with the magic cookie of RFC 3261 8.1.1.7, in any case.
    pub fn has_rfc3261_branch(&self) -> bool {
        let cookie = |branch: &str| {
            let start = branch.get(..BRANCH_COOKIE.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(BRANCH_COOKIE))
        };
        self.branch().is_some_and(cookie)
    }

    /// The host of sent-by as written.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port of sent-by, if one is written.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// Appends host and port of sent-by in lower case, for comparisons (RFC 3261 17.2.3).
    pub fn write_sent_by(&self, out: &mut String) {
        out.extend(self.host.chars().map(|c| c.to_ascii_lowercase()));
        if let Some(port) = self.port {
            // Writing into a string cannot fail.
            let _ = write!(out, ":{port}");
        }
    }

    /// The transport, if Gannet knows it.
    pub fn transport(&self) -> Option<Transport> {
        Transport::from_token(self.transport)
    }

    /// The text of the value with what a server notes about its source; see [`Via::note_source`].
    pub fn noted(&self, source: SocketAddr) -> String {
        let host = host_text(source.ip());
        let received = host.trim_matches(['[', ']']);
        let asked = self.asks_for_port();
        let mut notes = [
            ("rport", asked.then(|| source.port().to_string())),
            (
                "received",
                self.differs(source).then(|| received.to_owned()),
            ),
        ];
        let mut out = String::with_capacity(self.params.len() + 2 * host.len() + 64);
        let (protocol, version, transport) = (self.protocol, self.version, self.transport);
        // Writing into a string cannot fail.
        let _ = write!(out, "{protocol}/{version}/{transport} {}", self.host);
        if let Some(port) = self.port {
            let _ = write!(out, ":{port}");
        }
        for (name, value) in params::pieces(self.params) {
            let note = notes.iter_mut();
            let mut note = note.filter(|(known, _)| name.eq_ignore_ascii_case(known));
            let note = note.next().and_then(|(_, note)| note.take());
            push_param(&mut out, name, note.as_deref().or(value));
        }
        for (name, note) in notes {
            if note.is_some() {
                push_param(&mut out, name, note.as_deref());
            }
        }
        out
    }

    /// Where a response goes once the source is noted: [`Via::response_address`] after
    /// [`Via::note_source`].
    pub fn response_address(&self, source: SocketAddr) -> Option<SocketAddr> {
        let default = self.transport().unwrap_or_default().default_port();
        let sent_by_port = self.port.unwrap_or(default);
        let ip_of = |name: &str| self.param(name).and_then(parse_ip);
        if let Some(maddr) = ip_of("maddr") {
            return Some(SocketAddr::new(maddr, sent_by_port));
        }
        if self.differs(source) {
            let port = if self.asks_for_port() {
                source.port()
            } else {
                sent_by_port
            };
            return Some(SocketAddr::new(source.ip(), port));
        }
        let ip = ip_of("received").or_else(|| parse_ip(&self.host))?;
        Some(SocketAddr::new(ip, sent_by_port))
    }

    /// A value of its own.
    pub fn to_via(&self) -> Via {
        Via {
            version: [self.protocol, "/", self.version].concat(),
            transport: self.transport.to_owned(),
            host: self.host.clone().into_owned(),
            port: self.port,
            params: Params::parse(self.params),
        }
    }

    fn asks_for_port(&self) -> bool {
        params::pieces(self.params).any(|(name, _)| name.eq_ignore_ascii_case("rport"))
    }

    /// Whether the source has to be noted as `received` (RFC 3261 18.2.1, RFC 3581 4).
    fn differs(&self, source: SocketAddr) -> bool {
        self.asks_for_port() || parse_ip(&self.host) != Some(source.ip())
    }
}

/// Host and port. The colon may have blanks around it (RFC 3261 25.1 COLON). `None` for a wrong port.
fn read_sent_by(text: &str) -> Option<(Cow<'_, str>, Option<u16>)> {
    let text = text.trim_blanks();
    if !text.has_blanks() {
        let (host, port) = split_host_port(text).ok()?;
        return Some((host.into(), port));
    }
    let joined: String = text.chars().filter(|c| !BLANKS.contains(c)).collect();
    let (host, port) = split_host_port(&joined).ok()?;
    Some((host.to_owned().into(), port))
}

fn push_param(out: &mut String, name: &str, value: Option<&str>) {
    out.extend([";", name]);
    if let Some(value) = value {
        out.extend(["=", value]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_says_what_the_copy_says() {
        let heads = [
            "SIP/2.0/UDP 10.1.1.1:5070",
            "SIP / 2.0 / TCP  Host.Example : 5070",
            "SIP/2.0/UDP [2001:db8::1]",
            "SIP/2.0/XYZ 10.1.1.1",
        ];
        let tails = [
            "",
            ";branch=z9hG4bK1",
            "; BRANCH = Z9hg4bkx ;rport",
            ";rport=7;received=10.9.9.9;x;branch=1;rport",
            ";received=bad;maddr=10.3.3.3",
            ";Received=10.9.9.9;branch=z9hG4bK;maddr=name",
        ];
        let sources = ["10.1.1.1:4000", "[2001:db8::1]:9", "10.2.2.2:5070"];
        for (head, tail) in heads.iter().flat_map(|head| tails.map(|tail| (head, tail))) {
            let text = format!("{head}{tail}");
            let view = ViaView::read(&text).expect("valid");
            let via = view.to_via();
            assert_eq!(view.branch(), via.branch(), "{text}");
            assert_eq!(
                view.has_rfc3261_branch(),
                via.has_rfc3261_branch(),
                "{text}"
            );
            assert_eq!((view.host(), view.port()), (via.host.as_str(), via.port));
            let mut sent_by = String::new();
            view.write_sent_by(&mut sent_by);
            assert_eq!(sent_by, via.sent_by(), "{text}");
            for source in sources {
                let source = source.parse().expect("an address");
                let mut noted = via.clone();
                noted.note_source(source);
                assert_eq!(
                    view.noted(source),
                    noted.to_string(),
                    "{text} from {source}"
                );
                assert_eq!(
                    view.response_address(source),
                    noted.response_address(),
                    "{text} from {source}"
                );
            }
        }
    }
}
