//! The line that is typed after `c`.

use std::time::Duration;

use gannet_events::traffic::Command;

use super::KeyAction;

/// The most characters of a line; more are ignored.
pub const COMMAND_LENGTH_MAX: usize = 100;

/// The longest display period.
const DISPLAY_PERIOD_MAX_S: u64 = 24 * 3600;
const NAMES: &str = "call-rate, call-rate-scale, burst-limit, display-period";

/// What a line asks. Any number of blanks may stand between its words.
pub(super) fn parse(line: &str) -> KeyAction {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        [] => KeyAction::Prompt(None),
        ["set", name, number] => set(name, number),
        _ => KeyAction::Refused(format!("no command \"{}\": set NAME NUMBER", line.trim())),
    }
}

fn set(name: &str, number: &str) -> KeyAction {
    let Ok(value) = number.parse::<u64>() else {
        return KeyAction::Refused(format!("\"{number}\" is no whole number"));
    };
    match name {
        "call-rate" => KeyAction::Traffic(Command::SetRate(value as f64)),
        "call-rate-scale" => KeyAction::Traffic(Command::SetScale(value as f64)),
        "burst-limit" => KeyAction::Traffic(Command::SetBurstLimit(value)),
        "display-period" if (1..=DISPLAY_PERIOD_MAX_S).contains(&value) => {
            KeyAction::SetDisplayPeriod(Duration::from_secs(value))
        }
        "display-period" => {
            KeyAction::Refused(format!("display-period: 1 to {DISPLAY_PERIOD_MAX_S} s"))
        }
        _ => KeyAction::Refused(format!("no \"{name}\": {NAMES}")),
    }
}
