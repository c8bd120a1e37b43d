//! Keywords that print parts of the last received message.

use super::Env;
use super::writer::Writer;
use crate::sipp::received::{HeaderLine, uri_of};
use crate::sipp::state::CallState;

/// Header fields of a name: the first with its name as it was received, the values of the others
/// after ", ".
pub(super) fn header(
    env: &mut Env<'_>,
    state: &CallState,
    name: &[u8],
    value_only: bool,
    writer: &mut Writer<'_, '_>,
) {
    if let Some(mut lines) = env.common.scratch.last_lines(state, name)
        && let Some(HeaderLine { whole, value }) = lines.next()
    {
        writer.bytes(if value_only { value } else { whole });
        for line in lines {
            writer.bytes(b", ");
            writer.bytes(line.value);
        }
    }
    writer.may_vanish();
}

/// `[next_url]`: the target of the dialog, else the URI of the last To.
pub(super) fn next_url(env: &mut Env<'_>, state: &CallState, writer: &mut Writer<'_, '_>) {
    match state.extra() {
        Some(extra) if !extra.next_url.is_empty() => writer.bytes(&extra.next_url),
        _ => request_uri(env, state, writer),
    }
}

/// `[last_Request_URI]`: the URI of the last To.
pub(super) fn request_uri(env: &mut Env<'_>, state: &CallState, writer: &mut Writer<'_, '_>) {
    let received = env.common.scratch.last(state);
    if let Some(to) = received.and_then(|received| received.to()) {
        writer.bytes(uri_of(to));
    }
}

/// `[last_cseq_number]`.
pub(super) fn cseq_number(
    env: &mut Env<'_>,
    state: &CallState,
    offset: i32,
    writer: &mut Writer<'_, '_>,
) {
    let received = env.common.scratch.last(state);
    let number = received.and_then(|received| received.cseq_number());
    writer.signed(i64::from(number.unwrap_or(0)) + i64::from(offset));
}
