//! Names of files.

use std::path::Path;

/// A file that SIPp writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// `-trace_stat`.
    Statistics,
    /// `-trace_counts`.
    Counts,
    /// `-trace_rtt`.
    ResponseTimes,
    /// `-trace_error_codes`.
    ErrorCodes,
    /// `-trace_msg`.
    Messages,
    /// `-trace_shortmsg`.
    ShortMessages,
    /// `-trace_err`.
    Errors,
    /// `-trace_calldebug`.
    CallDebug,
    /// `-trace_logs`.
    Logs,
    /// `-trace_screen`.
    Screens,
}

impl FileKind {
    fn ending(self) -> &'static str {
        match self {
            Self::Statistics => ".csv",
            Self::Counts => "counts.csv",
            Self::ResponseTimes => "rtt.csv",
            Self::ErrorCodes => "error_codes.csv",
            Self::Messages => "messages.log",
            Self::ShortMessages => "shortmessages.log",
            Self::Errors => "errors.log",
            Self::CallDebug => "calldebug.log",
            Self::Logs => "logs.log",
            Self::Screens => "screen.log",
        }
    }
}

/// The names of a run's files: scenario, process, kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNames {
    stem: String,
}

impl FileNames {
    /// Of a scenario file (`-sf`) or of a built-in scenario (`-sn`), and of a process.
    pub fn new(scenario: &str, pid: u32) -> Self {
        let stem = Path::new(scenario).file_stem().unwrap_or_default();
        Self {
            stem: format!("{}_{pid}_", stem.to_string_lossy()),
        }
    }

    /// The name of a file, without a folder: 3.6.1 writes where it runs, later versions beside the
    /// scenario.
    pub fn of(&self, kind: FileKind) -> String {
        format!("{}{}", self.stem, kind.ending())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_scenario_process_and_kind() {
        let cases = [
            ("uac", FileKind::Statistics, "uac_7_.csv"),
            ("../a/uac2.xml", FileKind::Counts, "uac2_7_counts.csv"),
            ("a.b.xml", FileKind::ResponseTimes, "a.b_7_rtt.csv"),
            ("a.xml", FileKind::ErrorCodes, "a_7_error_codes.csv"),
            ("a.xml", FileKind::Messages, "a_7_messages.log"),
            ("a.xml", FileKind::ShortMessages, "a_7_shortmessages.log"),
            ("a.xml", FileKind::Errors, "a_7_errors.log"),
            ("a.xml", FileKind::CallDebug, "a_7_calldebug.log"),
            ("a.xml", FileKind::Logs, "a_7_logs.log"),
            ("a.xml", FileKind::Screens, "a_7_screen.log"),
        ];
        for (scenario, kind, name) in cases {
            assert_eq!(FileNames::new(scenario, 7).of(kind), name);
        }
    }
}
