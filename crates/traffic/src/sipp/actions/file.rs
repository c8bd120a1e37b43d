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
    let file = env.files.get_mut(file.index());
    let is_taken = file.is_some_and(|file| file.insert(&line));
    env.common.scratch.give(line);
    if is_taken {
        Ok(())
    } else {
        Err(Verdict::Fatal(
            "insert into an injection file that takes no lines".to_owned(),
        ))
    }
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
    let parsed = number_of(&number).filter(|number| *number >= 0.0);
    let file = env.files.get_mut(file.index());
    let is_taken = match (parsed, file) {
        (Some(number), Some(file)) => file.replace(number as u64, &line),
        _ => false,
    };
    env.common.scratch.give(line);
    let wrong = (!is_taken).then(|| number.escape_ascii().to_string());
    env.common.scratch.give(number);
    match wrong {
        None => Ok(()),
        Some(number) => Err(Verdict::Fatal(format!(
            "replace of line \"{number}\", which the injection file does not have"
        ))),
    }
}
