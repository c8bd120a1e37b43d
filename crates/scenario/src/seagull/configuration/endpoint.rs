use std::net::{IpAddr, SocketAddr};

use crate::model::Endpoint;

/// Reads `1.2.3.4:5060`, `[2001:db8::1]:5060` or `name:5060`.
///
/// # Errors
/// What is wrong with it.
pub fn endpoint(text: &str) -> Result<Endpoint, &'static str> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(Endpoint::Address(address));
    }
    if text.parse::<IpAddr>().is_ok() {
        return Err("the port is missing; an IPv6 address stands in brackets");
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err("the port is missing");
    };
    if host.starts_with('[') {
        return Err("this is not an IPv6 address in brackets");
    }
    if host.contains(':') {
        return Err("an IPv6 address stands in brackets");
    }
    let Ok(port) = port.parse::<u16>() else {
        return Err("the port is a number from 0 to 65535");
    };
    if !is_host_name(host) {
        return Err("this is neither an address nor a host name");
    }
    Ok(Endpoint::Name(host.to_owned(), port))
}

/// Letters, digits, `-`, `_` and dots; what looks like numbers only is a wrong address.
fn is_host_name(text: &str) -> bool {
    let labels_fit = text
        .strip_suffix('.')
        .unwrap_or(text)
        .split('.')
        .all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
    labels_fit && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names() {
        let address = |text: &str| Endpoint::Address(text.parse().expect("an address"));
        let cases = [
            ("127.0.0.1:5060", address("127.0.0.1:5060")),
            ("[::1]:5061", address("[::1]:5061")),
            ("[fe80::1%2]:5061", address("[fe80::1%2]:5061")),
            ("0.0.0.0:0", address("0.0.0.0:0")),
            (
                "sut.example:5060",
                Endpoint::Name("sut.example".into(), 5060),
            ),
            ("my_host-1:1", Endpoint::Name("my_host-1".into(), 1)),
        ];
        for (text, expected) in cases {
            assert_eq!(endpoint(text), Ok(expected), "{text}");
        }
        for wrong in [
            "",
            ":",
            ":5060",
            "127.0.0.1",
            "::1",
            "::1:5060",
            "[::1]",
            "[::1",
            "[host]:1",
            "host",
            "host:",
            "host:x",
            "host:65536",
            "host:-1",
            "1.2.3:4",
            "1.2.3.4.5:6",
            "a b:1",
            "a..b:1",
            "300.0.0.1:5060",
        ] {
            assert!(endpoint(wrong).is_err(), "{wrong}");
        }
    }
}
