//! `gannet load`.

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use gannet_events::ExitCode;
use gannet_load::own::{
    CALL_TIMEOUT, ChannelAddress, Faces, Options, Ramp, Report, apply, parse_rate, parse_span,
    parse_time, play, sort,
};
use gannet_load::run::OwnAddress;
use gannet_load::seagull::{BACKGROUND_METHODS, Beyond};
use gannet_load::watch::{HttpAddress, WatchOptions};
use gannet_report::seagull::Levels;
use gannet_scenario::model::{Mode, TransportKind};
use gannet_scenario::seagull::configuration::TrafficModel;
use gannet_scenario::seagull::{Run, load};

use crate::problem::{Problem, count, label, tell, tell_diagnostics};
use crate::terminal::Terminal;

/// Play a scenario as load: Seagull's files, unchanged, as many calls as you want.
///
/// The files are a configuration, the dictionaries it needs and a scenario, in any order. The data
/// file is named in the configuration. Options go before what the configuration says of the same;
/// its screens, logs and statistics files are passed over (`gannet seagull` has them).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct LoadArguments {
    /// Configuration, dictionaries and scenario.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    traffic: TrafficArguments,

    #[command(flatten)]
    addresses: AddressArguments,

    #[command(flatten)]
    tolerance: ToleranceArguments,

    #[command(flatten)]
    outputs: OutputArguments,
}

const EXAMPLES: &str = "\
Examples, in scenarios/seagull; the server first, each in a terminal of its own:
  gannet load sip.xml basic/server.*
  gannet load sip.xml basic/client.* --calls 10
  gannet load sip.xml basic/client.* --rate 5k --duration 20s --open-max 20000
  gannet load sip.xml basic/client.* --ramp 1000/30s --duration 1min --stat run.csv

Ctrl-C begins no more calls and waits for the open ones; again: ends now. The result is told in
both cases.

Exit codes:
  0  calls were made, and all of them went as the scenario says
  1  a call failed, was not taken, or was still open at the end
  2  bad input or usage; nothing was sent
  3  the environment: a port in use, a name without an address
  4  no call was made";

#[derive(Debug, Args)]
#[command(next_help_heading = "Calls")]
struct TrafficArguments {
    /// New calls per second: 50, 0.5, 50k.
    #[arg(long, value_name = "CALLS/S", value_parser = parse_rate)]
    rate: Option<f64>,

    /// Let the rate climb (or sink) to RATE within TIME, from --rate: 1000/30s.
    #[arg(long, value_name = "RATE/TIME")]
    ramp: Option<Ramp>,

    /// When calls begin: evenly and what is missed is lost; evenly and what is missed is made
    /// up; at random.
    #[arg(long)]
    model: Option<Model>,

    /// End after this number of calls, made or taken.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    calls: Option<u64>,

    /// Begin no calls after this time: 20s, 500ms, 2min. Open ones finish.
    #[arg(long, value_name = "TIME", value_parser = parse_span)]
    duration: Option<Duration>,

    /// How long to wait for open calls after --duration or Ctrl-C.
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "10s")]
    grace: Duration,

    /// The most calls that are open at once.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    open_max: Option<u64>,

    /// How long a call waits for a message before it fails; 0: for ever. If neither this nor the
    /// configuration (call-timeout-ms) says it: 5min.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    timeout: Option<Duration>,

    /// Threads that play calls. Not for several channels, an init section or a fixed source port.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
    shards: u32,

    /// What all random choices come from, to repeat them.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Addresses")]
struct AddressArguments {
    /// Own address of a channel; port 0 finds a free one. With one channel its name may be left
    /// out.
    #[arg(long, value_name = "CHANNEL=ADDRESS:PORT")]
    source: Vec<ChannelAddress>,

    /// Peer of a channel.
    #[arg(long, value_name = "CHANNEL=ADDRESS:PORT")]
    dest: Vec<ChannelAddress>,
}

/// Off unless asked for: without them a file means what it means in Seagull.
#[derive(Debug, Args)]
#[command(next_help_heading = "Beyond Seagull (off: a file means what it means there)")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
struct ToleranceArguments {
    /// All of the next four; answers INFO, NOTIFY and OPTIONS.
    #[arg(long)]
    robust: bool,

    /// A message that came before is answered again and disturbs no call.
    #[arg(long)]
    absorb_retransmissions: bool,

    /// A 100 that no step waits for is passed over.
    #[arg(long)]
    skip_trying: bool,

    /// Requests that no step waits for are answered with 200, beside the scenario.
    #[arg(long, value_name = "METHOD", value_delimiter = ',', value_parser = method)]
    answer: Vec<String>,

    /// A response must have the CSeq method of the scenario's own message.
    #[arg(long)]
    match_cseq: bool,

    /// Seagull's own faults too (docs/seagull.md lists them).
    #[arg(long)]
    exact: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Outputs")]
struct OutputArguments {
    /// Write the log of calls to a file.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// What is logged.
    #[arg(long, value_name = "LEVEL", value_delimiter = ',', requires = "log", default_values = ["errors", "traffic"])]
    log_level: Vec<LogLevel>,

    /// Write a line of figures each second to a file (CSV).
    #[arg(long, value_name = "FILE")]
    stat: Option<PathBuf>,

    /// Listen for remote control by HTTP (Seagull's URIs).
    #[arg(long, value_name = "IP:PORT")]
    control: Option<SocketAddr>,

    /// Write results.json, report.html, junit.xml and tables to this folder, each second.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Exit with 1 if this holds, instead of if calls failed: "failed > 0.1%". May be repeated.
    #[arg(long, value_name = "CONDITION")]
    fail_if: Vec<String>,

    /// Serve a live page with controls: 8080 for this machine only, 0.0.0.0:8080 for all who have the
    /// token.
    #[arg(long, value_name = "ADDRESS")]
    http: Option<HttpAddress>,

    /// What who opens the page must know; else one is made up where it is needed.
    #[arg(
        long,
        value_name = "TOKEN",
        requires = "http",
        env = "GANNET_HTTP_TOKEN",
        hide_env_values = true
    )]
    http_token: Option<String>,

    /// Write the summary as JSON to standard output, for people to standard error.
    #[arg(long)]
    json: bool,
}

/// When calls begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Model {
    /// Evenly; what a second misses is lost.
    Uniform,
    /// Evenly; what is missed is made up.
    BestEffort,
    /// At random, independently of each other.
    Poisson,
}

/// What is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogLevel {
    /// What went wrong.
    Errors,
    /// What is odd.
    Warnings,
    /// Messages, sent and received.
    Messages,
    /// Bytes as they cross the sockets.
    Buffers,
    /// Messages that no step waited for.
    Traffic,
    /// How each call ended.
    Verdicts,
    /// What log actions of the scenario say.
    User,
    /// All of these.
    All,
}

pub(crate) fn execute(arguments: &LoadArguments, terminal: Terminal) -> Result<ExitCode, Problem> {
    let options = options(arguments);
    let mut run = compile(arguments, &options, terminal)?;
    apply(&mut run, &options).map_err(|errors| {
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        Problem::input(anyhow!(texts.join("\nerror: ")))
    })?;
    let faces = Faces {
        is_terminal: io::stderr().is_terminal(),
        columns: terminal.error_width,
    };
    let report = play(run, &options, faces, &say_where).map_err(|error| {
        if error.is_input() {
            Problem::input(error)
        } else {
            Problem::environment(error)
        }
    })?;
    Ok(tell_report(report, arguments.outputs.json, terminal))
}

/// Reads and compiles the files; says everything that is wrong with them.
fn compile(
    arguments: &LoadArguments,
    options: &Options,
    terminal: Terminal,
) -> Result<Run, Problem> {
    let files = sort(&arguments.files).map_err(|errors| {
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        Problem::input(anyhow!(texts.join("\nerror: ")))
    })?;
    let loaded = load(&files, &options.beyond.load_options());
    let mut errors = 0;
    for (source, diagnostics) in &loaded.diagnostics {
        tell_diagnostics(source, diagnostics.as_slice(), terminal);
        let severe = |severity| severity == gannet_diag::Severity::Error;
        errors += diagnostics.iter().filter(|it| severe(it.severity)).count();
    }
    loaded.run.ok_or_else(|| {
        let number = count(errors, "error");
        Problem::input(anyhow!("{number} in the files; nothing was sent"))
    })
}

/// Where the run can be reached, for people and scripts that wait for it.
fn say_where(addresses: &[OwnAddress]) {
    for own in addresses {
        let transport = match own.transport {
            TransportKind::Udp => "UDP",
            TransportKind::Tcp => "TCP",
        };
        let does = match own.mode {
            Mode::Server => "listening on",
            Mode::Client => "sending from",
        };
        tell(&format!(
            "{does} {} ({transport}, channel {})",
            own.address, own.channel
        ));
    }
}

fn tell_report(report: Report, json: bool, terminal: Terminal) -> ExitCode {
    let text = report.summary.to_string();
    let mut out = io::stdout().lock();
    // Nobody reads it: nobody needs it.
    let _ = if json {
        tell(text.trim_end());
        writeln!(out, "{}", report.summary.json())
    } else {
        out.write_all(text.as_bytes())
    };
    let error = report.error.map(anyhow::Error::new);
    let unwritten = report.unwritten.map(anyhow::Error::new);
    for problem in error.into_iter().chain(unwritten) {
        tell(&format!("{}: {problem:#}", label("error", terminal)));
    }
    report.code
}

fn options(arguments: &LoadArguments) -> Options {
    let LoadArguments {
        traffic,
        addresses,
        tolerance,
        outputs,
        ..
    } = arguments;
    Options {
        rate: traffic.rate,
        ramp: traffic.ramp,
        model: traffic.model.map(|model| match model {
            Model::Uniform => TrafficModel::Uniform,
            Model::BestEffort => TrafficModel::BestEffort,
            Model::Poisson => TrafficModel::Poisson,
        }),
        calls: traffic.calls,
        duration: traffic.duration,
        grace: traffic.grace,
        open_max: traffic.open_max,
        timeout: traffic.timeout,
        shards: traffic.shards,
        beyond: beyond(tolerance, traffic.seed),
        sources: addresses.source.clone(),
        dests: addresses.dest.clone(),
        log: outputs.log.clone(),
        log_levels: log_levels(&outputs.log_level),
        stat: outputs.stat.clone(),
        control: outputs.control,
        watch: WatchOptions {
            out: outputs.out.clone(),
            fail_if: outputs.fail_if.clone(),
            http: outputs.http,
            http_token: outputs.http_token.clone(),
        },
    }
}

fn beyond(tolerance: &ToleranceArguments, seed: Option<u64>) -> Beyond {
    let robust = tolerance.robust;
    Beyond {
        absorb_retransmissions: robust || tolerance.absorb_retransmissions,
        skip_trying: robust || tolerance.skip_trying,
        answer: if robust && tolerance.answer.is_empty() {
            BACKGROUND_METHODS.map(str::to_owned).to_vec()
        } else {
            tolerance.answer.clone()
        },
        match_cseq: robust || tolerance.match_cseq,
        exact: tolerance.exact,
        seed,
    }
}

fn log_levels(levels: &[LogLevel]) -> Levels {
    let letters: String = levels
        .iter()
        .map(|level| match level {
            LogLevel::Errors => 'E',
            LogLevel::Warnings => 'W',
            LogLevel::Messages => 'M',
            LogLevel::Buffers => 'B',
            LogLevel::Traffic => 'T',
            LogLevel::Verdicts => 'V',
            LogLevel::User => 'U',
            LogLevel::All => 'A',
        })
        .collect();
    Levels::parse(&letters).expect("each letter is one of a level")
}

/// A request that may be answered beside the scenario.
fn method(text: &str) -> Result<String, &'static str> {
    let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_token || ["INVITE", "ACK", "CANCEL"].contains(&text) {
        return Err("expected a method other than INVITE, ACK and CANCEL, for example OPTIONS");
    }
    Ok(text.to_owned())
}

/// The help names the time that is meant when nothing is said.
const _: () = assert!(CALL_TIMEOUT.as_secs() == 300, "see --timeout");
