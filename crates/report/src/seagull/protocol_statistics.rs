//! The protocol statistics of one dictionary.

use std::fmt::Write as _;

use chrono::FixedOffset;
use gannet_events::traffic::{Layout, MessageFigures, Snapshot};

use super::clock::{date_time, hours, hours_between};

/// The messages of one dictionary by type: a header, then a line for each snapshot.
#[derive(Debug, Clone)]
pub struct ProtocolStatistics {
    protocol: usize,
    messages: Vec<String>,
    offset: FixedOffset,
}

impl ProtocolStatistics {
    /// The file of the dictionary with that number in the layout; nothing if there is none.
    pub fn new(layout: &Layout, protocol: usize, offset: FixedOffset) -> Option<Self> {
        Some(Self {
            protocol,
            messages: layout.protocols.get(protocol)?.messages.clone(),
            offset,
        })
    }

    /// The first line, with its end.
    pub fn header(&self) -> String {
        let mut line =
            String::from("StartTime;LastResetTime;CurrentTime;ElapsedTime(P);ElapsedTime(C);");
        for name in &self.messages {
            let _ = write!(
                line,
                "{name} received(P);{name} received(C);{name} sent(P);{name} sent(C);"
            );
        }
        line.push('\n');
        line
    }

    /// The line of a snapshot, with its end. `earlier` is that of the line before; its moment is
    /// the file's last reset.
    pub fn line(&self, earlier: Option<&Snapshot>, now: &Snapshot) -> String {
        let since = earlier.map(|earlier| earlier.elapsed).unwrap_or_default();
        let mut line = format!(
            "{};{};{};{};{};",
            date_time(now.started, self.offset),
            date_time(now.started + since, self.offset),
            date_time(now.started + now.elapsed, self.offset),
            hours_between(since, now.elapsed),
            hours(now.elapsed)
        );
        for message in 0..self.messages.len() {
            let all = self.figures(now, message);
            let before = earlier.map_or_else(MessageFigures::default, |earlier| {
                self.figures(earlier, message)
            });
            let _ = write!(
                line,
                "{};{};{};{};",
                all.received.saturating_sub(before.received),
                all.received,
                all.sent.saturating_sub(before.sent),
                all.sent
            );
        }
        line.push('\n');
        line
    }

    fn figures(&self, snapshot: &Snapshot, message: usize) -> MessageFigures {
        snapshot
            .figures
            .protocols
            .get(self.protocol)
            .and_then(|messages| messages.get(message))
            .copied()
            .unwrap_or_default()
    }
}
