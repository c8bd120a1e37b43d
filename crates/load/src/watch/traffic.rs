//! The same for runs of Seagull's machine.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use gannet_events::traffic::{Figures, Layout, Phase, Snapshot};
use gannet_report::load::LoadFigures;
use gannet_scenario::model::Scenario;
use gannet_traffic::shard::{Levels, LogEntry};

use super::{About, Examples, Judged, Orders, Recorder, State, Watch, WatchError, WatchOptions};
use crate::run::LogSink;
use crate::seagull::{cause, place};

/// Looks at a run of Seagull's machine.
#[derive(Debug)]
pub(crate) struct TrafficWatch {
    watch: Watch,
    layout: Arc<Layout>,
}

impl TrafficWatch {
    /// Opens what is asked for; nothing if that is nothing.
    ///
    /// # Errors
    /// A file or an address cannot be had, or a condition does not fit the scenario.
    pub(crate) fn open(
        options: &WatchOptions,
        command: &'static str,
        layout: &Arc<Layout>,
        orders: Orders,
    ) -> Result<Option<Self>, WatchError> {
        if !options.is_any() {
            return Ok(None);
        }
        let about = About {
            command,
            scenario: layout.scenario.clone(),
            started: SystemTime::now(),
        };
        let nothing = Snapshot {
            started: about.started,
            elapsed: Duration::ZERO,
            reset: Duration::ZERO,
            at_reset: None,
            figures: Figures::new(layout),
            call_rate: 0.0,
            call_rate_scale: 1.0,
            phase: Phase::Init,
        };
        let nothing = LoadFigures::of_traffic(layout, &nothing);
        Ok(Some(Self {
            watch: Watch::open(options, about, nothing, orders)?,
            layout: layout.clone(),
        }))
    }

    /// The log that hears of messages, and what it needs to hear; the given ones if nothing is kept.
    pub(crate) fn record(
        &self,
        sink: Arc<dyn LogSink>,
        scenario: &Arc<Scenario>,
        levels: Levels,
    ) -> (Arc<dyn LogSink>, Levels) {
        if self.watch.next_due().is_none() {
            return (sink, levels);
        }
        let levels = Levels {
            messages: true,
            verdicts: true,
            errors: true,
            traffic: true,
            ..levels
        };
        let recording = Recording::new(sink, scenario.clone(), &self.watch.examples());
        (Arc::new(recording), levels)
    }

    pub(crate) fn tick(&mut self, now: &Snapshot) {
        let layout = &self.layout;
        self.watch.tick(now.elapsed, || state(layout, now));
    }

    /// Why the run did not pass.
    pub(crate) fn reasons(&self) -> Vec<String> {
        self.watch.reasons()
    }

    /// The run has ended. Gives what the process returns, and says which conditions hold.
    pub(crate) fn end(&mut self, last: &Snapshot, judged: Judged, err: &mut dyn Write) -> u8 {
        let code = self.watch.end(state(&self.layout, last), judged);
        self.watch.tell(err);
        code
    }
}

fn state(layout: &Layout, now: &Snapshot) -> State {
    State {
        figures: LoadFigures::of_traffic(layout, now),
        times: now.figures.response_times.clone(),
    }
}

/// Shards meet in one of these only if their calls have the same remainder.
const PARTS: usize = 16;

/// Hands log entries on, and keeps the messages of calls until it is known whether they failed.
struct Recording {
    sink: Arc<dyn LogSink>,
    scenario: Arc<Scenario>,
    examples: Examples,
    parts: [Mutex<Recorder>; PARTS],
}

impl Recording {
    fn new(sink: Arc<dyn LogSink>, scenario: Arc<Scenario>, examples: &Examples) -> Self {
        let recorder = || Recorder::new(examples.clone(), "gannet".to_owned(), None);
        Self {
            sink,
            scenario,
            examples: examples.clone(),
            parts: std::array::from_fn(|_| Mutex::new(recorder())),
        }
    }

    fn with(&self, call_id: &[u8], act: impl FnOnce(&mut Recorder)) {
        let sum = call_id.iter().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
        });
        let part = &self.parts[sum % PARTS];
        act(&mut part.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn message(&self, sent: bool, bytes: &[u8]) {
        if let Some(call_id) = call_id(bytes) {
            self.with(call_id, |recorder| {
                if begins_a_call(bytes) {
                    recorder.begun(call_id);
                }
                recorder.message(call_id, sent, "UDP", bytes);
            });
        }
    }
}

impl LogSink for Recording {
    fn entry(&self, at: Duration, entry: &LogEntry<'_>) {
        self.sink.entry(at, entry);
        if self.examples.is_full() {
            return;
        }
        match entry {
            LogEntry::Sent { parts, .. } => match parts {
                [whole] => self.message(true, whole),
                parts => self.message(true, &parts.concat()),
            },
            LogEntry::Received { bytes, .. } => self.message(false, bytes),
            LogEntry::CallFailed {
                place: where_,
                cause: why,
                key,
            } => self.with(key, |recorder| {
                let words = || {
                    let place = place(&self.scenario, *where_);
                    format!("{place}: {}", cause(&self.scenario, *why))
                };
                recorder.failed(key, words);
            }),
            LogEntry::Verdict { key, .. } => self.with(key, |recorder| recorder.ended(key)),
            _ => {}
        }
    }

    fn trouble(&self, at: Duration, text: &str) {
        self.sink.trouble(at, text);
    }
}

/// Whether it is a request that others of its call follow: one whose To has no tag yet (RFC 3261 8.1.1.2).
fn begins_a_call(message: &[u8]) -> bool {
    if message.starts_with(b"SIP/2.0") || message.starts_with(b"CANCEL ") {
        return false;
    }
    let is_to = |line: &&[u8]| {
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        let name = name.trim_ascii_end();
        name.eq_ignore_ascii_case(b"to") || name.eq_ignore_ascii_case(b"t")
    };
    let mut lines = message.split(|byte| *byte == b'\n').skip(1);
    let has_tag = |line: &[u8]| {
        line.windows(5)
            .any(|part| part.eq_ignore_ascii_case(b";tag="))
    };
    lines.find(is_to).is_some_and(|line| !has_tag(line))
}

/// The Call-ID of a message, by its long or short name.
fn call_id(message: &[u8]) -> Option<&[u8]> {
    let mut lines = message.split(|byte| *byte == b'\n').skip(1);
    let line = lines
        .by_ref()
        .take_while(|line| !line.trim_ascii_end().is_empty())
        .find(|line| {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let name = name.trim_ascii_end();
            name.eq_ignore_ascii_case(b"call-id") || name.eq_ignore_ascii_case(b"i")
        })?;
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some(line[colon + 1..].trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_id_is_found() {
        let message = b"BYE sip:a SIP/2.0\r\nVia: x\r\ncall-id : a@b \r\n\r\ni: no\r\n";
        assert_eq!(call_id(message), Some(&b"a@b"[..]));
        assert_eq!(
            call_id(b"BYE sip:a SIP/2.0\r\ni:c\r\n\r\n"),
            Some(&b"c"[..])
        );
        assert_eq!(call_id(b"BYE sip:a SIP/2.0\r\n\r\ni: no\r\n"), None);
    }
}
