//! The parameters of `crypto_method`: `name=value` between semicolons.

use gannet_ua::digest::quoted_len;

use super::AuthMethodError;

/// What the text of a `set-value` gives. Values are never empty.
#[derive(Debug, Default)]
pub(super) struct Parameters<'a> {
    pub(super) username: Option<&'a [u8]>,
    pub(super) password: Option<&'a [u8]>,
    pub(super) auth: Option<&'a [u8]>,
    pub(super) method: Option<&'a [u8]>,
    pub(super) uri: Option<&'a [u8]>,
    pub(super) aka_k: Option<&'a [u8]>,
    pub(super) aka_op: Option<&'a [u8]>,
    pub(super) aka_opc: Option<&'a [u8]>,
    pub(super) aka_amf: Option<&'a [u8]>,
}

/// Octets of K, OP and OPc, and of AMF.
const KEY_OCTETS: usize = 16;
const AMF_OCTETS: usize = 2;

impl<'a> Parameters<'a> {
    /// Reads all parameters; the first of a name counts, and unknown names are passed over.
    pub(super) fn read(text: &'a [u8]) -> Self {
        let mut found = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            rest = rest.trim_ascii_start();
            let Some(equals) = memchr::memchr2(b'=', b';', rest) else {
                break;
            };
            if rest[equals] == b';' {
                rest = &rest[equals + 1..];
                continue;
            }
            let name = rest[..equals].trim_ascii_end();
            let (value, len) = value_of(name, &rest[equals + 1..]);
            rest = &rest[equals + 1 + len..];
            if let (Some(place), false) = (found.place(name), value.is_empty()) {
                place.get_or_insert(value);
            }
        }
        found
    }

    fn place(&mut self, name: &[u8]) -> Option<&mut Option<&'a [u8]>> {
        Some(match name {
            b"username" => &mut self.username,
            b"password" => &mut self.password,
            b"auth" => &mut self.auth,
            b"method" => &mut self.method,
            b"uri" => &mut self.uri,
            b"aka_k" => &mut self.aka_k,
            b"aka_op" => &mut self.aka_op,
            b"aka_opc" => &mut self.aka_opc,
            b"aka_amf" => &mut self.aka_amf,
            _ => return None,
        })
    }
}

/// The octets of a key, from its binary form or from `0x` and digits.
pub(super) fn key<const N: usize>(
    parameter: &'static str,
    value: &[u8],
) -> Result<[u8; N], AuthMethodError> {
    if let Ok(octets) = value.try_into() {
        return Ok(octets);
    }
    from_hex(value).ok_or(AuthMethodError::KeyLength {
        parameter,
        expected: N,
        received: value.len(),
    })
}

fn from_hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let text = text.trim_ascii();
    let digits = text
        .strip_prefix(b"0x")
        .or_else(|| text.strip_prefix(b"0X"))?;
    if digits.len() != 2 * N {
        return None;
    }
    let mut octets = [0; N];
    for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *octet = (high << 4 | low) as u8;
    }
    Some(octets)
}

/// The value after `name=`, without leading blanks, and how far the text is used up: to the `;`
/// after the value or to the end.
fn value_of<'a>(name: &[u8], text: &'a [u8]) -> (&'a [u8], usize) {
    let binary = match name {
        b"aka_k" | b"aka_op" | b"aka_opc" => binary_value(text, KEY_OCTETS),
        b"aka_amf" => binary_value(text, AMF_OCTETS),
        _ => None,
    };
    binary.unwrap_or_else(|| {
        let end = if name == b"auth" {
            end_of_challenge(text)
        } else {
            memchr::memchr(b';', text).unwrap_or(text.len())
        };
        (trim_blanks_start(&text[..end]), end)
    })
}

/// A value of exactly `len` octets, whatever they are. The first octets may look like blanks, so
/// blanks before the value are only the second reading.
fn binary_value(text: &[u8], len: usize) -> Option<(&[u8], usize)> {
    let blanks = text.len() - trim_blanks_start(text).len();
    [0, blanks].into_iter().find_map(|start| {
        let value = text.get(start..start + len)?;
        let rest = trim_blanks_start(&text[start + len..]);
        (rest.is_empty() || rest[0] == b';').then(|| (value, text.len() - rest.len()))
    })
}

/// Octets before the `;` that ends a challenge: one that stands in no quoted string.
fn end_of_challenge(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(offset) = memchr::memchr2(b'"', b';', &text[at..]) {
        at += offset;
        if text[at] == b';' {
            return at;
        }
        at += quoted_len(&text[at..]).unwrap_or(1);
    }
    text.len()
}

/// The text after blanks and tabs; line ends are part of a value.
fn trim_blanks_start(text: &[u8]) -> &[u8] {
    let blanks = text
        .iter()
        .take_while(|octet| matches!(octet, b' ' | b'\t'));
    &text[blanks.count()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_only_where_a_parameter_starts() {
        let found = Parameters::read(
            b"username=a method=b;auth=Digest uri=\"c\", nonce=\"auth=d\" ; uri = sip:e ;method=F",
        );
        assert_eq!(found.username, Some(&b"a method=b"[..]));
        assert_eq!(
            found.auth,
            Some(&b"Digest uri=\"c\", nonce=\"auth=d\" "[..])
        );
        assert_eq!(found.uri, Some(&b"sip:e "[..]));
        assert_eq!(found.method, Some(&b"F"[..]));
    }

    #[test]
    fn the_first_of_a_name_counts_and_empty_values_do_not() {
        let found = Parameters::read(b"password=;x;;password=1;password=2;xuri=3;=4;uri");
        assert_eq!(found.password, Some(&b"1"[..]));
        assert_eq!(found.uri, None);
    }

    #[test]
    fn a_semicolon_in_a_quoted_string_is_part_of_the_challenge() {
        let found = Parameters::read(b"auth=Digest realm=\"a;b\\\";uri=c\", nonce=n;uri=d");
        assert_eq!(
            found.auth,
            Some(&b"Digest realm=\"a;b\\\";uri=c\", nonce=n"[..])
        );
        assert_eq!(found.uri, Some(&b"d"[..]));
    }

    #[test]
    fn a_quote_that_is_never_closed_ends_with_the_parameter() {
        let found = Parameters::read(b"auth=Digest xxxxxxxx\" ;uri=d");
        assert_eq!(found.auth, Some(&b"Digest xxxxxxxx\" "[..]));
        assert_eq!(found.uri, Some(&b"d"[..]));
    }

    #[test]
    fn a_key_may_hold_any_octet() {
        let keys: [&[u8; 16]; 4] = [
            b";uri=x;\0auth=\0;;",
            b"\0;;aka_k=;method",
            b"  \t         ;;; ",
            b"0x465B5CE8B199B4",
        ];
        for octets in keys {
            for tail in [&b""[..], b";uri=d", b" \t;uri=d"] {
                let text = [b"aka_op=", &octets[..], tail].concat();
                let found = Parameters::read(&text);
                assert_eq!(found.aka_op, Some(&octets[..]), "{}", text.escape_ascii());
                assert_eq!(found.uri.is_some(), !tail.is_empty());
            }
        }
        let found = Parameters::read(b"aka_amf= ;;;aka_k =  ;123456789abcde;;uri=d");
        assert_eq!(found.aka_amf, Some(&b" ;"[..]));
        assert_eq!(found.aka_k, Some(&b";123456789abcde;"[..]));
        assert_eq!(found.uri, Some(&b"d"[..]));
    }

    #[test]
    fn keys_are_octets_or_hexadecimal_text() {
        let cases: [(&[u8], Option<[u8; 2]>); 8] = [
            (b"\xb9\xb9", Some([0xb9, 0xb9])),
            (b"0xB9b9", Some([0xb9, 0xb9])),
            (b"0X00ff ", Some([0x00, 0xff])),
            (b"0x", Some(*b"0x")),
            (b"0xb9", None),
            (b"0xb9g9", None),
            (b"b9b9", None),
            (b"0x+9+9", None),
        ];
        for (value, expected) in cases {
            let read = key::<2>("aka_amf", value);
            assert_eq!(read.ok(), expected, "{}", value.escape_ascii());
        }
    }
}
