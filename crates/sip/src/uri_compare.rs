//! When two URIs are the same (RFC 3261 19.1.4, RFC 3966 4).

use std::borrow::Cow;

use crate::lex;
use crate::params::Params;
use crate::uri::{Scheme, Uri, parse_ip};

/// Parameters that make two URIs differ when only one of them has it (RFC 3261 19.1.4).
const DECISIVE: [&str; 4] = ["user", "ttl", "method", "maddr"];

pub(crate) fn equivalent(a: &Uri, b: &Uri) -> bool {
    if a.scheme != b.scheme {
        return false;
    }
    match a.scheme {
        Scheme::Sip | Scheme::Sips => sip_equivalent(a, b),
        Scheme::Tel => {
            tel_number(a) == tel_number(b)
                && a.params.iter().all(|(name, _)| b.params.has(name))
                && b.params.iter().all(|(name, _)| a.params.has(name))
                && common_params_agree(&a.params, &b.params)
        }
        Scheme::Other(_) => a.opaque == b.opaque,
    }
}

fn sip_equivalent(a: &Uri, b: &Uri) -> bool {
    // An omitted port does not match an explicit one, even the default (RFC 3261 19.1.4).
    same_escaped(a.user.as_deref(), b.user.as_deref())
        && same_escaped(a.password.as_deref(), b.password.as_deref())
        && same_host(&a.host, &b.host)
        && a.port == b.port
        && params_agree(&a.params, &b.params)
        && headers_agree(&a.headers, &b.headers)
}

fn same_host(a: &str, b: &str) -> bool {
    match (parse_ip(a), parse_ip(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.eq_ignore_ascii_case(b),
    }
}

/// User parts compare with case; an escaped character equals its plain form unless it is reserved,
/// in which case only the escaped forms are equal (RFC 3261 19.1.4).
fn same_escaped(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || normal_escapes(a) == normal_escapes(b),
        (None, None) => true,
        _ => false,
    }
}

/// Decodes escapes of unreserved characters and writes the others in upper case hex.
fn normal_escapes(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let piece_end = if bytes[at] == b'%' {
            (at + 3).min(bytes.len())
        } else {
            at + 1
        };
        let piece = &bytes[at..piece_end];
        let decoded = match std::str::from_utf8(piece) {
            Ok(text) if piece.len() == 3 => lex::unescape(text),
            _ => Vec::new(),
        };
        match decoded[..] {
            [byte] if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) => {
                out.push(byte);
            }
            _ => out.extend(
                piece
                    .iter()
                    .map(u8::to_ascii_uppercase)
                    .take(if piece[0] == b'%' { piece.len() } else { 0 }),
            ),
        }
        if piece[0] != b'%' {
            out.push(piece[0]);
        }
        at = piece_end;
    }
    out
}

fn params_agree(a: &Params, b: &Params) -> bool {
    let (a, b) = (plain_names(a), plain_names(b));
    // `transport` in one only: RFC 3261 19.1.4 gives sip:carol@chicago.com and the same with
    // ;transport=udp as not equivalent, because of the implied default.
    let alone = |name: &&str| a.has(name) != b.has(name);
    common_params_agree(&a, &b)
        && !DECISIVE.iter().any(alone)
        && a.has("transport") == b.has("transport")
}

/// True when what both have has the same value in both. A name that stands twice agrees if each of
/// its values is in the other.
fn common_params_agree(a: &Params, b: &Params) -> bool {
    let found_in = |params: &Params, name: &str, value: Option<&str>| {
        params
            .iter()
            .any(|(other, text)| other.eq_ignore_ascii_case(name) && same_text(text, value))
    };
    let all_found = |these: &Params, others: &Params| {
        these
            .iter()
            .all(|(name, value)| !others.has(name) || found_in(others, name, value))
    };
    all_found(a, b) && all_found(b, a)
}

/// The parameters with their names decoded: `%6C%72` is `lr` (RFC 4475 3.1.1.3).
fn plain_names(params: &Params) -> Cow<'_, Params> {
    if !params.iter().any(|(name, _)| name.contains('%')) {
        return Cow::Borrowed(params);
    }
    let mut plain = Params::new();
    for (name, value) in params.iter() {
        let name = lex::unescape_text(name);
        match value {
            Some(value) => plain.set(&name, value),
            None => plain.set_flag(&name),
        }
    }
    Cow::Owned(plain)
}

fn same_text(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => lex::unescape(a).eq_ignore_ascii_case(&lex::unescape(b)),
        (None, None) => true,
        _ => false,
    }
}

/// Header components must be in both, in any order (RFC 3261 19.1.4).
fn headers_agree(a: &[(String, String)], b: &[(String, String)]) -> bool {
    let all_found = |these: &[(String, String)], others: &[(String, String)]| {
        these.iter().all(|(name, value)| {
            others.iter().any(|(other, text)| {
                other.eq_ignore_ascii_case(name) && lex::unescape(text) == lex::unescape(value)
            })
        })
    };
    a.len() == b.len() && all_found(a, b) && all_found(b, a)
}

fn tel_number(uri: &Uri) -> String {
    let separators = ['-', '.', '(', ')'];
    let number = uri.user.as_deref().unwrap_or("");
    number
        .chars()
        .filter(|c| !separators.contains(c))
        .collect::<String>()
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let parse = |text| Uri::parse(text).expect("a valid URI");
        let (a, b) = (parse(a), parse(b));
        assert_eq!(
            a.is_equivalent(&b),
            b.is_equivalent(&a),
            "symmetry of {a} and {b}"
        );
        a.is_equivalent(&b)
    }

    #[test]
    fn the_equal_pairs_of_rfc_3261_19_1_4_are_equal() {
        let pairs = [
            (
                "sip:%61lice@atlanta.com;transport=TCP",
                "sip:alice@AtLanTa.CoM;Transport=tcp",
            ),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            (
                "sip:carol@chicago.com;newparam=5",
                "sip:carol@chicago.com;security=on",
            ),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
            ),
            (
                "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
            ),
        ];
        for (a, b) in pairs {
            assert!(same(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn the_different_pairs_of_rfc_3261_19_1_4_differ() {
        let pairs = [
            (
                "SIP:ALICE@AtLanTa.CoM;Transport=udp",
                "sip:alice@AtLanTa.CoM;Transport=UDP",
            ),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            (
                "sip:bob@biloxi.com",
                "sip:bob@biloxi.com:6000;transport=tcp",
            ),
            (
                "sip:carol@chicago.com",
                "sip:carol@chicago.com?Subject=next%20meeting",
            ),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            (
                "sip:carol@chicago.com;security=on",
                "sip:carol@chicago.com;security=off",
            ),
            ("sip:a%3bb@c", "sip:a;b@c"),
            ("sip:a@b", "sips:a@b"),
        ];
        for (a, b) in pairs {
            assert!(!same(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn names_that_stand_twice_keep_equality_reflexive_and_symmetric() {
        assert!(same("tel:1;x=1;x=2", "tel:1;x=2;x=1"));
        assert!(same("sip:a@b;x=1;x=2", "sip:a@b;x=1;x=2"));
        assert!(!same("sip:a@b;x=1;x=2", "sip:a@b;x=1"));
        assert!(!same("tel:1;x=1;x=1", "tel:1;x=1;y=1"));
        assert!(!same("sip:b?x=1&x=1", "sip:b?x=1&x=2"));
    }

    #[test]
    fn addresses_and_numbers_compare_by_meaning() {
        assert!(same("sip:a@[2001:DB8::1]", "sip:a@[2001:db8:0::1]"));
        assert!(same("tel:+1-201-555-0123", "tel:+12015550123"));
        assert!(!same("tel:123;phone-context=a", "tel:123;phone-context=b"));
        assert!(same("mailto:a@b", "mailto:a@b"));
    }
}
