//! Actions on injection files.

use gannet_scenario::sipp::model::{FileId, Text, VariableId};

use super::Verdict;
use super::run::Stop;
use crate::sipp::state::CallState;
use crate::sipp::text::{At, Env, rendered};
use crate::sipp::values::number_of;

/// `lookup`.
pub(super) fn lookup(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    (to, file, key): (VariableId, FileId, &Text),
) -> Result<(), Stop> {
    let key = rendered(env, state, at, key)?;
    let line = env.files.get(file.index());
    let line = line.and_then(|file| file.lookup(&key));
    env.common.scratch.give(key);
    let number = line.map_or(-1.0, |line| line as f64);
    env.variable_mut(state, to).set_number(number);
    Ok(())
}

/// `insert`.
pub(super) fn insert(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    (file, value): (FileId, &Text),
) -> Result<(), Stop> {
    let line = rendered(env, state, at, value)?;
    let changed = match env.files.get_mut(file.index()) {
        Some(file) => file.insert(&line).map_err(|error| error.to_string()),
        None => Err(no_file()),
    };
    env.common.scratch.give(line);
    changed.map_err(|what| Verdict::Fatal(format!("insert: {what}")))
}

/// `replace`.
pub(super) fn replace(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    (file, line, value): (FileId, &Text, &Text),
) -> Result<(), Stop> {
    let number = rendered(env, state, at, line)?;
    let line = rendered(env, state, at, value)?;
    let changed = match (number_of(&number), env.files.get_mut(file.index())) {
        (Some(number), Some(file)) => {
            let changed = file.replace(number as i64, &line);
            changed.map_err(|error| error.to_string())
        }
        (None, _) => Err(format!("\"{}\" is no line", number.escape_ascii())),
        (_, None) => Err(no_file()),
    };
    env.common.scratch.give(line);
    env.common.scratch.give(number);
    changed.map_err(|what| Verdict::Fatal(format!("replace: {what}")))
}

fn no_file() -> String {
    "the injection file is not there".to_owned()
}
