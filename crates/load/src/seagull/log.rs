//! Seagull's log, written as the run goes.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use gannet_report::seagull::{Flow, Level, LogFile, Verdict};
use gannet_scenario::model::Scenario;
use gannet_traffic::shard::LogEntry;

use super::causes::{cause, place};
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

    fn key(key: &[u8]) -> String {
        if key.is_empty() {
            String::new()
        } else {
            format!(" [{}]", String::from_utf8_lossy(key).trim_end())
        }
    }
}

impl Output {
    fn flush(&mut self) {
        let written = self
            .writer
            .write_all(self.waiting.as_bytes())
            .and_then(|()| self.writer.flush());
        self.waiting.clear();
        if let Err(error) = written {
            self.error.get_or_insert(error);
        }
    }
}

impl LogSink for SeagullLog {
    fn entry(&self, at: Duration, entry: &LogEntry<'_>) {
        let at = self.started + at;
        let scenario = &self.scenario;
        self.append(|format, out| match entry {
            LogEntry::Sent {
                channel,
                message,
                parts,
            } => {
                let body = parts.get(2).copied().filter(|body| !body.is_empty());
                let header = parts.first().copied().unwrap_or_default();
                format.message(out, at, Flow::Sent, message, header, body);
                if format.levels().has(Level::Buffer) {
                    format.buffer(out, at, Flow::Sent, &parts.concat());
                }
                let _ = channel;
            }
            LogEntry::Received { channel, bytes } => {
                format.buffer(out, at, Flow::Received, bytes);
                let protocol = scenario.protocol(*channel);
                let (header, body) = split(protocol, bytes);
                let name = protocol.fields[protocol.type_field.index()]
                    .read(header)
                    .map_or_else(
                        || "Unknown Message".to_owned(),
                        |found| String::from_utf8_lossy(&header[found]).into_owned(),
                    );
                let body = Some(body).filter(|body| !body.is_empty());
                format.message(out, at, Flow::Received, &name, header, body);
            }
            LogEntry::Verdict {
                section,
                passed,
                key,
            } => {
                let section = scenario.sections[section.index()].kind.to_string();
                let verdict = if *passed {
                    Verdict::Passed
                } else {
                    Verdict::Failed
                };
                format.verdict(out, at, &section, verdict, key);
            }
            LogEntry::Unexpected {
                place: where_,
                message,
                receiving,
                key,
            } => {
                let text = unexpected(scenario, *where_, message, *receiving);
                let key = Self::key(key);
                format.line(out, at, Level::Traffic, &format!("{text}{key}"));
            }
            LogEntry::CallFailed {
                place: where_,
                cause: why,
                key,
            } => {
                let text = format!(
                    "call failed at {}: {}{}",
                    place(scenario, *where_),
                    cause(scenario, *why),
                    Self::key(key)
                );
                format.line(out, at, Level::Error, &text);
            }
            LogEntry::Warning {
                place: where_,
                cause: why,
            } => {
                let text = format!("at {}: {}", place(scenario, *where_), cause(scenario, *why));
                format.line(out, at, Level::Warning, &text);
            }
            LogEntry::NoFreeCall => {
                let text = "No more call context available (max-simultaneous-calls)";
                format.line(out, at, Level::Warning, text);
            }
            LogEntry::Malformed { channel, bytes } => {
                let text = malformed(&scenario.channels[channel.index()].name, bytes);
                format.line(out, at, Level::Error, &text);
            }
            LogEntry::User(text) => format.user(out, at, text),
        });
    }

    fn trouble(&self, at: Duration, text: &str) {
        let at = self.started + at;
        self.append(|format, out| format.line(out, at, Level::Error, text));
    }
}

fn split<'b>(
    protocol: &gannet_scenario::model::Protocol,
    bytes: &'b [u8],
) -> (&'b [u8], &'b [u8]) {
    match protocol.frame_datagram(bytes) {
        gannet_scenario::framing::Frame::Complete { header, body, .. } => {
            (&bytes[header], &bytes[body])
        }
        _ => (bytes, &[]),
    }
}

fn unexpected(
    scenario: &Scenario,
    at: Option<gannet_traffic::shard::Place>,
    message: &[u8],
    receiving: bool,
) -> String {
    let message = String::from_utf8_lossy(message);
    match at {
        None => format!("Received unexpected message [{message}] that belongs to no call"),
        Some(at) if receiving => format!(
            "Received unexpected message [{message}] at {}",
            place(scenario, at)
        ),
        Some(at) => format!(
            "Received unexpected message [{message}] while not in receive state, at {}",
            place(scenario, at)
        ),
    }
}

fn malformed(channel: &str, bytes: &[u8]) -> String {
    const SHOWN_MAX: usize = 60;
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN_MAX)]);
    format!(
        "Unrecognized message received on channel \"{channel}\" ({} bytes): {}",
        bytes.len(),
        shown.escape_debug()
    )
}
