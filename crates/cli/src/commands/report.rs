//! `gannet report`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use gannet_events::ExitCode;
use gannet_report::load::{Condition, LoadResults, RunResults, compare, load_junit, read_results};
use gannet_report::{comparison_report, feature_report, load_report};

use crate::problem::{Problem, tell};

/// Make the report of a run again, compare two runs, judge one by conditions.
///
/// A folder is one that `--out` has written. Without options its report.html (and junit.xml, for a run
/// of load) is written again from its results.json.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ReportArguments {
    /// The folder of a run.
    #[arg(value_name = "DIR", required_unless_present = "compare")]
    folder: Option<PathBuf>,

    /// Show two runs of load beside each other, and what got worse.
    #[arg(long, value_names = ["A", "B"], num_args = 2, conflicts_with_all = ["folder", "fail_if"])]
    compare: Vec<PathBuf>,

    /// Write the page there instead (with --compare it is written only if this is given).
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Exit with 1 if this holds: "failed > 0.1%", "p99(invite) > 200ms", "rate < 50/s". May be
    /// repeated.
    #[arg(long, value_name = "CONDITION", value_parser = condition)]
    fail_if: Vec<Condition>,
}

const EXAMPLES: &str = "\
Examples:
  gannet report results
  gannet report results --fail-if \"failed > 0.1%\" --fail-if \"p99(invite) > 200ms\"
  gannet report --compare monday tuesday --html compared.html

Conditions are METRIC OPERATOR VALUE:
  counts    calls successful failed open_max sent received retransmissions unexpected timeouts;
            a number, or a percentage of calls or messages
  rate      calls per second
  times     p50 p90 p95 p99 p99.9 mean max deviation of (NAME), with us, ms or s; NAME is that of the
            scenario, or of the message that the time begins with, or `call`";

/// Reads a condition; what is wrong with it is shown on lines of its own.
fn condition(text: &str) -> Result<Condition, String> {
    text.parse::<Condition>().map_err(|error| error.to_string())
}

pub(crate) fn execute(arguments: &ReportArguments) -> Result<ExitCode, Problem> {
    if let [before, after] = &arguments.compare[..] {
        return compare_runs(before, after, arguments.html.as_deref());
    }
    let folder = arguments.folder.as_deref().unwrap_or(Path::new("."));
    let results = read_results(folder).map_err(Problem::input)?;
    if arguments.fail_if.is_empty() || arguments.html.is_some() {
        rebuild(folder, &results, arguments.html.as_deref())?;
    }
    if arguments.fail_if.is_empty() {
        return Ok(ExitCode::Passed);
    }
    let RunResults::Load(results) = results else {
        let error = anyhow!("--fail-if judges runs of load; this is a run of features");
        return Err(Problem::input(error));
    };
    judge(&results, &arguments.fail_if)
}

/// Writes the pages again.
fn rebuild(folder: &Path, results: &RunResults, html: Option<&Path>) -> Result<(), Problem> {
    // Results may be given by their file: what belongs to them lies beside it.
    let folder = if folder.is_dir() {
        folder
    } else {
        folder.parent().unwrap_or(Path::new(""))
    };
    let page = match results {
        RunResults::Load(results) => load_report(results),
        RunResults::Features(results) => feature_report(results),
    };
    let path = html.map_or_else(|| folder.join("report.html"), Path::to_owned);
    write(&path, &page)?;
    if let RunResults::Load(results) = results {
        write(&folder.join("junit.xml"), &load_junit(results))?;
    }
    say(&format!("{}\n", path.display()));
    Ok(())
}

fn judge(results: &LoadResults, conditions: &[Condition]) -> Result<ExitCode, Problem> {
    let figures = &results.figures;
    let unfit = conditions.iter().filter_map(|it| it.check(figures).err());
    let unfit: Vec<String> = unfit.map(|error| error.to_string()).collect();
    if !unfit.is_empty() {
        return Err(Problem::input(anyhow!(unfit.join("\n"))));
    }
    let mut code = ExitCode::Passed;
    for condition in conditions {
        let fired = condition.judge(figures);
        let word = if fired.holds { "failed" } else { "passed" };
        say(&format!("{word}: {}: {}\n", fired.condition, fired.found));
        if fired.holds {
            code = ExitCode::Failed;
        }
    }
    if results.verdict.is_none() {
        tell("warning: the run has no verdict: it broke off, or still goes on");
    }
    Ok(code)
}

fn compare_runs(before: &Path, after: &Path, html: Option<&Path>) -> Result<ExitCode, Problem> {
    let (before, after) = (load(before)?, load(after)?);
    say(&compare(&before, &after).to_string());
    if let Some(path) = html {
        write(path, &comparison_report(&before, &after))?;
    }
    Ok(ExitCode::Passed)
}

fn load(path: &Path) -> Result<LoadResults, Problem> {
    match read_results(path).map_err(Problem::input)? {
        RunResults::Load(results) => Ok(*results),
        RunResults::Features(_) => Err(Problem::input(anyhow!(
            "`{}` is a run of features; --compare takes two runs of load",
            path.display()
        ))),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Problem> {
    std::fs::write(path, text)
        .with_context(|| format!("cannot write to `{}`", path.display()))
        .map_err(Problem::environment)
}

fn say(text: &str) {
    // Nobody reads it: nobody needs it.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
