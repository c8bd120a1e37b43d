//! Bytes of the keyboard, and datagrams of the remote control.

use gannet_events::sipp::Command;

use super::command_line::{COMMAND_LENGTH_MAX, parse};
use super::{KeyAction, Screen};

const ESCAPE: u8 = 0x1b;
const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7f;
/// `*` and `/` change the rate by that many times as much as `+` and `-`.
const COARSE: f64 = 10.0;

/// Reads keys. Takes one byte after another, from a terminal that gives each at once.
#[derive(Debug, Clone)]
pub struct KeyReader {
    scale: f64,
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
    /// `+` and `-` change the rate by `scale` (`-rate_scale`).
    pub fn new(scale: f64) -> Self {
        Self {
            scale,
            mode: Mode::Keys,
        }
    }

    /// What the next byte does.
    pub fn on(&mut self, byte: u8) -> Option<KeyAction> {
        match std::mem::replace(&mut self.mode, Mode::Keys) {
            Mode::Line(line) => self.typed(line, byte),
            Mode::Escape if matches!(byte, b'[' | b'O') => {
                self.mode = Mode::Sequence;
                None
            }
            Mode::Sequence => {
                if !(0x40..=0x7e).contains(&byte) {
                    self.mode = Mode::Sequence;
                }
                None
            }
            Mode::Escape | Mode::Keys => match byte {
                b'c' => {
                    self.mode = Mode::Line(String::new());
                    Some(KeyAction::Prompt(Some(String::new())))
                }
                ESCAPE => {
                    self.mode = Mode::Escape;
                    None
                }
                _ => self.key(byte),
            },
        }
    }

    /// What a datagram of the remote control does: its first byte is a key, or `c` with a command
    /// after it. A line that is being typed stays as it is.
    pub fn datagram(&mut self, bytes: &[u8]) -> Option<KeyAction> {
        match bytes.split_first()? {
            (b'c', line) => {
                let line = &line[..line.len().min(COMMAND_LENGTH_MAX)];
                Some(self.line(&String::from_utf8_lossy(line)))
            }
            (key, _) => self.key(*key),
        }
    }

    fn key(&self, byte: u8) -> Option<KeyAction> {
        Some(KeyAction::Run(match byte {
            b'+' => Command::ChangeRate(self.scale),
            b'-' => Command::ChangeRate(-self.scale),
            b'*' => Command::ChangeRate(COARSE * self.scale),
            b'/' => Command::ChangeRate(-COARSE * self.scale),
            b'p' => Command::PauseOrResume,
            b'q' => Command::Stop,
            b'Q' => Command::Abort,
            b's' => return Some(KeyAction::SaveScreens),
            _ => return Screen::of_key(byte).map(KeyAction::Show),
        }))
    }

    fn line(&mut self, line: &str) -> KeyAction {
        let action = parse(line);
        if let KeyAction::Scale(scale) = action {
            self.scale = scale;
        }
        action
    }

    fn typed(&mut self, mut line: String, byte: u8) -> Option<KeyAction> {
        match byte {
            b'\r' | b'\n' => return Some(self.line(&line)),
            ESCAPE => return Some(KeyAction::Prompt(None)),
            BACKSPACE | DELETE => {
                line.pop();
            }
            b' '..=b'~' if line.len() < COMMAND_LENGTH_MAX => line.push(char::from(byte)),
            _ => {
                self.mode = Mode::Line(line);
                return None;
            }
        }
        self.mode = Mode::Line(line.clone());
        Some(KeyAction::Prompt(Some(line)))
    }
}
