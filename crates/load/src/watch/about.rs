//! What is known of a run before it begins.

use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use gannet_report::load::{LOAD_RESULTS_VERSION, LoadFigures, LoadResults, Series};

/// Options whose value nobody else is to read.
const SECRETS: [&str; 2] = ["ap", "http-token"];

/// What is known of a run before it begins.
#[derive(Debug)]
pub(crate) struct About {
    /// `sipp`, `seagull` or `load`.
    pub(crate) command: &'static str,
    /// The scenario's name.
    pub(crate) scenario: String,
    /// When it begins.
    pub(crate) started: SystemTime,
}

impl About {
    /// The document of the run at its beginning.
    pub(super) fn document(self, figures: LoadFigures) -> LoadResults {
        let given: Vec<String> = std::env::args_os()
            .skip(1)
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect();
        let mut arguments = without_secrets(&given);
        if arguments.first().is_some_and(|first| first == self.command) {
            arguments.remove(0);
        }
        let started: DateTime<Utc> = self.started.into();
        LoadResults {
            format: LoadResults::FORMAT.to_owned(),
            version: LOAD_RESULTS_VERSION,
            gannet: env!("CARGO_PKG_VERSION").to_owned(),
            command: self.command.to_owned(),
            arguments,
            scenario: self.scenario,
            started: started.to_rfc3339_opts(SecondsFormat::Millis, true),
            verdict: None,
            figures,
            series: Series::default(),
            examples: Vec::new(),
        }
    }
}

/// A report is handed around: passwords are left out of it.
fn without_secrets(given: &[String]) -> Vec<String> {
    let is_secret = |option: &str| {
        let name = option.trim_start_matches('-').replace('_', "-");
        option.starts_with('-') && SECRETS.contains(&name.as_str())
    };
    let mut hide = false;
    let mut shown = Vec::new();
    for argument in given {
        if std::mem::replace(&mut hide, is_secret(argument)) {
            shown.push("…".to_owned());
            continue;
        }
        match argument.split_once('=') {
            Some((option, _)) if is_secret(option) => shown.push(format!("{option}=…")),
            _ => shown.push(argument.clone()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let given = ["sipp", "-ap", "secret", "--http-token=t", "-s", "ap"].map(str::to_owned);
        let shown = without_secrets(&given);
        assert_eq!(shown, ["sipp", "-ap", "…", "--http-token=…", "-s", "ap"]);
    }
}
