//! Who may ask.

use hyper::header::{AUTHORIZATION, HOST};
use hyper::{HeaderMap, Uri};

/// Who may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Whoever is on this machine. The name that the browser was given must be this machine's, or
    /// a page from elsewhere could have its own name resolve to here and give orders.
    Local,
    /// Whoever knows the token: `Authorization: Bearer TOKEN`, or `?token=TOKEN`.
    Token(String),
}

impl Access {
    /// Whether a request may be answered.
    pub(super) fn permits(&self, uri: &Uri, fields: &HeaderMap) -> bool {
        match self {
            Self::Local => fields
                .get(HOST)
                .and_then(|host| host.to_str().ok())
                .is_some_and(is_this_machine),
            Self::Token(token) => given(uri, fields).is_some_and(|given| is_same(given, token)),
        }
    }
}

fn given<'r>(uri: &'r Uri, fields: &'r HeaderMap) -> Option<&'r str> {
    let field = fields
        .get(AUTHORIZATION)
        .and_then(|field| field.to_str().ok());
    let bearer = field.and_then(|field| field.strip_prefix("Bearer "));
    let mut query = uri.query().into_iter().flat_map(|query| query.split('&'));
    bearer.or_else(|| query.find_map(|part| part.strip_prefix("token=")))
}

/// In a time that does not tell how much of it is right.
fn is_same(given: &str, token: &str) -> bool {
    let octets = given.bytes().zip(token.bytes());
    let differs = octets.fold(0, |differs, (one, other)| differs | (one ^ other));
    given.len() == token.len() && std::hint::black_box(differs) == 0
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                let name = hyper::header::HeaderName::from_static(name);
                (name, hyper::header::HeaderValue::from_static(value))
            })
            .collect()
    }

    #[test]
    fn a_page_from_elsewhere_is_not_local() {
        let uri = Uri::from_static("/");
        for (host, permitted) in [
            ("127.0.0.1:8080", true),
            ("localhost:8080", true),
            ("[::1]:80", true),
            ("127.0.0.1", true),
            ("evil.example:8080", false),
            ("127.0.0.1.evil.example", false),
            ("192.0.2.1:8080", false),
            ("", false),
        ] {
            let fields = fields(&[("host", host)]);
            assert_eq!(Access::Local.permits(&uri, &fields), permitted, "{host}");
        }
        assert!(!Access::Local.permits(&uri, &HeaderMap::new()));
    }

    #[test]
    fn a_token_is_asked_for() {
        let access = Access::Token("secret".into());
        let plain = Uri::from_static("/api/state");
        let bearer = |value| fields(&[("authorization", value)]);
        assert!(access.permits(&plain, &bearer("Bearer secret")));
        assert!(access.permits(&Uri::from_static("/?a=b&token=secret"), &HeaderMap::new()));
        for wrong in [
            "Bearer secre",
            "Bearer secret2",
            "Bearer ",
            "secret",
            "Basic secret",
        ] {
            assert!(!access.permits(&plain, &bearer(wrong)), "{wrong}");
        }
        assert!(!access.permits(&plain, &fields(&[("host", "127.0.0.1")])));
        assert!(!access.permits(&Uri::from_static("/?token=x"), &HeaderMap::new()));
    }
}
