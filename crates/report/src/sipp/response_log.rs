//! Response times, one line each (`-trace_rtt`).

use std::fmt::{self, Display};
use std::io::Write as _;
use std::sync::Arc;

use gannet_events::sipp::Layout;

use super::stamp::written;

/// Every measured response time, collected until it is written.
#[derive(Debug, Clone)]
pub struct ResponseLog {
    layout: Arc<Layout>,
    delimiter: String,
    lines: usize,
    waiting: Vec<Measure>,
}

#[derive(Debug, Clone, Copy)]
struct Measure {
    at_ns: u64,
    response_ns: u64,
    timer: usize,
}

impl ResponseLog {
    /// Written after so many `lines` (`-rtt_freq`).
    pub fn new(layout: Arc<Layout>, delimiter: &str, lines: usize) -> Self {
        Self {
            layout,
            delimiter: delimiter.into(),
            lines: lines.max(1),
            waiting: Vec::new(),
        }
    }

    /// The first line, with its end. This file's lines have no delimiter at their end.
    pub fn header(&self, out: &mut Vec<u8>) {
        let delimiter = &self.delimiter;
        written(writeln!(
            out,
            "Date_ms{delimiter}response_time_ms{delimiter}rtd_no"
        ));
    }

    /// One measure: when it ended, since the start of the run, how long it took, and which timer of
    /// the layout took it. Formats nothing.
    pub fn record(&mut self, at_ns: u64, response_ns: u64, timer: usize) {
        self.waiting.push(Measure {
            at_ns,
            response_ns,
            timer,
        });
    }

    /// Enough lines wait for a write.
    pub fn is_due(&self) -> bool {
        self.waiting.len() >= self.lines
    }

    /// Appends the lines that wait; they are gone from here then.
    pub fn take(&mut self, out: &mut Vec<u8>) {
        let delimiter = &self.delimiter;
        for measure in self.waiting.drain(..) {
            let timer = self.layout.timers.get(measure.timer);
            written(writeln!(
                out,
                "{}{delimiter}{}{delimiter}{}",
                // SIPp's six significant digits lose the date after a quarter of an hour.
                measure.at_ns / 1_000_000,
                Milliseconds(measure.response_ns),
                timer.map_or("", String::as_str),
            ));
        }
    }
}

/// Nanoseconds as milliseconds: whole ones without, others with up to three decimals.
struct Milliseconds(u64);

impl Display for Milliseconds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = self.0 / 1_000;
        write!(formatter, "{}", us / 1_000)?;
        match us % 1_000 {
            0 => Ok(()),
            part if part % 100 == 0 => write!(formatter, ".{}", part / 100),
            part if part % 10 == 0 => write!(formatter, ".{:02}", part / 10),
            part => write!(formatter, ".{part:03}"),
        }
    }
}
