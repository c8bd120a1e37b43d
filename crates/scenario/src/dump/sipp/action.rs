//! Actions.

use super::keyword::{text, variable};
use crate::dump::text::quoted;
use crate::sipp::model::{
    Action, Arithmetic, Check, Ereg, Media, Operand, Scenario, SearchIn, TextOperand, VariableId,
};

/// What the actions of each step do, in words; steps without any are left out.
pub fn actions_by_step(scenario: &Scenario) -> impl Iterator<Item = (usize, Vec<String>)> {
    let steps = scenario.steps.iter().enumerate();
    steps
        .filter(|(_, step)| !step.actions.is_empty())
        .map(|(index, step)| {
            let actions = step.actions.iter();
            (index, actions.map(|of| action(scenario, of)).collect())
        })
}

/// An action in one line.
pub(super) fn action(scenario: &Scenario, action: &Action) -> String {
    let name = |id: &VariableId| variable(scenario, *id);
    match action {
        Action::Ereg(found) => ereg(scenario, found),
        Action::Log(message) => format!("log {}", text(scenario, message)),
        Action::Warning(message) => format!("warn {}", text(scenario, message)),
        Action::Error(message) => format!("end the run with {}", text(scenario, message)),
        Action::Assign { to, value } => format!("{} = {}", name(to), operand(scenario, *value)),
        Action::AssignText { to, text: value } => {
            format!("{} = {}", name(to), text(scenario, value))
        }
        Action::ToDouble { to, from } => format!("{} = number of {}", name(to), name(from)),
        Action::Arithmetic { to, how, by } => {
            let sign = match how {
                Arithmetic::Add => '+',
                Arithmetic::Subtract => '-',
                Arithmetic::Multiply => '*',
                Arithmetic::Divide => '/',
            };
            format!("{} {sign}= {}", name(to), operand(scenario, *by))
        }
        Action::Sample { to, distribution } => format!("{} = one of {distribution:?}", name(to)),
        Action::Trim(id) => format!("trim {}", name(id)),
        Action::UrlEncode(id) => format!("urlencode {}", name(id)),
        Action::UrlDecode(id) => format!("urldecode {}", name(id)),
        Action::TimeOfDay {
            seconds,
            microseconds,
        } => format!("{}, {} = time of day", name(seconds), name(microseconds)),
        Action::Index(id) => format!("{} = index", name(id)),
        Action::Jump(to) => format!("jump to {}", operand(scenario, *to)),
        Action::PauseRestore(to) => format!("pause until {}", operand(scenario, *to)),
        Action::RtpEcho(on) => format!("echo {}", operand(scenario, *on)),
        Action::CloseConnection => "close the connection".to_owned(),
        Action::Command(command) => format!("run {}", text(scenario, command)),
        Action::Internal(command) => format!("{command:?}"),
        other => outside(scenario, other),
    }
}

/// Actions on more than variables.
fn outside(scenario: &Scenario, action: &Action) -> String {
    let name = |id: &VariableId| variable(scenario, *id);
    match action {
        Action::Test(test) => format!(
            "{}{} {:?} {}{}",
            target(scenario, test.to),
            name(&test.left),
            test.compare,
            operand(scenario, test.right),
            check(test.check)
        ),
        Action::StrCmp(found) => {
            let right = match &found.right {
                TextOperand::Value(value) => quoted(value),
                TextOperand::Variable(id) => name(id),
            };
            format!(
                "{}{} against {right}{}",
                target(scenario, found.to),
                name(&found.left),
                check(found.check)
            )
        }
        Action::Lookup { to, file, key } => format!(
            "{} = line of {} in {}",
            name(to),
            text(scenario, key),
            scenario.files[file.index()]
        ),
        Action::Insert { file, value } => format!(
            "insert {} into {}",
            text(scenario, value),
            scenario.files[file.index()]
        ),
        Action::Replace { file, line, value } => format!(
            "replace line {} of {} by {}",
            text(scenario, line),
            scenario.files[file.index()],
            text(scenario, value)
        ),
        Action::SetDestination {
            host,
            port,
            protocol,
        } => format!(
            "send to host {} port {} by {}",
            text(scenario, host),
            text(scenario, port),
            text(scenario, protocol)
        ),
        Action::VerifyAuth(found) => format!(
            "{} = credentials are those of {} with {}",
            name(&found.to),
            text(scenario, &found.username),
            text(scenario, &found.password)
        ),
        Action::Media(media) => match media.as_ref() {
            Media::PlayCapture { kind, file } => format!("play {kind:?} {}", text(scenario, file)),
            Media::PlayDtmf(digits) => format!("play digits {}", text(scenario, digits)),
            Media::RtpStream(what) => format!("stream {}", text(scenario, what)),
            Media::RtpEcho(what) => format!("echo of the call {}", text(scenario, what)),
        },
        other => format!("{other:?}"),
    }
}

fn ereg(scenario: &Scenario, found: &Ereg) -> String {
    let place = match &found.search_in {
        SearchIn::Message => "the message".to_owned(),
        SearchIn::Body => "the body".to_owned(),
        SearchIn::Variable(id) => variable(scenario, *id),
        SearchIn::Header {
            name,
            occurrence,
            ignores_case,
            at_line_start,
        } => format!(
            "what follows {} number {occurrence}{}{}",
            quoted(name),
            if *ignores_case { " in any case" } else { "" },
            if *at_line_start {
                " at the start of a line"
            } else {
                ""
            }
        ),
    };
    let variables: Vec<String> = [found.whole]
        .iter()
        .chain(&found.groups)
        .map(|id| variable(scenario, *id))
        .collect();
    format!(
        "{} = {} in {place}{}",
        variables.join(", "),
        quoted(found.regex.pattern()),
        check(found.check)
    )
}

fn operand(scenario: &Scenario, operand: Operand) -> String {
    match operand {
        Operand::Value(value) => value.to_string(),
        Operand::Variable(id) => variable(scenario, id),
    }
}

fn target(scenario: &Scenario, to: Option<VariableId>) -> String {
    to.map_or_else(String::new, |id| format!("{} = ", variable(scenario, id)))
}

fn check(check: Check) -> &'static str {
    match check {
        Check::None => "",
        Check::Must => ", must hold",
        Check::MustNot => ", must not hold",
    }
}
