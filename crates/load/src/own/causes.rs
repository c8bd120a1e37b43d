//! Why calls failed, counted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gannet_scenario::model::Scenario;
use gannet_traffic::shard::{Cause, Levels, LogEntry, Place};
use gannet_tui::{Counted, Summary};

use crate::run::LogSink;
use crate::seagull::{SeagullLog, cause};

/// Different texts of one place that are kept apart.
const TEXTS_MAX: usize = 12;
/// Where the others go.
const OTHERS: &str = "(other causes; --log has them)";

/// Counts what goes wrong, and hands everything on to the log if there is one.
pub(super) struct Witness {
    scenario: Arc<Scenario>,
    log: Option<Arc<SeagullLog>>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// By section and step.
    steps: BTreeMap<(usize, usize), Texts>,
    /// What belongs to no call.
    troubles: Texts,
}

#[derive(Default)]
struct Texts(BTreeMap<String, u64>);

impl Texts {
    fn add(&mut self, text: String) {
        if self.0.len() < TEXTS_MAX || self.0.contains_key(&text) {
            *self.0.entry(text).or_default() += 1;
        } else {
            *self.0.entry(OTHERS.to_owned()).or_default() += 1;
        }
    }

    /// Most often first.
    fn counted(&self) -> Vec<Counted> {
        let mut counted: Vec<Counted> = self
            .0
            .iter()
            .map(|(what, count)| Counted {
                what: what.clone(),
                count: *count,
            })
            .collect();
        counted.sort_by_key(|one| (one.what == OTHERS, std::cmp::Reverse(one.count)));
        counted
    }
}

impl Witness {
    pub(super) fn new(scenario: Arc<Scenario>, log: Option<Arc<SeagullLog>>) -> Self {
        Self {
            scenario,
            log,
            seen: Mutex::default(),
        }
    }

    /// What it needs to hear of, whatever the log takes.
    pub(super) fn levels(log: Levels) -> Levels {
        Levels {
            errors: true,
            traffic: true,
            ..log
        }
    }

    /// Adds what was counted to a summary.
    pub(super) fn complete(&self, summary: &mut Summary) {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for ((section, step), texts) in &seen.steps {
            let section = self.scenario.sections[*section].kind.to_string();
            let failure = summary
                .failures
                .iter_mut()
                .find(|failure| failure.section == section && failure.step == step + 1);
            if let Some(failure) = failure {
                failure.causes = texts.counted();
            }
        }
        summary.troubles = seen.troubles.counted();
    }

    fn note(&self, place: Option<Place>, text: String) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match place {
            Some(place) => {
                let key = (place.section.index(), place.step);
                seen.steps.entry(key).or_default().add(text);
            }
            None => seen.troubles.add(text),
        }
    }
}

impl LogSink for Witness {
    fn entry(&self, at: Duration, entry: &LogEntry<'_>) {
        match entry {
            // What came instead is told by the entry before.
            LogEntry::CallFailed {
                cause: Cause::Unexpected,
                ..
            } => {}
            LogEntry::CallFailed {
                place, cause: why, ..
            } => self.note(Some(*place), cause(&self.scenario, *why)),
            LogEntry::Unexpected {
                place,
                message,
                receiving,
                ..
            } => {
                let message = String::from_utf8_lossy(message);
                let text = match (place, receiving) {
                    (None, _) => format!("{message} belonged to no call"),
                    (Some(_), true) => format!("{message} came instead"),
                    (Some(_), false) => format!("{message} came while no message was waited for"),
                };
                self.note(*place, text);
            }
            LogEntry::Malformed { channel, .. } => {
                let channel = &self.scenario.channels[channel.index()].name;
                let text = format!("bytes on channel {channel} were no message of its dictionary");
                self.note(None, text);
            }
            _ => {}
        }
        if let Some(log) = &self.log {
            log.entry(at, entry);
        }
    }

    fn trouble(&self, at: Duration, text: &str) {
        self.note(None, text.to_owned());
        if let Some(log) = &self.log {
            log.trouble(at, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_counted_and_bounded() {
        let mut texts = Texts::default();
        for number in 0..20 {
            texts.add(format!("cause {number:02}"));
        }
        texts.add("cause 03".to_owned());
        let counted = texts.counted();
        assert_eq!(counted.len(), TEXTS_MAX + 1);
        assert_eq!(
            (counted[0].what.as_str(), counted[0].count),
            ("cause 03", 2)
        );
        assert_eq!(counted[TEXTS_MAX].what, OTHERS);
        assert_eq!(counted[TEXTS_MAX].count, 8);
    }
}
