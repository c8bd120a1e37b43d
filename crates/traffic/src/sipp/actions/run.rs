//! Actions, one after the other.

use gannet_scenario::sipp::model::{Action, Internal, Operand};

use super::{Outcome, Verdict, check, ereg, file, media, number, setdest, text, verify};
use crate::sipp::LogEntry;
use crate::sipp::received::Received;
use crate::sipp::state::CallState;
use crate::sipp::text::{At, Env, RenderError, rendered};

/// Why no further action of the step is carried out.
pub(super) type Stop = Verdict;

impl From<RenderError> for Stop {
    fn from(error: RenderError) -> Self {
        Self::Fatal(error.to_string())
    }
}

/// Carries out the actions of a step. Without a received message those that look into one take the
/// last that was kept.
pub(in crate::sipp) fn run_actions(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    actions: &[Action],
    received: Option<&Received<'_>>,
) -> Outcome {
    let mut outcome = Outcome::default();
    for action in actions {
        if let Err(verdict) = run(env, state, at, action, received, &mut outcome) {
            outcome.verdict = verdict;
            break;
        }
    }
    outcome
}

fn run(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    action: &Action,
    received: Option<&Received<'_>>,
    outcome: &mut Outcome,
) -> Result<(), Stop> {
    match action {
        Action::Ereg(ereg) => ereg::search(env, state, ereg, received)?,
        Action::Assign { to, value } => {
            let number = operand(env, state, *value);
            env.variable_mut(state, *to).set_number(number);
        }
        Action::AssignText { to, text } => text::assign(env, state, at, (*to, text))?,
        Action::ToDouble { to, from } => number::convert(env, state, *to, *from),
        Action::Arithmetic { to, how, by } => number::change(env, state, *to, *how, *by),
        Action::Sample { to, distribution } => {
            number::draw(env, state, *to, distribution);
        }
        Action::Test(test) => check::test(env, state, test)?,
        Action::StrCmp(compared) => check::compare_texts(env, state, compared)?,
        Action::Trim(variable) => text::trim(env.variable_mut(state, *variable).edit()),
        Action::UrlEncode(variable) => text::edit(env, state, *variable, text::url_encode),
        Action::UrlDecode(variable) => text::edit(env, state, *variable, text::url_decode),
        Action::TimeOfDay {
            seconds,
            microseconds,
        } => number::time_of_day(env, state, *seconds, *microseconds),
        Action::Index(to) => env.variable_mut(state, *to).set_number(at.step as f64),
        Action::Jump(to) => outcome.jump = Some(jump(env, state, at, *to)?),
        Action::PauseRestore(until) => {
            // The cast saturates: a negative time is over.
            let ms = operand(env, state, *until);
            outcome.pause_until_ns = Some((ms * 1e6) as u64);
        }
        other => run_outside(env, state, at, other, received, outcome)?,
    }
    Ok(())
}

/// Actions that reach beyond the call.
fn run_outside(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    action: &Action,
    received: Option<&Received<'_>>,
    outcome: &mut Outcome,
) -> Result<(), Stop> {
    match action {
        Action::Log(_) if !env.settings.levels.user => {}
        Action::Log(text) => {
            let line = rendered(env, state, at, text)?;
            env.world.log(LogEntry::User(&line));
            env.common.scratch.give(line);
        }
        Action::Warning(text) => {
            let line = rendered(env, state, at, text)?;
            env.warn(|| String::from_utf8_lossy(&line).into_owned());
            env.common.scratch.give(line);
        }
        Action::Error(text) => {
            let line = rendered(env, state, at, text)?;
            return Err(Verdict::Fatal(String::from_utf8_lossy(&line).into_owned()));
        }
        Action::Lookup { to, file, key } => file::lookup(env, state, at, (*to, *file, key))?,
        Action::Insert { file, value } => file::insert(env, state, at, (*file, value))?,
        Action::Replace { file, line, value } => {
            file::replace(env, state, at, (*file, line, value))?;
        }
        Action::SetDestination {
            host,
            port,
            protocol,
        } => {
            let found = setdest::destination(env, state, at, [host, port, protocol])?;
            outcome.destination = Some(found);
        }
        Action::CloseConnection => outcome.closes = true,
        Action::VerifyAuth(verify) => verify::verify(env, state, at, verify, received)?,
        Action::RtpEcho(on) => {
            let on = operand(env, state, *on) != 0.0;
            media::echo_all(env, at, on);
        }
        Action::Command(text) => {
            let command = rendered(env, state, at, text)?;
            env.world.execute(&command);
            env.common.scratch.give(command);
        }
        Action::Internal(Internal::StopCall) => return Err(Verdict::StopCall),
        Action::Internal(Internal::StopNow) => return Err(Verdict::StopNow),
        Action::Internal(Internal::StopGracefully) => outcome.stops_gracefully = true,
        Action::Media(order) => media::order(env, state, at, order)?,
        // All others stay inside the call.
        _ => {}
    }
    Ok(())
}

/// The number that an operand stands for: that of a variable without one is 0.
pub(super) fn operand(env: &Env<'_>, state: &CallState, operand: Operand) -> f64 {
    match operand {
        Operand::Value(number) => number,
        Operand::Variable(variable) => env.number(state, variable),
    }
}

fn jump(env: &Env<'_>, state: &CallState, at: At, to: Operand) -> Result<usize, Stop> {
    let number = operand(env, state, to).trunc();
    let last = env.scenario.steps.len();
    if number < 0.0 || number > last as f64 || number.is_nan() {
        return Err(Verdict::Fatal(format!(
            "jump to step {number}: there are steps 0 to {last}"
        )));
    }
    let to = number as usize;
    if to == at.step {
        return Err(Verdict::Fatal(format!(
            "the jump of step {to} goes to itself and would never end"
        )));
    }
    Ok(to)
}
