//! The line that is typed after `c`, or that a datagram has after it.

use gannet_events::sipp::{Command, Traced};

use super::{Displayed, Dumped, KeyAction};

/// The most characters of a line; more are ignored.
pub const COMMAND_LENGTH_MAX: usize = 255;

const COMMANDS: &str = "set, trace, dump, reset";
const SETTINGS: &str = "rate, rate-scale, users, limit, display, hide";
const TRACES: &str = "error, logs, messages, shortmessages";

/// What a line asks. Any number of blanks may stand between its words.
pub fn parse(line: &str) -> KeyAction {
    let words: Vec<&str> = line.split_whitespace().collect();
    let parsed = match words[..] {
        [] => return KeyAction::Prompt(None),
        ["set", name, value] => set(name, value),
        ["set", ..] => Err(format!("set: expected NAME VALUE, a name of {SETTINGS}")),
        ["trace", name, switch] => trace(name, switch),
        ["trace", ..] => Err(format!("trace: expected NAME on|off, a name of {TRACES}")),
        ["dump", "tasks"] => Ok(KeyAction::Dump(Dumped::Tasks)),
        ["dump", "variables"] => Ok(KeyAction::Dump(Dumped::Variables)),
        ["dump", ..] => Err("dump: expected tasks or variables".into()),
        ["reset", "stats"] => Ok(KeyAction::Run(Command::ResetStatistics)),
        ["reset", ..] => Err("reset: expected stats".into()),
        [command, ..] => Err(format!("no command \"{command}\": expected {COMMANDS}")),
    };
    parsed.unwrap_or_else(KeyAction::Refused)
}

fn set(name: &str, value: &str) -> Result<KeyAction, String> {
    Ok(match name {
        "rate" => KeyAction::Run(Command::SetRate(rate(name, value)?)),
        "rate-scale" => KeyAction::Scale(rate(name, value)?),
        "users" => KeyAction::Run(Command::SetUsers(whole(name, value)?)),
        "limit" => KeyAction::Run(Command::SetLimit(whole(name, value)?)),
        "display" => KeyAction::Display(match value {
            "main" => Displayed::Main,
            "ooc" => Displayed::OutOfCall,
            "rx" => Displayed::Received,
            _ => {
                return Err(format!(
                    "display: expected main, ooc or rx, not \"{value}\""
                ));
            }
        }),
        "hide" => KeyAction::Hide(match value {
            "true" => true,
            "false" => false,
            _ => return Err(format!("hide: expected true or false, not \"{value}\"")),
        }),
        _ => return Err(format!("set: no \"{name}\": expected {SETTINGS}")),
    })
}

fn rate(name: &str, value: &str) -> Result<f64, String> {
    let number = value.parse().ok();
    let number = number.filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| format!("{name}: expected a number from 0 on, not \"{value}\""))
}

fn whole(name: &str, value: &str) -> Result<u64, String> {
    let expected = |_| format!("{name}: expected a whole number, not \"{value}\"");
    value.parse().map_err(expected)
}

fn trace(name: &str, switch: &str) -> Result<KeyAction, String> {
    let traced = match name {
        "error" => Traced::Errors,
        "logs" => Traced::Logs,
        "messages" => Traced::Messages,
        "shortmessages" => Traced::ShortMessages,
        _ => return Err(format!("trace: no \"{name}\": expected {TRACES}")),
    };
    let on = match switch {
        "on" => true,
        "off" => false,
        _ => return Err(format!("trace: expected on or off, not \"{switch}\"")),
    };
    Ok(KeyAction::Run(Command::Trace(traced, on)))
}
