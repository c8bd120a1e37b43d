//! `gannet test`.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;
use gannet_events::ExitCode;
use gannet_gherkin::TagExpression;
use gannet_report::Verbosity;
use gannet_steps::plan::{Compiled, Scope, Selection, collect, compile};
use gannet_steps::runner::RunOptions;
use regex::Regex;

use super::run;
use super::sinks::Outputs;
use crate::problem::{Problem, count, label, tell, tell_diagnostics};
use crate::setup::{NetworkArguments, Setup, SetupArguments};
use crate::terminal::Terminal;

/// Run features: against an embedded server, or a real one.
///
/// Without a server every scenario gets an embedded one of its own on a free loopback port, which
/// knows the phones that the feature names. With --server, or a gannet.toml that has a server, the
/// same features run against a real one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TestArguments {
    /// Features, folders with features, or scenarios as FILE:LINE; `features` if none is named.
    #[arg(value_name = "FEATURE|DIR|FILE:LINE")]
    features: Vec<String>,

    /// Only scenarios whose tags fit: "@smoke and not (@slow or @wip)".
    #[arg(long, value_name = "EXPRESSION")]
    tags: Option<String>,

    /// Only scenarios whose name matches the regular expression.
    #[arg(long, value_name = "REGEX")]
    name: Option<Regex>,

    /// Run scenarios that are tagged @skip as well.
    #[arg(long)]
    skipped: bool,

    #[command(flatten)]
    setup: SetupArguments,

    #[command(flatten)]
    network: NetworkArguments,

    /// Most scenarios at the same time.
    #[arg(long, value_name = "N", default_value_t = RunOptions::JOBS, value_parser = jobs)]
    jobs: usize,

    /// Start no further scenario once one has failed.
    #[arg(long)]
    fail_fast: bool,

    /// Run the scenarios in a random order; the seed repeats an order.
    #[arg(long, value_name = "SEED", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "absent, without a seed, with a seed")]
    shuffle: Option<Option<u64>>,

    /// Seed of what phones and the embedded server choose at random.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Write junit.xml, results.json, events.jsonl and a capture of each scenario into a folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Write JUnit XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Write the results as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Also show what steps wait for, and the messages of what passed.
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,

    /// Show only what did not pass, and the summary.
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  gannet test features/alice_calls.feature          against an embedded server
  gannet test features/calls.feature:17             the scenario in line 17
  gannet test features --tags '@smoke and not @slow' --out results
  gannet test features --server sip:kam.test@127.0.0.1:7060 \\
      --user Alice=alice:alicepw --user Bob=bob:bobpw
  gannet test features --server staging             a server of gannet.toml

gannet.toml (docs/configuration.md tells all):
  [server.staging]
  address = \"sip.staging.example.org:5060\"
  [user.Alice]
  user = \"2001\"
  password = \"${ALICE_PASSWORD}\"
  device = \"Squirrel350\"

Directives in features:
  @skip  @serial  @timeout.<time>  @retry.<n>  @requires.<feature>  @import.<file.csv>

`gannet steps` lists the sentences that features may use.
Ctrl-C stops the run and still writes its results; a second one quits at once.";

/// Where features are if none is named.
const DEFAULT_FOLDER: &str = "features";

fn jobs(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|&jobs| jobs > 0)
        .ok_or_else(|| "expected a whole number from 1".to_owned())
}

pub(crate) fn execute(
    mut arguments: TestArguments,
    terminal: Terminal,
) -> Result<ExitCode, Problem> {
    let rerun_command = rerun_command();
    if arguments.features.is_empty() {
        if !Path::new(DEFAULT_FOLDER).is_dir() {
            let text = "name a feature or a folder with features: gannet test calls.feature";
            return Err(Problem::input(anyhow!(text)));
        }
        arguments.features.push(DEFAULT_FOLDER.to_owned());
    }
    let sources = collect(&arguments.features).map_err(|errors| {
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        Problem::input(anyhow!(texts.join("\nerror: ")))
    })?;
    let selection = Selection {
        tags: arguments.tags.as_deref().map(read_tags).transpose()?,
        name: arguments.name,
        skipped: arguments.skipped,
    };
    let paths: Vec<_> = sources.iter().map(|source| source.path.clone()).collect();
    let setup = Setup::read(arguments.setup, arguments.network, &paths, terminal)?;
    let scope = Scope {
        registry: &setup.registry,
        config: &setup.config,
        profiles: &setup.profiles,
        server: &setup.server,
    };
    let compiled = compile(&sources, &selection, &scope);
    tell_compiled(&compiled, terminal);
    if compiled.has_errors() {
        let number = count(compiled.error_count(), "error");
        return Err(Problem::input(anyhow!("{number}; nothing was sent")));
    }
    let plan = compiled.plan;
    if plan.scenarios.is_empty() {
        return Err(Problem::nothing(match plan.left_out {
            0 => "no scenario: the features have none".to_owned(),
            left => format!(
                "no scenario selected: {} left out by tags, names or lines",
                count(left as usize, "scenario")
            ),
        }));
    }
    let options = RunOptions {
        jobs: arguments.jobs,
        fail_fast: arguments.fail_fast,
        shuffle: arguments
            .shuffle
            .map(|seed| seed.unwrap_or_else(|| fastrand::u64(..))),
        seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..)),
        rerun_command,
        ..RunOptions::default()
    };
    let outputs = Outputs {
        verbosity: match (arguments.verbose, arguments.quiet) {
            (true, _) => Verbosity::Verbose,
            (_, true) => Verbosity::Quiet,
            _ => Verbosity::Normal,
        },
        out: arguments.out,
        junit: arguments.junit,
        json: arguments.json,
    };
    run::execute(plan, setup, &options, &outputs, terminal)
}

/// Shows everything that is odd or wrong in the features.
pub(super) fn tell_compiled(compiled: &Compiled, terminal: Terminal) {
    for error in &compiled.unreadable {
        let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
        tell(&format!(
            "{}: {error}{}",
            label("error", terminal),
            cause.unwrap_or_default()
        ));
    }
    for report in &compiled.reports {
        tell_diagnostics(&report.source, &report.diagnostics, terminal);
    }
}

fn read_tags(text: &str) -> Result<TagExpression, Problem> {
    TagExpression::parse(text).map_err(|error| {
        let source = gannet_diag::SourceFile::new("--tags", text);
        let shown = gannet_diag::render(&source, &[error.to_diagnostic()], false);
        Problem::input(anyhow!("{}", shown.trim_end().trim_start_matches("error")))
    })
}

/// The command as it was given, without features and without what selects among them.
fn rerun_command() -> String {
    // Only what is repeated must be text; the other arguments need not be.
    let given = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    rerun_of(given.skip(2))
}

/// What [`rerun_command`] says of these words after `gannet test`. It is written into results,
/// where passwords have no business.
fn rerun_of(mut given: impl Iterator<Item = String>) -> String {
    let mut words = vec!["gannet".to_owned(), "test".to_owned()];
    while let Some(word) = given.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        if !REPEATED.contains(&name) {
            continue;
        }
        let Some(value) = value.or_else(|| given.next()) else {
            break;
        };
        words.push(name.to_owned());
        words.push(quoted(&match name {
            "--user" => without_password(&value),
            _ => value,
        }));
    }
    words.join(" ")
}

/// Options that a second run needs to meet the same conditions.
const REPEATED: [&str; 7] = [
    "--config",
    "--server",
    "--user",
    "--devices",
    "--bind",
    "--loss",
    "--loss-seed",
];

/// A value of `--user`, `NAME=USER:PASSWORD[@DOMAIN]`, to be shown.
fn without_password(user: &str) -> String {
    let Some((account, secret)) = user.split_once(':') else {
        return user.to_owned();
    };
    let domain = secret.rfind('@').map_or("", |at| &secret[at..]);
    format!("{account}:PASSWORD{domain}")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:@,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_for_another_run_keeps_the_conditions_and_no_password() {
        let given = [
            "features",
            "--server=sip:kam.test@127.0.0.1:7060;transport=tcp",
            "--tags",
            "@a",
            "--user",
            "Alice=alice:p@ss@kam.test",
            "--user=Bob=bob:bobpw",
            "--loss",
            "0.2",
        ];
        assert_eq!(
            rerun_of(given.into_iter().map(str::to_owned)),
            "gannet test --server 'sip:kam.test@127.0.0.1:7060;transport=tcp' \
             --user Alice=alice:PASSWORD@kam.test --user Bob=bob:PASSWORD --loss 0.2"
        );
    }
}
