//! `[fieldN]`: cells of injection files.

use gannet_scenario::sipp::model::{Credentials, FieldOf};
use memchr::memmem;

use super::render::rendered;
use super::writer::{Asked, Writer};
use super::{At, Env, RenderError};
use crate::sipp::state::CallState;
use crate::sipp::values::number_of;

/// Appends a cell. An `[authentication …]` in it is one of the text.
pub(super) fn append(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    of: &FieldOf,
    writer: &mut Writer<'_, '_>,
) -> Result<(), RenderError> {
    let file = of.file.index();
    let line = match &of.line {
        None => state.line(file).map(|line| line as usize),
        Some(text) => line_of(env, state, at, text)?,
    };
    let start = writer.out.len();
    if let (Some(line), Some(lines)) = (line, env.files.get(file))
        && !lines.cell(line, of.column, writer.out)
        && line < lines.line_count()
    {
        let column = of.column;
        env.warn(|| format!("line {line} of the injection file has no field {column}"));
    }
    if memmem::find(&writer.out[start..], b"[authentication").is_some() {
        return authentication(env, start, writer);
    }
    Ok(())
}

/// The line that an expression gives; `None` for a negative one.
fn line_of(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    text: &gannet_scenario::sipp::model::Text,
) -> Result<Option<usize>, RenderError> {
    let rendered = rendered(env, state, at, text)?;
    let number = number_of(&rendered);
    let found = match number {
        Some(number) if number >= 0.0 => Ok(Some(number as usize)),
        Some(_) => Ok(None),
        None => Err(RenderError::Field(format!(
            "line \"{}\" is no number",
            rendered.escape_ascii()
        ))),
    };
    env.common.scratch.give(rendered);
    found
}

/// Takes the keyword out of the cell that begins at `start`, and notes where it was.
#[cold]
fn authentication(
    env: &mut Env<'_>,
    start: usize,
    writer: &mut Writer<'_, '_>,
) -> Result<(), RenderError> {
    let found = Credentials::find(&writer.out[start..], env.scenario, &[]);
    let found = found.map_err(|error| RenderError::Field(error.to_string()))?;
    if let Some((range, credentials)) = found {
        let mut rest = env.common.scratch.take();
        rest.extend_from_slice(&writer.out[start + range.end..]);
        writer.out.truncate(start + range.start);
        let is_first = writer.authentication(Asked::Field(Box::new(credentials)));
        writer.bytes(&rest);
        env.common.scratch.give(rest);
        if !is_first {
            return Err(RenderError::AuthenticationPlace);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
