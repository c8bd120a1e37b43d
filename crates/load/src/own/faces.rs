//! What a run shows while it goes on: a live line, a file of figures.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gannet_events::traffic::{Command, Phase, Snapshot};
use gannet_traffic::shard::Measure;
use gannet_tui::{count, progress};

use super::pace::Pace;
use super::play::{Faces, PlayError};
use super::table::{HEADER, line};
use crate::seagull::{Schedule, SeagullLog};
use crate::session;
use crate::watch::TrafficWatch;

/// Seconds between two lines on a terminal.
const LIVE_S: u64 = 1;
/// Seconds between two lines elsewhere.
const PLAIN_S: u64 = 10;
/// Time between two looks at the run.
const LOOK: Duration = Duration::from_millis(200);

pub(super) struct OwnFaces {
    pub(super) pace: Pace,
    progress: Progress,
    table: Option<Table>,
    log: Option<Arc<SeagullLog>>,
    /// Folder, conditions and web page.
    pub(super) watch: Option<TrafficWatch>,
    /// What could not be written, once.
    pub(super) error: Option<PlayError>,
}

struct Progress {
    faces: Faces,
    schedule: Schedule,
    earlier: Option<Arc<Snapshot>>,
    phase: Phase,
    has_line: bool,
}

/// The file of figures.
pub(super) struct Table {
    path: PathBuf,
    writer: BufWriter<File>,
    schedule: Schedule,
    earlier: Option<Arc<Snapshot>>,
}

impl Table {
    pub(super) fn create(path: &Path) -> Result<Self, PlayError> {
        let mut table = match File::create(path) {
            Ok(file) => Self {
                path: path.to_owned(),
                writer: BufWriter::new(file),
                schedule: Schedule::every(1),
                earlier: None,
            },
            Err(source) => return Err(PlayError::file(path, source)),
        };
        table.write(HEADER)?;
        Ok(table)
    }

    fn tick(&mut self, now: &Arc<Snapshot>) -> Result<(), PlayError> {
        if self.schedule.is_due(now.elapsed) {
            self.line(now)?;
        }
        Ok(())
    }

    fn line(&mut self, now: &Arc<Snapshot>) -> Result<(), PlayError> {
        let text = line(self.earlier.as_deref(), now);
        self.earlier = Some(now.clone());
        self.write(&text)
    }

    fn write(&mut self, text: &str) -> Result<(), PlayError> {
        self.writer
            .write_all(text.as_bytes())
            .and_then(|()| self.writer.flush())
            .map_err(|source| PlayError::file(&self.path, source))
    }
}

impl Progress {
    fn show(&mut self, now: &Arc<Snapshot>) {
        let is_new = now.phase != self.phase;
        self.phase = now.phase;
        if is_new && now.phase == Phase::Stopping && now.figures.calls_open > 0 {
            self.say(&format!(
                "no more calls; waits for {} open, Ctrl-C ends now",
                count(now.figures.calls_open)
            ));
        }
        if self.schedule.is_due(now.elapsed) {
            let text = progress(self.earlier.as_deref(), now);
            self.earlier = Some(now.clone());
            if self.faces.is_terminal {
                self.repaint(&text);
            } else {
                self.say(&text);
            }
        }
    }

    fn repaint(&mut self, text: &str) {
        let columns = self.faces.columns.unwrap_or(usize::MAX);
        let text: String = text.chars().take(columns.saturating_sub(1)).collect();
        self.has_line = true;
        write(&format!("\r{text}\x1b[K"));
    }

    /// A line that stays.
    fn say(&mut self, text: &str) {
        self.clear();
        write(&format!("{text}\n"));
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.has_line) {
            write("\r\x1b[K");
        }
    }
}

/// To standard error, which nobody may read.
fn write(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

impl OwnFaces {
    pub(super) fn new(
        faces: Faces,
        pace: Pace,
        table: Option<Table>,
        log: Option<Arc<SeagullLog>>,
        watch: Option<TrafficWatch>,
    ) -> Self {
        let period = if faces.is_terminal { LIVE_S } else { PLAIN_S };
        Self {
            pace,
            progress: Progress {
                faces,
                schedule: Schedule::every(period),
                earlier: None,
                phase: Phase::Running,
                has_line: false,
            },
            table,
            log,
            watch,
            error: None,
        }
    }

    fn note(&mut self, written: Result<(), PlayError>) {
        if let Err(error) = written {
            self.error.get_or_insert(error);
            self.table = None;
        }
    }
}

impl session::Faces for OwnFaces {
    fn tick(&mut self, now: &Arc<Snapshot>, _measures: &[Measure]) {
        self.pace.note(now);
        self.progress.show(now);
        if let Some(table) = &mut self.table {
            let written = table.tick(now);
            self.note(written);
        }
        if let Some(watch) = &mut self.watch {
            watch.tick(now);
        }
        if let Some(log) = &self.log {
            // What could not be written is asked for at the end.
            log.write_out();
        }
    }

    fn period(&self) -> Option<Duration> {
        Some(LOOK)
    }

    fn key(&mut self, _byte: u8) -> Option<Command> {
        None
    }

    fn display_order(&mut self) {}

    fn end(&mut self, last: &Arc<Snapshot>, _measures: &[Measure]) {
        self.progress.clear();
        if let Some(table) = &mut self.table {
            let written = table.line(last);
            self.note(written);
        }
    }
}
