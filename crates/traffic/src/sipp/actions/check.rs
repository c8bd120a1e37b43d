//! Comparisons that may fail a call.

use std::cmp::Ordering;

use gannet_events::sipp::Failure;
use gannet_scenario::sipp::model::{Check, Compare, StrCmp, Test, TextOperand, VariableId};

use super::Verdict;
use super::run::{Stop, operand};
use crate::sipp::state::CallState;
use crate::sipp::text::Env;
use crate::sipp::values::Value;

/// `test`.
pub(super) fn test(env: &mut Env<'_>, state: &mut CallState, test: &Test) -> Result<(), Stop> {
    let left = env.number(state, test.left);
    let right = operand(env, state, test.right);
    let order = left.partial_cmp(&right);
    let holds = match test.compare {
        Compare::Equal => order == Some(Ordering::Equal),
        Compare::NotEqual => order != Some(Ordering::Equal),
        Compare::Greater => order == Some(Ordering::Greater),
        Compare::Less => order == Some(Ordering::Less),
        Compare::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        Compare::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
    };
    if let Some(to) = test.to {
        env.variable_mut(state, to).set_truth(holds);
    }
    let failure = match (test.check, holds) {
        (Check::Must, false) => Failure::TestDoesntMatch,
        (Check::MustNot, true) => Failure::TestShouldntMatch,
        _ => return Ok(()),
    };
    let sign = match test.compare {
        Compare::Equal => "==",
        Compare::NotEqual => "!=",
        Compare::Greater => ">",
        Compare::Less => "<",
        Compare::GreaterOrEqual => ">=",
        Compare::LessOrEqual => "<=",
    };
    let word = check_name(test.check);
    let name = &env.scenario.variables[test.left.index()].name;
    env.warn(|| format!("test \"{name}:{left:.6} {sign} {right:.6}\" with {word} failed"));
    Err(Verdict::GoesOnFailed(failure))
}

/// `strcmp`.
pub(super) fn compare_texts(
    env: &mut Env<'_>,
    state: &mut CallState,
    compared: &StrCmp,
) -> Result<(), Stop> {
    let difference = {
        let left = text_of(env, state, compared.left);
        let right = match &compared.right {
            TextOperand::Value(text) => text,
            TextOperand::Variable(variable) => text_of(env, state, *variable),
        };
        difference(left, right)
    };
    if let Some(to) = compared.to {
        env.variable_mut(state, to)
            .set_number(f64::from(difference));
    }
    let equal = difference == 0;
    let failure = match (compared.check, equal) {
        (Check::Must, false) => Failure::StrcmpDoesntMatch,
        (Check::MustNot, true) => Failure::StrcmpShouldntMatch,
        _ => return Ok(()),
    };
    let (left, word) = (compared.left, check_name(compared.check));
    let name = &env.scenario.variables[left.index()].name;
    let text = String::from_utf8_lossy(text_of(env, state, left)).into_owned();
    env.warn(|| format!("strcmp {name}:\"{text}\" with {word} returned {difference}"));
    Err(Verdict::GoesOnFailed(failure))
}

fn text_of<'a>(env: &'a Env<'_>, state: &'a CallState, id: VariableId) -> &'a [u8] {
    env.variable(state, id).map_or(&[], Value::text)
}

/// As `strcmp` of glibc: how far the first bytes that differ are apart.
fn difference(left: &[u8], right: &[u8]) -> i32 {
    let mut at = 0;
    loop {
        let byte = |text: &[u8]| i32::from(text.get(at).copied().unwrap_or(0));
        let (mine, theirs) = (byte(left), byte(right));
        if mine != theirs || mine == 0 {
            return mine - theirs;
        }
        at += 1;
    }
}

fn check_name(check: Check) -> &'static str {
    match check {
        Check::MustNot => "check_it_inverse",
        _ => "check_it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_differ_as_far_as_their_first_bytes_that_differ() {
        for (left, right, expected) in [
            ("s1t", "s2t", -1),
            ("", "5.000000", -53),
            ("b", "a", 1),
            ("ab", "a", 98),
            ("a\0b", "a\0c", 0),
            ("", "", 0),
        ] {
            assert_eq!(difference(left.as_bytes(), right.as_bytes()), expected);
        }
    }
}
