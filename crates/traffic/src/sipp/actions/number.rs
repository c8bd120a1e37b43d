//! Actions on numbers.

use gannet_scenario::model::{Distribution, draw};
use gannet_scenario::sipp::model::{Arithmetic, Operand, VariableId};

use super::run::operand;
use crate::sipp::state::CallState;
use crate::sipp::text::Env;
use crate::sipp::values::Value;

/// `todouble`.
pub(super) fn convert(env: &mut Env<'_>, state: &mut CallState, to: VariableId, from: VariableId) {
    if let Some(number) = env.variable(state, from).and_then(Value::to_number) {
        env.variable_mut(state, to).set_number(number);
    } else {
        let name = &env.scenario.variables[from.index()].name;
        env.warn(|| format!("variable {name} is no number for todouble"));
    }
}

/// `add` and its relatives. What is no number counts as 0.
pub(super) fn change(
    env: &mut Env<'_>,
    state: &mut CallState,
    to: VariableId,
    how: Arithmetic,
    by: Operand,
) {
    let by = operand(env, state, by);
    let number = env.number(state, to);
    let changed = match how {
        Arithmetic::Add => number + by,
        Arithmetic::Subtract => number - by,
        Arithmetic::Multiply => number * by,
        Arithmetic::Divide if by == 0.0 => {
            let name = &env.scenario.variables[to.index()].name;
            env.warn(|| format!("variable {name} is not divided by 0"));
            return;
        }
        Arithmetic::Divide => number / by,
    };
    env.variable_mut(state, to).set_number(changed);
}

/// `sample`: unlike a pause neither cut nor rounded.
pub(super) fn draw(
    env: &mut Env<'_>,
    state: &mut CallState,
    to: VariableId,
    distribution: &Distribution,
) {
    let number = distribution.quantile_ms(draw::open_unit(env.rng));
    env.variable_mut(state, to).set_number(number);
}

/// `gettimeofday`.
pub(super) fn time_of_day(
    env: &mut Env<'_>,
    state: &mut CallState,
    seconds: VariableId,
    microseconds: VariableId,
) {
    let (whole, part) = env.world.time_of_day();
    env.variable_mut(state, seconds).set_number(whole as f64);
    let microseconds = env.variable_mut(state, microseconds);
    microseconds.set_number(f64::from(part));
}
