//! What came out of runs.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::agreement::{Asymmetry, Findings};

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Probability of loss on its link.
    pub loss: f64,
    /// What the judges found.
    pub findings: Findings,
    /// How long it took, in virtual time.
    pub virtual_time: Duration,
    /// Datagrams sent.
    pub datagrams: usize,
    /// The run as text, if it was asked for or something was found.
    pub ladder: Option<String>,
}

impl Report {
    /// True if nothing is wrong.
    pub const fn is_fine(&self) -> bool {
        self.findings.violations.is_empty()
    }
}

/// Sums over many runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Runs.
    pub runs: usize,
    /// Datagrams sent.
    pub datagrams: usize,
    /// The longest run, in virtual time.
    pub longest: Duration,
    /// Calls by outcome.
    pub outcomes: BTreeMap<&'static str, usize>,
    /// Asymmetries by kind.
    pub asymmetries: BTreeMap<Asymmetry, usize>,
    /// Asymmetries in runs over a link without loss.
    pub asymmetries_without_loss: usize,
    /// Seeds of runs in which something is wrong.
    pub failed: Vec<u64>,
}

impl Tally {
    /// Adds a run.
    pub fn add(&mut self, report: &Report) {
        self.runs += 1;
        self.datagrams += report.datagrams;
        self.longest = self.longest.max(report.virtual_time);
        for outcome in &report.findings.outcomes {
            *self.outcomes.entry(outcome).or_default() += 1;
        }
        for asymmetry in &report.findings.asymmetries {
            *self.asymmetries.entry(*asymmetry).or_default() += 1;
        }
        if report.loss == 0.0 {
            self.asymmetries_without_loss += report.findings.asymmetries.len();
        }
        if !report.is_fine() {
            self.failed.push(report.seed);
        }
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: Self) {
        self.runs += other.runs;
        self.datagrams += other.datagrams;
        self.longest = self.longest.max(other.longest);
        for (outcome, count) in other.outcomes {
            *self.outcomes.entry(outcome).or_default() += count;
        }
        for (asymmetry, count) in other.asymmetries {
            *self.asymmetries.entry(asymmetry).or_default() += count;
        }
        self.asymmetries_without_loss += other.asymmetries_without_loss;
        self.failed.extend(other.failed);
    }

    /// Calls.
    pub fn calls(&self) -> usize {
        self.outcomes.values().sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} runs, {} calls, {} datagrams, at most {:?} of virtual time",
            self.runs,
            self.calls(),
            self.datagrams,
            self.longest
        )?;
        for (outcome, count) in &self.outcomes {
            writeln!(f, "  {count:6} {outcome}")?;
        }
        for (asymmetry, count) in &self.asymmetries {
            writeln!(f, "  {count:6} excused: {asymmetry:?}")?;
        }
        Ok(())
    }
}
