//! Seagull's log, written as the run goes.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use gannet_report::seagull::{Level, LogFile};
use gannet_scenario::model::Scenario;
use gannet_traffic::shard::LogEntry;

use super::lines::Lines;
use crate::run::LogSink;

/// Bytes that wait to be written at most.
const WAITING_MAX_BYTES: usize = 64 * 1024;

/// The log of a run.
pub(crate) struct SeagullLog {
    format: LogFile,
    scenario: Arc<Scenario>,
    started: SystemTime,
    output: Mutex<Output>,
}

struct Output {
    writer: Box<dyn Write + Send>,
    waiting: String,
    /// What the file system said first.
    error: Option<io::Error>,
}

impl SeagullLog {
    pub(crate) fn new(
        format: LogFile,
        scenario: Arc<Scenario>,
        started: SystemTime,
        writer: Box<dyn Write + Send>,
    ) -> Self {
        Self {
            format,
            scenario,
            started,
            output: Mutex::new(Output {
                writer,
                waiting: String::new(),
                error: None,
            }),
        }
    }

    /// Appends lines, and writes them when enough wait.
    pub(crate) fn append(&self, write: impl FnOnce(LogFile, &mut String)) {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        write(self.format, &mut output.waiting);
        if output.waiting.len() > WAITING_MAX_BYTES {
            output.flush();
        }
    }

    /// Writes everything that waits. What goes wrong is kept for [`flush`](Self::flush).
    pub(crate) fn write_out(&self) {
        self.output
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .flush();
    }

    /// Writes everything that waits; gives what went wrong so far, once.
    pub(crate) fn flush(&self) -> Option<io::Error> {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        output.flush();
        output.error.take()
    }
}

impl Output {
    fn flush(&mut self) {
        let written = self
            .writer
            .write_all(self.waiting.as_bytes())
            .and_then(|()| self.writer.flush());
        self.waiting.clear();
        // A reader that has gone away, as of `2>&1 | head`, does not make the run worse.
        let written = written.or_else(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(error),
        });
        if let Err(error) = written {
            self.error.get_or_insert(error);
        }
    }
}

impl LogSink for SeagullLog {
    fn entry(&self, at: Duration, entry: &LogEntry<'_>) {
        let at = self.started + at;
        self.append(|format, out| {
            let mut lines = Lines {
                format,
                scenario: &self.scenario,
                at,
                out,
            };
            lines.entry(entry);
        });
    }

    fn trouble(&self, at: Duration, text: &str) {
        let at = self.started + at;
        self.append(|format, out| format.line(out, at, Level::Error, text));
    }
}
