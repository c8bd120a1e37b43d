//! Filling a text.

use gannet_scenario::model::Piece;
use gannet_scenario::sipp::model::Text;

use super::writer::Writer;
use super::{At, Env, RenderError, keyword, tail};
use crate::sipp::state::CallState;

/// Appends a text to `out`. After an error `out` holds a part of it.
///
/// A keyword that leaves the text at the beginning of a line takes away the blanks and line ends
/// that the next literal begins with: a line with an absent header field vanishes.
pub(in crate::sipp) fn render(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    text: &Text,
    out: &mut Vec<u8>,
) -> Result<(), RenderError> {
    let mut writer = Writer::new(out);
    for piece in &text.pieces {
        match piece {
            Piece::Bytes(bytes) => writer.literal(bytes),
            Piece::Slot(slot) => keyword::fill(env, state, at, slot, &mut writer)?,
        }
    }
    tail::finish(env, state, at, writer)
}

/// A text inside a text, in a buffer that is to be given back to
/// [`Scratch::give`](super::Scratch::give).
pub(in crate::sipp) fn rendered(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    text: &Text,
) -> Result<Vec<u8>, RenderError> {
    let mut buffer = env.common.scratch.take();
    render(env, state, at, text, &mut buffer)?;
    Ok(buffer)
}
