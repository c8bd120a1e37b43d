//! Once a second a document is made of the figures, and shown.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use gannet_control::web::WebServer;
use gannet_events::traffic::ResponseTimes;
use gannet_net::{Duplicates, write_pcapng};
use gannet_report::load::{
    Condition, FailureExample, Fired, LoadFigures, LoadFolder, LoadResults, LoadVerdict, Point,
    replace,
};

use super::web::{serve, shown};
use super::{About, Examples, Orders, WatchError, WatchOptions};
use crate::chain::chain;

/// Time between two documents.
const PERIOD: Duration = Duration::from_secs(1);

/// The state of a run, as it is looked at.
pub(crate) struct State {
    /// Its figures.
    pub(crate) figures: LoadFigures,
    /// The response times whose course is shown.
    pub(crate) times: ResponseTimes,
}

/// What a run is worth by its tool's own rules.
#[derive(Debug)]
pub(crate) struct Judged {
    /// What the process would return.
    pub(crate) exit_code: u8,
    /// It is the exit code of a run that was played and whose calls failed. Conditions decide
    /// instead of it; whatever else went wrong stays wrong.
    pub(crate) by_calls: bool,
    /// What it returns if a condition holds.
    pub(crate) failed_code: u8,
    /// Why it did not pass.
    pub(crate) reasons: Vec<String>,
}

/// Looks at a run.
#[derive(Debug)]
pub(crate) struct Watch {
    results: LoadResults,
    conditions: Vec<Condition>,
    folder: Option<LoadFolder>,
    web: Option<WebServer>,
    examples: Examples,
    next: Duration,
    earlier: Option<ResponseTimes>,
    error: Option<WatchError>,
}

impl Watch {
    /// Opens all that is asked for. `nothing` are the figures before the run; nothing was sent yet.
    ///
    /// # Errors
    /// The folder cannot be written, or a condition does not fit the scenario.
    pub(crate) fn open(
        options: &WatchOptions,
        about: About,
        nothing: LoadFigures,
        orders: Orders,
    ) -> Result<Self, WatchError> {
        let conditions = options.conditions()?;
        let unfit = conditions.iter().filter_map(|it| it.check(&nothing).err());
        let unfit: Vec<_> = unfit.collect();
        if !unfit.is_empty() {
            return Err(WatchError::Conditions(unfit));
        }
        let folder = options.out.as_ref().map(|path| {
            LoadFolder::create(path).map_err(|source| WatchError::Folder {
                path: path.clone(),
                source,
            })
        });
        let folder = folder.transpose()?;
        let results = about.document(nothing);
        let web = serve(options, &results, orders)?;
        let mut watch = Self {
            results,
            conditions,
            folder,
            web,
            examples: Examples::default(),
            next: PERIOD,
            earlier: None,
            error: None,
        };
        // A folder that cannot be written, and one that is read at once, is known of now.
        watch.show(None);
        match watch.error.take() {
            Some(error) => Err(error),
            None => Ok(watch),
        }
    }

    /// Where calls that failed go.
    pub(crate) fn examples(&self) -> Examples {
        self.examples.clone()
    }

    /// When it wants to look next, as time since the start of the run.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let is_shown = self.folder.is_some() || self.web.is_some();
        is_shown.then_some(self.next)
    }

    /// Looks, if it is time.
    pub(crate) fn tick(&mut self, elapsed: Duration, state: impl FnOnce() -> State) {
        if self.next_due().is_none_or(|due| elapsed < due) {
            return;
        }
        while self.next <= elapsed {
            self.next += PERIOD;
        }
        let point = self.take(state());
        self.show(Some(&point));
    }

    /// The run has ended; gives what it is worth.
    pub(crate) fn end(&mut self, last: State, judged: Judged) -> u8 {
        let point = self.take(last);
        let verdict = self.verdict(judged);
        let exit_code = verdict.exit_code;
        self.results.verdict = Some(verdict);
        self.show(Some(&point));
        exit_code
    }

    /// Why the run did not pass.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let verdict = self.results.verdict.as_ref();
        verdict
            .map(|verdict| verdict.reasons.clone())
            .unwrap_or_default()
    }

    /// Says at the end which conditions hold, and what could not be written.
    pub(crate) fn tell(&mut self, err: &mut dyn Write) {
        let verdict = self.results.verdict.iter();
        let conditions = verdict.flat_map(|verdict| &verdict.conditions);
        // Nobody reads it: nobody needs it.
        for fired in conditions.filter(|condition| condition.holds) {
            let _ = writeln!(err, "failed: {}: {}", fired.condition, fired.found);
        }
        if let Some(error) = self.error.take() {
            let _ = writeln!(err, "error: {}", chain(&error));
        }
    }

    fn take(&mut self, state: State) -> Point {
        let State { figures, times } = state;
        let recent = match &self.earlier {
            Some(earlier) => times.since(earlier),
            None => times.clone(),
        };
        let quantile_ms = |share: f64| recent.quantile_us(share) as f64 / 1e3;
        let earlier = self.earlier.is_some().then_some(&self.results.figures);
        let shares = (quantile_ms(0.5), quantile_ms(0.99));
        let point = Point::between(earlier, &figures, shares);
        self.results.series.push(point);
        self.results.figures = figures;
        self.earlier = Some(times);
        let known = self.results.examples.len();
        self.results.examples.extend(self.examples.after(known));
        if self.results.examples.len() > known {
            self.capture();
        }
        point
    }

    fn verdict(&self, judged: Judged) -> LoadVerdict {
        let conditions = self.conditions.iter();
        let conditions: Vec<Fired> = conditions
            .map(|condition| condition.judge(&self.results.figures))
            .collect();
        let mut reasons = judged.reasons;
        let holds = conditions.iter().filter(|condition| condition.holds);
        let found: Vec<String> = holds
            .map(|it| format!("{}: {}", it.condition, it.found))
            .collect();
        let exit_code = match (conditions.is_empty(), found.is_empty()) {
            (true, _) => judged.exit_code,
            _ if judged.exit_code != 0 && !judged.by_calls => judged.exit_code,
            (_, true) => {
                reasons.clear();
                0
            }
            (_, false) => judged.failed_code,
        };
        reasons.extend(found);
        LoadVerdict {
            exit_code,
            passed: exit_code == 0,
            reasons,
            conditions,
        }
    }

    /// The messages of the examples, for other tools.
    fn capture(&mut self) {
        let Some(folder) = &self.folder else {
            return;
        };
        let examples = self.results.examples.iter();
        let records: Vec<_> = examples.flat_map(FailureExample::records).collect();
        let path = folder.path().join("failures.pcapng");
        let mut bytes = Vec::new();
        let written = write_pcapng(&mut bytes, &records, Duplicates::Keep);
        if let Err(source) = written.and_then(|_| replace(&path, &bytes)) {
            self.error = Some(WatchError::Folder { path, source });
        }
    }

    fn show(&mut self, point: Option<&Point>) {
        if let Some(web) = &self.web {
            web.show(shown(&self.results, point));
        }
        let Some(folder) = &mut self.folder else {
            return;
        };
        if let Err(source) = folder.write(&self.results, point) {
            let path: PathBuf = folder.path().to_owned();
            self.error = Some(WatchError::Folder { path, source });
            self.folder = None;
        }
    }
}
