//! Actions on texts.

use gannet_scenario::sipp::model::{Text, VariableId};

use super::run::Stop;
use crate::sipp::state::CallState;
use crate::sipp::text::{At, Env, rendered};

/// `assignstr`.
pub(super) fn assign(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    (to, text): (VariableId, &Text),
) -> Result<(), Stop> {
    let text = rendered(env, state, at, text)?;
    env.variable_mut(state, to).set_text(&text);
    env.common.scratch.give(text);
    Ok(())
}

/// Writes what `change` makes of a variable's text in its place.
pub(super) fn edit(
    env: &mut Env<'_>,
    state: &mut CallState,
    variable: VariableId,
    change: impl FnOnce(&[u8], &mut Vec<u8>),
) {
    let mut changed = env.common.scratch.take();
    let text = env.variable_mut(state, variable).edit();
    change(text, &mut changed);
    text.clear();
    text.extend_from_slice(&changed);
    env.common.scratch.give(changed);
}

/// Takes white space away at both ends.
pub(super) fn trim(text: &mut Vec<u8>) {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let end = text.iter().rposition(|byte| !is_space(byte));
    text.truncate(end.map_or(0, |last| last + 1));
    let start = text.iter().position(|byte| !is_space(byte));
    text.drain(..start.unwrap_or(0));
}

/// Appends a text with `%` escapes for all but unreserved characters (RFC 3986 2.3).
pub(super) fn url_encode(text: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(byte);
        } else {
            let (high, low) = (usize::from(byte >> 4), usize::from(byte & 0xf));
            out.extend_from_slice(&[b'%', DIGITS[high], DIGITS[low]]);
        }
    }
}

/// Appends a text without its `%` escapes; `+` is a blank. What is no escape stays as it is.
pub(super) fn url_decode(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        let digits = match (first, tail) {
            (b'+', _) => {
                out.push(b' ');
                continue;
            }
            (b'%', [high, low, ..]) => digit(*high).zip(digit(*low)),
            _ => None,
        };
        match digits {
            Some((high, low)) => {
                out.push(high << 4 | low);
                rest = &tail[2..];
            }
            None => out.push(*first),
        }
    }
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_at_both_ends() {
        for (text, expected) in [
            (" a b\r\n", "a b"),
            ("\t\x0b\x0c", ""),
            ("", ""),
            ("a", "a"),
        ] {
            let mut text = text.as_bytes().to_vec();
            trim(&mut text);
            assert_eq!(text, expected.as_bytes());
        }
    }

    #[test]
    fn escapes_are_written_and_read() {
        for (plain, escaped) in [
            ("user1@127.0.0.1:5060", "user1%40127.0.0.1%3A5060"),
            ("a b-_.~", "a%20b-_.~"),
            ("\u{fb}\n", "%C3%BB%0A"),
        ] {
            let (mut there, mut back) = (Vec::new(), Vec::new());
            url_encode(plain.as_bytes(), &mut there);
            url_decode(escaped.as_bytes(), &mut back);
            assert_eq!(there, escaped.as_bytes());
            assert_eq!(back, plain.as_bytes());
        }
        let mut out = Vec::new();
        url_decode(b"a+b%zz%4%", &mut out);
        assert_eq!(out, b"a b%zz%4%");
    }
}
