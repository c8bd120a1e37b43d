//! Bytes of the keyboard.

use gannet_events::traffic::Command;

use super::command_line::{COMMAND_LENGTH_MAX, parse};
use super::{KeyAction, Screens};

const ESCAPE: u8 = 0x1b;
const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7f;

/// Reads keys. Takes one byte after another, from a terminal that gives each at once.
#[derive(Debug, Clone)]
pub struct KeyReader {
    screens: Screens,
    mode: Mode,
}

#[derive(Debug, Clone)]
enum Mode {
    Keys,
    /// After an escape: it may begin the sequence of an arrow or function key.
    Escape,
    /// Within such a sequence, until its last byte.
    Sequence,
    /// Within a command line.
    Line(String),
}

impl KeyReader {
    /// For the screens of a run.
    pub fn new(screens: Screens) -> Self {
        Self {
            screens,
            mode: Mode::Keys,
        }
    }

    /// What the next byte does.
    pub fn on(&mut self, byte: u8) -> Option<KeyAction> {
        match &mut self.mode {
            Mode::Line(line) => {
                let (action, goes_on) = typed(line, byte);
                if !goes_on {
                    self.mode = Mode::Keys;
                }
                action
            }
            Mode::Escape if matches!(byte, b'[' | b'O') => {
                self.mode = Mode::Sequence;
                None
            }
            Mode::Sequence => {
                if (0x40..=0x7e).contains(&byte) {
                    self.mode = Mode::Keys;
                }
                None
            }
            Mode::Escape | Mode::Keys => {
                self.mode = Mode::Keys;
                self.key(byte)
            }
        }
    }

    fn key(&mut self, byte: u8) -> Option<KeyAction> {
        let command = match byte {
            b'+' => Command::RateUp,
            b'-' => Command::RateDown,
            b'q' => Command::Stop,
            b'p' => Command::PauseOrResume,
            b'b' => Command::Burst,
            b'f' => Command::ForceInit,
            b'd' => Command::ResetCumulative,
            b'a' => return Some(KeyAction::TogglePercent),
            b'c' => {
                self.mode = Mode::Line(String::new());
                return Some(KeyAction::Prompt(Some(String::new())));
            }
            ESCAPE => {
                self.mode = Mode::Escape;
                return None;
            }
            _ => return self.screens.of_key(byte).map(KeyAction::Show),
        };
        Some(KeyAction::Traffic(command))
    }
}

/// What a byte does to a line, and whether the line goes on.
fn typed(line: &mut String, byte: u8) -> (Option<KeyAction>, bool) {
    match byte {
        b'\r' | b'\n' => return (Some(parse(line)), false),
        ESCAPE => return (Some(KeyAction::Prompt(None)), false),
        BACKSPACE | DELETE => {
            line.pop();
        }
        b' '..=b'~' if line.len() < COMMAND_LENGTH_MAX => line.push(char::from(byte)),
        _ => return (None, true),
    }
    (Some(KeyAction::Prompt(Some(line.clone()))), true)
}
