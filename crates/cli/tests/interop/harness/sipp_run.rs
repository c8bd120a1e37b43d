//! SIPp's scenarios, played by SIPp or by `gannet sipp`, with their statistics.

use std::path::PathBuf;
use std::time::Duration;

use super::gate::Site;
use super::ports::Ports;
use super::process::{Finished, Process, read_lossy};
use super::until::until;

/// What plays a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// `gannet sipp`.
    Gannet,
    /// The original.
    Sipp,
}

/// A run that goes on.
#[derive(Debug)]
pub(crate) struct SippRun {
    words: String,
    process: Process,
    statistics: PathBuf,
}

/// How a run ended, and what it counted.
#[derive(Debug)]
pub(crate) struct Counted {
    words: String,
    finished: Finished,
    /// The lines of its statistics, cell by cell; the first one has the names.
    pub(crate) statistics: Vec<Vec<String>>,
}

/// What two sides of calls must have counted alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) created: u64,
    pub(crate) successful: u64,
    pub(crate) failed: u64,
    pub(crate) retransmissions: u64,
}

/// The program's own limit; ours for its end is a little longer.
const RUN_LIMIT_S: u64 = 50;
const END_LIMIT: Duration = Duration::from_secs(RUN_LIMIT_S + 10);
const START_LIMIT: Duration = Duration::from_secs(20);

impl Program {
    /// The other one.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Gannet => Self::Sipp,
            Self::Sipp => Self::Gannet,
        }
    }

    /// Starts it with these words, split at blanks, in the test's folder. It listens at the first of
    /// `ports`.
    pub(crate) fn start(self, site: &Site, ports: &Ports, words: &str) -> SippRun {
        let port = ports.nth(0);
        let statistics = site.file(&format!("{port}.csv"));
        let output = site.file(&format!("{port}.out"));
        let program = match self {
            Self::Gannet => env!("CARGO_BIN_EXE_gannet"),
            Self::Sipp => "sipp",
        };
        let process = Process::start(program, &output, |command| {
            if self == Self::Gannet {
                command.arg("sipp");
            }
            command
                .args(["-mp", &ports.media().start.to_string()])
                .args(words.split_whitespace())
                .args(["-i", "127.0.0.1", "-p", &port.to_string(), "-nostdin"])
                .args(["-timeout", &format!("{RUN_LIMIT_S}s"), "-timeout_error"])
                .args(["-trace_stat", "-stf"])
                .arg(&statistics)
                .current_dir(site.file("."));
        });
        SippRun {
            words: format!("{self:?} {words}"),
            process,
            statistics,
        }
    }
}

impl SippRun {
    /// Waits until it listens at a port.
    pub(crate) fn listening(mut self, port: u16) -> Self {
        until(&self.words, START_LIMIT, || {
            assert!(
                self.process.ended().is_none(),
                "{} ended:\n{}",
                self.words,
                self.process.output()
            );
            let taken = std::net::UdpSocket::bind(("127.0.0.1", port)).is_err()
                || std::net::TcpListener::bind(("127.0.0.1", port)).is_err();
            taken.then_some(())
        });
        self
    }

    /// Asks it to begin no more calls, and to end with those that are open.
    pub(crate) fn end_gracefully(&self) {
        self.process.user_signal();
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Counted {
        let finished = self.process.wait(END_LIMIT);
        let text = read_lossy(&self.statistics);
        let cells = |line: &str| line.split(';').map(str::to_owned).collect();
        Counted {
            words: self.words.clone(),
            finished,
            statistics: text.lines().map(cells).collect(),
        }
    }
}

impl Counted {
    /// A figure of the last line.
    pub(crate) fn figure(&self, name: &str) -> u64 {
        let column = self
            .statistics
            .first()
            .and_then(|names| names.iter().position(|it| it == name));
        let line = self.statistics.last();
        let cell = column.and_then(|column| line?.get(column));
        cell.and_then(|cell| cell.parse().ok())
            .unwrap_or_else(|| panic!("no {name} in the statistics of {self}"))
    }

    /// Its totals.
    pub(crate) fn totals(&self) -> Totals {
        Totals {
            created: self.figure("TotalCallCreated"),
            successful: self.figure("SuccessfulCall(C)"),
            failed: self.figure("FailedCall(C)"),
            retransmissions: self.figure("Retransmissions(C)"),
        }
    }

    /// So many calls, all of them good, and nothing sent again.
    #[track_caller]
    pub(crate) fn assert_all_passed(&self, calls: u64) {
        assert_eq!(self.finished.code, Some(0), "{self}");
        let expected = Totals {
            created: calls,
            successful: calls,
            failed: 0,
            retransmissions: 0,
        };
        assert_eq!(self.totals(), expected, "{self}");
    }
}

impl std::fmt::Display for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Finished { code, output } = &self.finished;
        write!(f, "{} (exit code {code:?}):\n{output}", self.words)
    }
}
