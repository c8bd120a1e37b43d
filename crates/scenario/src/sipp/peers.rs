//! `-slave_cfg` and `-tdmmap`.

use std::ops::RangeInclusive;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile};

use crate::seagull::NamedBytes;
use crate::xml::source_from_bytes;

/// The port of a peer that names none, as for `-3pcc`.
const PORT: u16 = 6_060;

/// A peer of extended 3PCC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its name, as in `dest=` and `src=`.
    pub name: String,
    /// Its host: a name or an address, IPv6 without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// Reads the file of `-slave_cfg`: lines `name;host:port`. Of lines with the same name the last one
/// counts.
pub fn slave_cfg(file: &NamedBytes) -> (Vec<Peer>, SourceFile, Diagnostics) {
    let (source, _) = source_from_bytes(&file.name, &file.bytes);
    let mut diagnostics = Diagnostics::new();
    let mut peers: Vec<Peer> = Vec::new();
    let mut at = 0;
    for line in source.text().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.trim_ascii_end();
        if line.is_empty() {
            continue;
        }
        let place = start..start + line.len();
        let Some((name, address)) = line.split_once(';') else {
            diagnostics.push(
                Diagnostic::warning("bad-peer", "this line names no peer", place)
                    .with_help("a peer is written `name;host:port`"),
            );
            continue;
        };
        let address = address.split(';').next().unwrap_or_default();
        let Some((host, port)) = host_and_port(address) else {
            let address_start = start + name.len() + 1;
            diagnostics.push(
                Diagnostic::error(
                    "bad-peer",
                    format!("`{address}` is no address of a peer"),
                    address_start..address_start + address.len(),
                )
                .with_help("a peer is written `name;host:port`"),
            );
            continue;
        };
        if let Some(old) = peers.iter().position(|peer| peer.name == name) {
            diagnostics.push(Diagnostic::warning(
                "duplicate-peer",
                format!("a second address of `{name}`: it replaces the first one"),
                place,
            ));
            peers.remove(old);
        }
        peers.push(Peer {
            name: name.to_owned(),
            host: host.to_owned(),
            port,
        });
    }
    (peers, source, diagnostics)
}

fn host_and_port(address: &str) -> Option<(&str, u16)> {
    let (host, port) = if let Some(rest) = address.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        (
            host,
            rest.strip_prefix(':').or(rest.is_empty().then_some("")),
        )
    } else {
        match address.split_once(':') {
            Some((host, port)) if !port.contains(':') => (host, Some(port)),
            // An IPv6 address without brackets, or nothing behind the host.
            _ => (address, Some("")),
        }
    };
    let port = match port? {
        "" => PORT,
        digits => digits.parse().ok().filter(|port| *port > 0)?,
    };
    let is_host = !host.is_empty() && !host.contains(char::is_whitespace);
    is_host.then_some((host, port))
}

/// The circuits of `-tdmmap`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TdmMap {
    /// The first part of a circuit's name.
    pub a: RangeInclusive<u32>,
    /// The second part.
    pub h: u32,
    /// The third part.
    pub b: RangeInclusive<u32>,
    /// The part after the stroke.
    pub c: RangeInclusive<u32>,
}

/// The value of `-tdmmap` is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is no map of circuits: it looks like {{0-3}}{{99}}{{5-8}}{{1-31}}")]
pub struct TdmMapError {
    /// The value.
    pub value: String,
}

impl TdmMap {
    /// Reads the value of `-tdmmap`: `{a-a}{h}{b-b}{c-c}`.
    ///
    /// # Errors
    ///
    /// The value has another form, or a range is empty.
    pub fn parse(value: &str) -> Result<Self, TdmMapError> {
        Self::read(value).ok_or_else(|| TdmMapError {
            value: value.to_owned(),
        })
    }

    fn read(value: &str) -> Option<Self> {
        let inner = value.strip_prefix('{')?.strip_suffix('}')?;
        let parts: Vec<&str> = inner.split("}{").collect();
        let &[a, h, b, c] = parts.as_slice() else {
            return None;
        };
        let range = |text: &str| {
            let (first, last) = text.split_once('-')?;
            let range = first.parse().ok()?..=last.parse().ok()?;
            (!range.is_empty()).then_some(range)
        };
        Some(Self {
            a: range(a)?,
            h: h.parse().ok()?,
            b: range(b)?,
            c: range(c)?,
        })
    }

    /// How many circuits there are.
    pub fn circuits(&self) -> u64 {
        size(&self.a) * size(&self.b) * size(&self.c)
    }

    /// Appends the name of a circuit, as `[tdmmap]` prints it: numbers from 0, beyond the last one
    /// they begin again. SIPp gives each call a free circuit at random.
    pub fn write(&self, number: u64, out: &mut Vec<u8>) {
        let c = u64::from(*self.c.start()) + number % size(&self.c);
        let b = u64::from(*self.b.start()) + number / size(&self.c) % size(&self.b);
        let per_a = size(&self.b) * size(&self.c);
        let a = u64::from(*self.a.start()) + number / per_a % size(&self.a);
        let mut buffer = [0; 64];
        let mut rest = &mut buffer[..];
        // Four numbers of 32 bits fit.
        let written = std::io::Write::write_fmt(&mut rest, format_args!("{a}.{}.{b}/{c}", self.h));
        let left = if written.is_ok() { rest.len() } else { 64 };
        out.extend_from_slice(&buffer[..64 - left]);
    }
}

fn size(range: &RangeInclusive<u32>) -> u64 {
    u64::from(*range.end()) - u64::from(*range.start()) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<Peer>, Vec<String>) {
        let file = NamedBytes {
            name: "peers".to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        let (peers, source, diagnostics) = slave_cfg(&file);
        let shown = diagnostics.iter().map(|found| {
            let place = source.position(found.span.start);
            format!("{place} {}: {}", found.code, found.message)
        });
        (peers, shown.collect())
    }

    #[test]
    fn peers_have_names_and_addresses() {
        let text = "s1;127.0.0.1:8080\r\nm;host\n\ns2;[::1]:7000;x\ns3;::1\n";
        let (peers, complaints) = read(text);
        let shown: Vec<String> = peers
            .iter()
            .map(|peer| format!("{} {} {}", peer.name, peer.host, peer.port))
            .collect();
        assert_eq!(
            shown,
            [
                "s1 127.0.0.1 8080",
                "m host 6060",
                "s2 ::1 7000",
                "s3 ::1 6060"
            ]
        );
        assert_eq!(complaints, Vec::<String>::new());
    }

    #[test]
    fn what_is_no_peer_is_told() {
        let (peers, complaints) = read("a b\ns;h:0\ns;\nx;1.1.1.1:5\nx;2.2.2.2:5\ny;[::1\n");
        assert_eq!(peers.len(), 1);
        assert_eq!(peers[0].host, "2.2.2.2");
        assert_eq!(
            complaints,
            [
                "1:1 bad-peer: this line names no peer",
                "2:3 bad-peer: `h:0` is no address of a peer",
                "3:3 bad-peer: `` is no address of a peer",
                "5:1 duplicate-peer: a second address of `x`: it replaces the first one",
                "6:3 bad-peer: `[::1` is no address of a peer",
            ]
        );
    }

    #[test]
    fn circuits_are_counted_from_the_last_part() {
        let map = TdmMap::parse("{0-3}{99}{5-8}{1-2}").expect("a map");
        assert_eq!(map.circuits(), 32);
        let name = |number| {
            let mut out = Vec::new();
            map.write(number, &mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
        let cases = [
            (0, "0.99.5/1"),
            (7, "0.99.8/2"),
            (9, "1.99.5/2"),
            (19, "2.99.6/2"),
            (32, "0.99.5/1"),
        ];
        for (number, expected) in cases {
            assert_eq!(name(number), expected);
        }
        for bad in [
            "",
            "{0-3}",
            "{0-3}{9}{5-8}{2-1}",
            "{a-3}{9}{5-8}{1-2}",
            "0-3",
        ] {
            assert!(TdmMap::parse(bad).is_err(), "{bad}");
        }
    }
}
