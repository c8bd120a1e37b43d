//! What is logged.

use thiserror::Error;

/// A kind of log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Errors.
    Error,
    /// Warnings.
    Warning,
    /// Messages, sent and received.
    Message,
    /// Bytes of sockets.
    Buffer,
    /// Calls that did not go as the scenario says.
    Traffic,
    /// How each call ended.
    Verdict,
    /// What the scenario itself logs.
    User,
}

/// The letters that `-llevel` knows besides those of [`Level`].
const NONE: char = 'N';
const ALL: char = 'A';
const LEVELS: [Level; 7] = [
    Level::Error,
    Level::Warning,
    Level::Message,
    Level::Buffer,
    Level::Traffic,
    Level::Verdict,
    Level::User,
];

impl Level {
    /// Its letter in `-llevel` and in the log.
    pub fn letter(self) -> char {
        match self {
            Self::Error => 'E',
            Self::Warning => 'W',
            Self::Message => 'M',
            Self::Buffer => 'B',
            Self::Traffic => 'T',
            Self::Verdict => 'V',
            Self::User => 'U',
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of levels; errors if nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels(u8);

/// A letter that is no level.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "unknown log level `{letter}`: expected letters out of E W M B T V U, A for all, N for none"
)]
pub struct UnknownLevel {
    /// The letter.
    pub letter: char,
}

impl Default for Levels {
    fn default() -> Self {
        Self(Level::Error.bit())
    }
}

impl Levels {
    /// The value of `-llevel`: letters are added to E, N takes E away, A is all.
    pub fn parse(letters: &str) -> Result<Self, UnknownLevel> {
        let mut bits = Self::default().0;
        if letters.contains(NONE) {
            bits = 0;
        }
        for letter in letters.chars() {
            let known = LEVELS.into_iter().find(|level| level.letter() == letter);
            bits |= match (letter, known) {
                (_, Some(level)) => level.bit(),
                (NONE, None) => 0,
                (ALL, None) => LEVELS.iter().fold(0, |bits, level| bits | level.bit()),
                _ => return Err(UnknownLevel { letter }),
            };
        }
        Ok(Self(bits))
    }

    /// Whether lines of that level are logged.
    pub fn has(self, level: Level) -> bool {
        self.0 & level.bit() != 0
    }

    /// Nothing at all is logged.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}
