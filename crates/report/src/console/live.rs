//! The last line of a terminal: what is running and for how long.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use gannet_events::{ScenarioId, Summary};

use crate::attempts::{Attempt, Attempts};
use crate::text::{self, add};

/// The line is redrawn at most this often.
const REDRAW_INTERVAL: Duration = Duration::from_millis(100);
/// Width if the terminal's is not known.
const WIDTH_DEFAULT: usize = 80;
/// Back to the first column, and erase the line (ECMA-48 EL).
const ERASE: &str = "\r\u{1b}[2K";

/// Draws and erases the line.
#[derive(Debug)]
pub(super) struct LiveLine {
    enabled: bool,
    width: usize,
    visible: bool,
    run_since: Option<Instant>,
    drawn_at: Option<Instant>,
    /// When each running attempt was first seen.
    since: BTreeMap<(ScenarioId, u32), Instant>,
}

impl LiveLine {
    pub(super) fn new(enabled: bool, width: Option<usize>) -> Self {
        Self {
            enabled,
            width: width.unwrap_or(WIDTH_DEFAULT),
            visible: false,
            run_since: None,
            drawn_at: None,
            since: BTreeMap::new(),
        }
    }

    /// What erases the line, if there is one.
    pub(super) fn erase(&mut self) -> &'static str {
        if std::mem::take(&mut self.visible) {
            ERASE
        } else {
            ""
        }
    }

    /// What draws the line anew; nothing if it is not yet time or nothing runs.
    pub(super) fn draw(
        &mut self,
        now: Instant,
        selected: u64,
        summary: &Summary,
        attempts: &Attempts,
    ) -> String {
        let due = self
            .drawn_at
            .is_none_or(|drawn_at| now.saturating_duration_since(drawn_at) >= REDRAW_INTERVAL);
        if !self.enabled || !due {
            return String::new();
        }
        self.drawn_at = Some(now);
        let run_since = *self.run_since.get_or_insert(now);
        self.see(now, attempts);
        if attempts.running().len() == 0 {
            return self.erase().to_owned();
        }
        let line = self.line(now, run_since, selected, summary, attempts);
        self.visible = true;
        // A full last column makes some terminals wrap.
        format!("{ERASE}{}", text::cut(&line, self.width.saturating_sub(1)))
    }

    fn see(&mut self, now: Instant, attempts: &Attempts) {
        let running: Vec<_> = attempts.running().map(key).collect();
        self.since.retain(|key, _| running.contains(key));
        for key in running {
            self.since.entry(key).or_insert(now);
        }
    }

    fn line(
        &self,
        now: Instant,
        run_since: Instant,
        selected: u64,
        summary: &Summary,
        attempts: &Attempts,
    ) -> String {
        let elapsed = |since: Instant| now.saturating_duration_since(since).as_secs();
        let done = summary.scenarios.total();
        let failed = summary.scenarios.not_passed();
        let mut line = format!("{}s {done} of {selected} done", elapsed(run_since));
        if failed > 0 {
            add!(line, ", {failed} failed");
        }
        add!(line, ", {} running:", attempts.running().len());
        for attempt in attempts.running() {
            let since = self.since.get(&key(attempt)).copied().unwrap_or(now);
            add!(
                line,
                " [{} {}s{}]",
                text::clean(&attempt.started.name),
                elapsed(since),
                doing(attempt)
            );
        }
        line
    }
}

fn key(attempt: &Attempt) -> (ScenarioId, u32) {
    (attempt.started.id, attempt.started.attempt)
}

fn doing(attempt: &Attempt) -> String {
    attempt
        .current_step()
        .map_or_else(String::new, |step| match &step.progress {
            Some(message) if step.finished.is_none() => format!(": {}", text::clean(message)),
            _ => format!(": {}", text::clean(&step.started.sentence())),
        })
}
