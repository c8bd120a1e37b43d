//! The sink that writes the document.

use std::io::{self, Write};

use gannet_events::{ExitCode, Notice, RunEvent, RunFinished, RunStarted, ScenarioId, Tally};

use crate::attempts::{Attempts, Finished};
use crate::out_dir::FileNames;
use crate::sink::EventSink;

use super::document::{
    AttemptResult, Document, FeatureResult, ScenarioResult, reason, rfc3339, seconds,
};

/// The version of the format. It changes when a field is renamed, removed or changes its meaning;
/// new fields may come without.
pub const RESULTS_VERSION: u32 = 1;

/// Writes the results document when the run is over.
pub struct Results<W> {
    writer: W,
    attempts: Attempts,
    tally: Tally,
    run: Option<RunStarted>,
    end: Option<RunFinished>,
    notices: Vec<Notice>,
    features: Vec<FeatureResult>,
    captures: Option<FileNames>,
    /// Capture names of the attempts that are going on.
    names: Vec<(ScenarioId, String)>,
}

impl<W: Write + Send> Results<W> {
    /// Writes into `writer` at the end.
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            attempts: Attempts::default(),
            tally: Tally::default(),
            run: None,
            end: None,
            notices: Vec::new(),
            features: Vec::new(),
            captures: None,
            names: Vec::new(),
        }
    }

    /// Names the capture file of each attempt, as [`FileNames`] gives it.
    #[must_use]
    pub fn with_captures(mut self) -> Self {
        self.captures = Some(FileNames::default());
        self
    }

    fn scenario_finished(&mut self, finished: &Finished<'_>) {
        let started = &finished.attempt.started;
        let name = self.names.iter().position(|(id, _)| *id == started.id);
        let capture = name.map(|index| self.names.swap_remove(index).1);
        let feature = self.feature(&started.feature, &started.file);
        let known = feature.scenarios.iter().position(|s| s.id == started.id);
        let index = known.unwrap_or_else(|| {
            feature.scenarios.push(ScenarioResult {
                id: started.id,
                name: started.name.clone(),
                rule: started.rule.clone(),
                line: started.line,
                tags: started.tags.clone(),
                status: "",
                reason: None,
                attempts: Vec::new(),
            });
            feature.scenarios.len() - 1
        });
        let scenario = &mut feature.scenarios[index];
        scenario.status = finished.end.status.name();
        scenario.reason = reason(&finished.end.status);
        scenario.attempts.push(AttemptResult {
            capture: capture.filter(|_| !finished.end.wire.is_empty()),
            ..AttemptResult::from(finished)
        });
    }

    fn feature(&mut self, name: &str, file: &str) -> &mut FeatureResult {
        let known = self
            .features
            .iter()
            .position(|feature| feature.name == name && feature.file == file);
        let index = known.unwrap_or_else(|| {
            self.features.push(FeatureResult {
                name: name.to_owned(),
                file: file.to_owned(),
                scenarios: Vec::new(),
            });
            self.features.len() - 1
        });
        &mut self.features[index]
    }
}

impl<W: Write + Send> EventSink for Results<W> {
    fn on_event(&mut self, event: &RunEvent) {
        self.tally.on_event(event);
        match event {
            RunEvent::RunStarted(run) => self.run = Some(run.clone()),
            RunEvent::RunFinished(end) => self.end = Some(end.clone()),
            RunEvent::Notice(notice) => self.notices.push(notice.clone()),
            RunEvent::ScenarioStarted(started) => {
                if let Some(names) = &mut self.captures {
                    self.names.push((started.id, names.capture(started)));
                }
            }
            RunEvent::FeatureStarted(_)
            | RunEvent::StepStarted(_)
            | RunEvent::StepProgress(_)
            | RunEvent::StepFinished(_)
            | RunEvent::ScenarioFinished(_) => {}
        }
        if let Some(finished) = self.attempts.on_event(event) {
            self.scenario_finished(&finished);
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        for feature in &mut self.features {
            feature.scenarios.sort_by_key(|scenario| scenario.id);
        }
        self.features
            .sort_by_key(|feature| feature.scenarios.first().map(|scenario| scenario.id));
        let unknown = RunStarted::default();
        let run = self.run.as_ref().unwrap_or(&unknown);
        let verdict = self.end.as_ref().map(|end| ExitCode::of(&end.summary));
        let document = Document {
            format: "gannet-results",
            version: RESULTS_VERSION,
            gannet: &run.version,
            server: &run.server,
            started: self.run.as_ref().and_then(|run| rfc3339(run.at)),
            duration_s: self.end.as_ref().map(|end| seconds(end.duration)),
            exit_code: verdict.map(ExitCode::code),
            verdict,
            left_out: run.left_out,
            summary: self
                .end
                .as_ref()
                .map_or_else(|| self.tally.summary(), |end| end.summary),
            notices: &self.notices,
            features: &self.features,
        };
        serde_json::to_writer_pretty(&mut self.writer, &document)?;
        self.writer.write_all(b"\n")?;
        self.writer.flush()
    }
}
