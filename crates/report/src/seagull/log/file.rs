//! Lines of the log.

use std::fmt::Write as _;
use std::time::SystemTime;

use chrono::FixedOffset;

use super::dump::{ROW, pairs, printable};
use super::level::{Level, Levels};
use crate::seagull::clock::log_stamp;

/// What stands before a continuation line instead of the date.
const PADDING: &str = "                       ";
/// Letter of the lines that no level turns off.
const FORCED: char = 'A';
/// Bytes of one line of a user's log.
const USER_ROW: usize = 48;

/// The direction of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// From here.
    Sent,
    /// To here.
    Received,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As its scenario says.
    Passed,
    /// In another way.
    Failed,
}

/// Writes lines as Seagull's log has them; each with its end.
///
/// Every function appends to `out` what belongs in the file, which is nothing if its level is off.
#[derive(Debug, Clone, Copy)]
pub struct LogFile {
    levels: Levels,
    dated: bool,
    offset: FixedOffset,
}

impl LogFile {
    /// A log of these levels; dates are in the time of `offset`.
    pub fn new(levels: Levels, offset: FixedOffset) -> Self {
        Self {
            levels,
            dated: true,
            offset,
        }
    }

    /// Without dates (`-notimelog`).
    pub fn without_dates(self) -> Self {
        Self {
            dated: false,
            ..self
        }
    }

    /// The levels.
    pub fn levels(self) -> Levels {
        self.levels
    }

    /// A line of a level; further lines of the text are continuations.
    pub fn line(self, out: &mut String, at: SystemTime, level: Level, text: &str) {
        if self.levels.has(level) {
            self.lines(out, at, level.letter(), level.letter(), text);
        }
    }

    /// The first line.
    pub fn start(self, out: &mut String, at: SystemTime) {
        self.forced(out, at, "START log");
    }

    /// The last line.
    pub fn stop(self, out: &mut String, at: SystemTime) {
        self.forced(out, at, "STOP  log");
    }

    /// The number of the process.
    pub fn pid(self, out: &mut String, at: SystemTime, pid: u32) {
        self.forced(out, at, &format!("PID [{pid}]"));
    }

    /// The configuration: one line for the first, continuations for the others.
    pub fn configuration(self, out: &mut String, at: SystemTime, text: &str) {
        self.lines(out, at, FORCED, ' ', text);
    }

    /// A line that no level turns off.
    pub fn forced(self, out: &mut String, at: SystemTime, text: &str) {
        self.lines(out, at, FORCED, FORCED, text);
    }

    /// A message with its type, level M. The body has a dump of its own.
    pub fn message(
        self,
        out: &mut String,
        at: SystemTime,
        flow: Flow,
        name: &str,
        header: &[u8],
        body: Option<&[u8]>,
    ) {
        if !self.levels.has(Level::Message) {
            return;
        }
        let verb = match flow {
            Flow::Sent => "Send",
            Flow::Received => "Received",
        };
        self.head(out, at, Level::Message.letter());
        let _ = writeln!(out, "{verb} [[{name}");
        self.message_dump(out, header);
        if let Some(body) = body {
            // Seagull ends the header's dump and begins the body's with a line end.
            out.push('\n');
            self.message_dump(out, body);
        }
        self.continuation(out, Level::Message.letter());
        out.push_str("]]\n");
    }

    /// Bytes of a socket, level B.
    pub fn buffer(self, out: &mut String, at: SystemTime, flow: Flow, bytes: &[u8]) {
        if !self.levels.has(Level::Buffer) {
            return;
        }
        let verb = match flow {
            Flow::Sent => "sent",
            Flow::Received => "received",
        };
        self.head(out, at, Level::Buffer.letter());
        let _ = writeln!(out, "Buffer {verb} size [{}]", bytes.len());
        for row in bytes.chunks(ROW) {
            self.continuation(out, Level::Buffer.letter());
            pairs(out, row);
            out.push('\n');
        }
    }

    /// How a call of a section (`Traffic`, …) ended, level V, with the bytes of its identifier.
    pub fn verdict(
        self,
        out: &mut String,
        at: SystemTime,
        section: &str,
        verdict: Verdict,
        call: &[u8],
    ) {
        if !self.levels.has(Level::Verdict) {
            return;
        }
        let word = match verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
        };
        self.head(out, at, Level::Verdict.letter());
        let _ = write!(out, "Scenario {section} {word} call-id  [ ");
        pairs(out, call);
        out.push_str("]\n");
    }

    /// The text of the action `log`, level U: a line for each 48 bytes.
    pub fn user(self, out: &mut String, at: SystemTime, text: &[u8]) {
        if !self.levels.has(Level::User) {
            return;
        }
        for row in text.chunks(USER_ROW) {
            self.head(out, at, Level::User.letter());
            out.push('[');
            printable(out, row);
            let _ = writeln!(out, "{:width$}] ", "", width = USER_ROW - row.len());
        }
    }

    fn message_dump(self, out: &mut String, bytes: &[u8]) {
        for row in bytes.chunks(ROW) {
            self.continuation(out, Level::Message.letter());
            out.push('[');
            pairs(out, row);
            out.push_str("] <=> [");
            printable(out, row);
            out.push_str("]\n");
        }
    }

    fn lines(self, out: &mut String, at: SystemTime, first: char, others: char, text: &str) {
        let mut lines = text.lines();
        self.head(out, at, first);
        let _ = writeln!(out, "{}", lines.next().unwrap_or_default());
        for line in lines {
            self.continuation(out, others);
            let _ = writeln!(out, "{line}");
        }
    }

    fn head(self, out: &mut String, at: SystemTime, letter: char) {
        if self.dated {
            out.push_str(&log_stamp(at, self.offset));
        }
        let _ = write!(out, "|{letter}|");
    }

    fn continuation(self, out: &mut String, letter: char) {
        if self.dated {
            out.push_str(PADDING);
        }
        let _ = write!(out, "|{letter}|");
    }
}
