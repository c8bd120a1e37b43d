//! What is filled when a text is complete: lengths, and credentials that may cover the body.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::writer::{Asked, LENGTH_WIDTH, Writer};
use super::{At, Env, RenderError, authentication};
use crate::sipp::state::CallState;

/// What ends a header. Made once: to prepare a search costs more than to search.
static HEADER_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\r\n\r\n"));

/// Fills `[len]` and `[authentication]`.
#[inline]
pub(super) fn finish(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    writer: Writer<'_, '_>,
) -> Result<(), RenderError> {
    if writer.lost_header_end {
        warn_of_header_end(env, at);
    }
    if writer.lengths.is_empty() && writer.authentication.is_none() {
        return Ok(());
    }
    let Writer {
        out,
        start,
        lengths,
        mut authentication,
        ..
    } = writer;
    let mut body = HEADER_END.find(&out[start..]).map(|end| start + end + 4);
    for &(place, offset) in lengths.iter().rev() {
        let grown = put_length(out, place, offset, body);
        if let (Some(body), true) = (&mut body, grown > 0) {
            *body += if place < *body { grown } else { 0 };
            if let Some((marked, _)) = &mut authentication
                && *marked > place
            {
                *marked += grown;
            }
        }
    }
    match authentication {
        None => Ok(()),
        Some((place, asked)) => {
            if body.is_some_and(|body| place >= body) {
                return Err(RenderError::AuthenticationPlace);
            }
            let credentials = match &asked {
                Asked::Scenario(credentials) => credentials,
                Asked::Field(credentials) => &**credentials,
            };
            let end = out.len();
            authentication::append(env, state, at, credentials, (start, body), out)?;
            let length = out.len() - end;
            out[place..].rotate_right(length);
            out.remove(place + length);
            Ok(())
        }
    }
}

/// Writes the length of the body into its room; without a body it is 0. Returns by how much the room
/// has grown: longer numbers than five digits push the rest.
fn put_length(out: &mut Vec<u8>, place: usize, offset: i32, body: Option<usize>) -> usize {
    let octets = body.map_or(0, |body| out.len().saturating_sub(body));
    let mut number = if octets == 0 {
        0
    } else {
        (octets as u64).saturating_add_signed(i64::from(offset))
    };
    let mut digits = [b' '; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    let text = &digits[at.min(digits.len() - LENGTH_WIDTH)..];
    let grown = text.len() - LENGTH_WIDTH;
    if grown > 0 {
        out.splice(place..place, std::iter::repeat_n(b' ', grown));
    }
    out[place..place + text.len()].copy_from_slice(text);
    grown
}

#[cold]
fn warn_of_header_end(env: &mut Env<'_>, at: At) {
    if !std::mem::replace(&mut env.common.said_header_end, true) {
        env.warn(|| {
            format!(
                "step {}: a keyword without a value stands before the empty line that ends the \
                 header, and takes it away, as in SIPp",
                at.step
            )
        });
    }
}
