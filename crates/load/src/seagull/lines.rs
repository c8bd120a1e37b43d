//! What happens in a run, as lines of Seagull's log.

use std::time::SystemTime;

use gannet_report::seagull::{Flow, Level, LogFile, Verdict};
use gannet_scenario::framing::Frame;
use gannet_scenario::model::{ChannelId, Protocol, Scenario};
use gannet_traffic::shard::{LogEntry, Place};

use super::causes::{cause, place};

/// Writes the lines of a moment.
pub(super) struct Lines<'l> {
    pub(super) format: LogFile,
    pub(super) scenario: &'l Scenario,
    pub(super) at: SystemTime,
    pub(super) out: &'l mut String,
}

impl Lines<'_> {
    /// Writes what belongs to an entry.
    pub(super) fn entry(&mut self, entry: &LogEntry<'_>) {
        let scenario = self.scenario;
        match entry {
            LogEntry::Sent { message, parts, .. } => self.sent(message, parts),
            LogEntry::Received { channel, bytes } => self.received(*channel, bytes),
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
                self.format
                    .verdict(self.out, self.at, &section, verdict, key);
            }
            LogEntry::Unexpected {
                place: where_,
                message,
                receiving,
                key,
            } => {
                let text = unexpected(scenario, *where_, message, *receiving);
                self.line(Level::Traffic, &(text + &of_call(key)));
            }
            LogEntry::CallFailed {
                place: where_,
                cause: why,
                key,
            } => {
                let (place, why) = (place(scenario, *where_), cause(scenario, *why));
                let call = of_call(key);
                self.line(
                    Level::Error,
                    &format!("call failed at {place}: {why}{call}"),
                );
            }
            LogEntry::Warning {
                place: where_,
                cause: why,
            } => {
                let (place, why) = (place(scenario, *where_), cause(scenario, *why));
                self.line(Level::Warning, &format!("at {place}: {why}"));
            }
            LogEntry::NoFreeCall => {
                let text = "No more call context available (max-simultaneous-calls)";
                self.line(Level::Warning, text);
            }
            LogEntry::Malformed { channel, bytes } => {
                let text = malformed(&scenario.channels[channel.index()].name, bytes);
                self.line(Level::Error, &text);
            }
            LogEntry::User(text) => self.format.user(self.out, self.at, text),
        }
    }

    fn line(&mut self, level: Level, text: &str) {
        self.format.line(self.out, self.at, level, text);
    }

    /// `parts` are header, separator and body.
    fn sent(&mut self, message: &str, parts: &[&[u8]]) {
        let body = parts.get(2).copied().filter(|body| !body.is_empty());
        let header = parts.first().copied().unwrap_or_default();
        self.format
            .message(self.out, self.at, Flow::Sent, message, header, body);
        if self.format.levels().has(Level::Buffer) {
            self.format
                .buffer(self.out, self.at, Flow::Sent, &parts.concat());
        }
    }

    fn received(&mut self, channel: ChannelId, bytes: &[u8]) {
        self.format.buffer(self.out, self.at, Flow::Received, bytes);
        let protocol = self.scenario.protocol(channel);
        let (header, body) = split(protocol, bytes);
        let name = protocol.fields[protocol.type_field.index()]
            .read(header)
            .map_or_else(
                || "Unknown Message".to_owned(),
                |found| String::from_utf8_lossy(&header[found]).into_owned(),
            );
        let body = Some(body).filter(|body| !body.is_empty());
        self.format
            .message(self.out, self.at, Flow::Received, &name, header, body);
    }
}

/// Which call it is, if that is known.
fn of_call(key: &[u8]) -> String {
    if key.is_empty() {
        String::new()
    } else {
        format!(" [{}]", String::from_utf8_lossy(key).trim_end())
    }
}

fn split<'b>(protocol: &Protocol, bytes: &'b [u8]) -> (&'b [u8], &'b [u8]) {
    match protocol.frame_datagram(bytes) {
        Frame::Complete { header, body, .. } => (&bytes[header], &bytes[body]),
        _ => (bytes, &[]),
    }
}

fn unexpected(scenario: &Scenario, at: Option<Place>, message: &[u8], receiving: bool) -> String {
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
