//! Values of options.

use std::net::{IpAddr, ToSocketAddrs};
use std::str::FromStr;
use std::time::Duration;

use gannet_traffic::sipp::{Behaviours, TdmMap};

use super::row::Expected;

/// A host and perhaps a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    /// Name or address, without brackets.
    pub host: String,
    /// The port, if one is given.
    pub port: Option<u16>,
}

impl FromStr for HostPort {
    type Err = Expected;

    /// Reads `host`, `host:5060`, `[::1]:5060` and `::1`.
    fn from_str(text: &str) -> Result<Self, Expected> {
        const EXPECTED: Expected = "host or host:port; IPv6 addresses with a port in brackets";
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, after) = rest.split_once(']').ok_or(EXPECTED)?;
            match after {
                "" => (host, None),
                _ => (host, Some(after.strip_prefix(':').ok_or(EXPECTED)?)),
            }
        } else if text.parse::<IpAddr>().is_ok() {
            (text, None)
        } else {
            match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            }
        };
        if host.is_empty() || host.contains(char::is_whitespace) {
            return Err(EXPECTED);
        }
        let port = match port {
            Some(port) => Some(port.parse().map_err(|_| EXPECTED)?),
            None => None,
        };
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

/// A value of a type that reads itself.
pub(super) fn parsed<T: FromStr>(text: &str, expected: Expected) -> Result<T, Expected> {
    text.parse().map_err(|_| expected)
}

/// A token: what may stand in an address without being written otherwise (RFC 3986 2.3).
pub(super) fn token(text: &str) -> Result<String, Expected> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_token) {
        Ok(text.to_owned())
    } else {
        Err("token of letters, digits and -._~")
    }
}

/// A whole number; SIPp takes no negative ones where they make no sense, and neither do we.
pub(super) fn count(text: &str) -> Result<u64, Expected> {
    parsed(text, "whole number")
}

/// A number that is not negative.
pub(super) fn number(text: &str) -> Result<f64, Expected> {
    const EXPECTED: Expected = "number";
    let number: f64 = parsed(text, EXPECTED)?;
    (number.is_finite() && number >= 0.0)
        .then_some(number)
        .ok_or(EXPECTED)
}

/// 0 to 100.
pub(super) fn percent(text: &str) -> Result<f64, Expected> {
    const EXPECTED: Expected = "percentage from 0 to 100";
    let number = number(text).map_err(|_| EXPECTED)?;
    (number <= 100.0).then_some(number).ok_or(EXPECTED)
}

/// `true` and `false` in SIPp's spellings.
pub(super) fn truth(text: &str) -> Result<bool, Expected> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("true or false"),
    }
}

/// A time with the suffix `ms`, `s`, `m` or `h`; without one it counts units of so many
/// milliseconds.
fn time(text: &str, unit_ms: u64, expected: Expected) -> Result<Duration, Expected> {
    let digits = text
        .find(|byte: char| !byte.is_ascii_digit() && byte != '.')
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let unit_ms = match suffix {
        "" => unit_ms,
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(expected),
    };
    let number: f64 = parsed(number, expected)?;
    Duration::try_from_secs_f64(number * unit_ms as f64 / 1_000.0).map_err(|_| expected)
}

/// A time, in milliseconds without a suffix.
pub(super) fn time_ms(text: &str) -> Result<Duration, Expected> {
    time(
        text,
        1,
        "time: a number of milliseconds, or with ms, s, m, h",
    )
}

/// A time, in seconds without a suffix.
pub(super) fn time_s(text: &str) -> Result<Duration, Expected> {
    time(
        text,
        1_000,
        "time: a number of seconds, or with ms, s, m, h",
    )
}

/// An address, IPv6 also in brackets; or a name that has one, of IPv4 if there is a choice.
pub(super) fn address(text: &str) -> Result<IpAddr, Expected> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    if let Ok(address) = bare.parse() {
        return Ok(address);
    }
    let found = (bare, 0).to_socket_addrs().into_iter().flatten();
    found
        .map(|found| found.ip())
        .min_by_key(IpAddr::is_ipv6)
        .ok_or("IP address, nor a name that has one")
}

/// `all,-bye` and the like.
pub(super) fn behaviours(text: &str, now: Behaviours) -> Result<Behaviours, Expected> {
    const EXPECTED: Expected =
        "list of all, none, bye, abortunexp, pingreply, cseq, each perhaps with a -";
    let mut result = now;
    for token in text.split(',') {
        let token = token.trim();
        let (name, on) = match token.strip_prefix('-') {
            Some(name) => (name, false),
            None => (token, true),
        };
        let on = if name == "none" { !on } else { on };
        let all = matches!(name, "all" | "none");
        let known = [
            ("bye", &mut result.bye),
            ("abortunexp", &mut result.abort_unexpected),
            ("pingreply", &mut result.ping_reply),
            ("cseq", &mut result.check_cseq),
        ];
        let mut found = all;
        for (word, behaviour) in known {
            if all || word == name {
                *behaviour = on;
                found = true;
            }
        }
        if !found {
            return Err(EXPECTED);
        }
    }
    Ok(result)
}

/// `{0-3}{99}{5-8}{1-31}`.
pub(super) fn tdm_map(text: &str) -> Result<TdmMap, Expected> {
    const EXPECTED: Expected = "map of circuits like {0-3}{99}{5-8}{1-31}";
    let read = || {
        let mut parts = text
            .strip_prefix('{')?
            .strip_suffix('}')?
            .split("}{")
            .map(|part| {
                let (first, last) = part.split_once('-').unwrap_or((part, part));
                let (first, last) = (first.parse::<u32>().ok()?, last.parse::<u32>().ok()?);
                (first <= last).then_some((first, last))
            });
        let map = TdmMap {
            first: parts.next()??,
            fixed: parts.next()??.0,
            second: parts.next()??,
            third: parts.next()??,
        };
        parts.next().is_none().then_some(map)
    };
    read().ok_or(EXPECTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_with_and_without_port() {
        for (text, host, port) in [
            ("127.0.0.1", "127.0.0.1", None),
            ("sut.example.com:5070", "sut.example.com", Some(5070)),
            ("[::1]:5061", "::1", Some(5061)),
            ("[::1]", "::1", None),
            ("fe80::1", "fe80::1", None),
        ] {
            let read: HostPort = text.parse().expect(text);
            assert_eq!((read.host.as_str(), read.port), (host, port), "{text}");
        }
        for text in ["", ":5060", "a:", "a:70000", "[::1", "[::1]5060", "a b"] {
            assert!(text.parse::<HostPort>().is_err(), "{text}");
        }
    }

    #[test]
    fn times_have_suffixes() {
        for (text, ms) in [("5", 5), ("5ms", 5), ("2s", 2_000), ("1.5s", 1_500)] {
            assert_eq!(time_ms(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for (text, s) in [("5", 5), ("2m", 120), ("1h", 3_600)] {
            assert_eq!(time_s(text), Ok(Duration::from_secs(s)), "{text}");
        }
        for text in ["", "s", "-1", "5 s", "5d", "1.2.3"] {
            assert!(time_s(text).is_err(), "{text}");
        }
    }

    #[test]
    fn behaviours_are_taken_in_their_order() {
        let all = Behaviours {
            bye: true,
            abort_unexpected: true,
            ping_reply: true,
            check_cseq: true,
            auto_answer: false,
        };
        let read = |text| behaviours(text, all);
        assert_eq!(read("all"), Ok(all));
        assert_eq!(read("all,-bye"), Ok(Behaviours { bye: false, ..all }));
        let none = Behaviours {
            bye: false,
            abort_unexpected: false,
            ping_reply: false,
            check_cseq: false,
            auto_answer: false,
        };
        assert_eq!(read("none"), Ok(none));
        assert_eq!(read("none,bye"), Ok(Behaviours { bye: true, ..none }));
        assert!(read("bey").is_err());
    }

    #[test]
    fn circuits_are_read() {
        let map = TdmMap {
            first: (0, 3),
            fixed: 99,
            second: (5, 8),
            third: (1, 31),
        };
        assert_eq!(tdm_map("{0-3}{99}{5-8}{1-31}"), Ok(map));
        for text in ["", "{0-3}{99}{5-8}", "{3-0}{99}{5-8}{1-31}", "0-3"] {
            assert!(tdm_map(text).is_err(), "{text}");
        }
    }
}
