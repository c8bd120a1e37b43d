//! `gannet pbx`.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;
use gannet_events::ExitCode;
use gannet_pbx::{Capability, Numbers, Pbx, PbxConfig, PbxError, PbxSnapshot, read_users};

use super::pbx_switches::{self, Switch};
use super::run::Interrupts;
use crate::problem::{Problem, count, tell_diagnostics};
use crate::terminal::Terminal;

/// Run the embedded server alone: registrar, calls between users, voicemail with message waiting.
#[derive(Debug, Args)]
#[command(after_help = examples())]
pub(crate) struct PbxArguments {
    /// TOML file with the users.
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,

    /// Where to listen, UDP and TCP; port 0 finds a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value_t = DEFAULT_BIND)]
    bind: SocketAddr,

    /// The domain, which is also the realm.
    #[arg(long, value_name = "NAME")]
    domain: Option<String>,

    /// Folder for voicemail recordings.
    #[arg(long, value_name = "DIR")]
    recordings: Option<PathBuf>,

    /// Open an event socket as FreeSWITCH has one; its password is $FSES_PASSWORD, else ClueCon.
    #[arg(long, value_name = "ADDRESS:PORT")]
    event_socket: Option<SocketAddr>,

    /// Let users in without a password.
    #[arg(long)]
    no_auth: bool,

    /// Let callers of other domains call.
    #[arg(long)]
    allow_foreign: bool,

    /// Switch something off, by its name in the table below.
    #[arg(long, value_name = "NAME", value_parser = Switch::parse)]
    without: Vec<Switch>,
}

/// Loopback: a server for tests has no business in the network unless asked.
const DEFAULT_BIND: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5060);

const EXAMPLES: &str = "\
Examples:
  gannet pbx --users users.toml
  gannet pbx --users users.toml --bind 0.0.0.0:5060 --domain pbx.example.org

users.toml:
  [[users]]
  name = \"alice\"
  extension = \"1001\"
  password = \"secret\"

What it can do, and the numbers (N is a user, a number, a slot or a queue):
";

/// The examples, and the table that the configuration is read by.
fn examples() -> String {
    let extensions = PbxConfig::default().extensions;
    let table = Numbers::default().table(|capability| match capability {
        Capability::Echo => extensions.echo.clone(),
        Capability::Music => extensions.music.clone(),
        Capability::Mailbox => extensions.voicemail.clone(),
        Capability::Conference => extensions.conference.clone(),
        _ => Vec::new(),
    });
    format!(
        "{EXAMPLES}{table}{}\nCtrl-C ends it.",
        pbx_switches::table()
    )
}

pub(crate) fn execute(arguments: &PbxArguments, terminal: Terminal) -> Result<ExitCode, Problem> {
    let config = config(arguments, terminal)?;
    let users = config.users.len();
    let runtime = tokio::runtime::Runtime::new()
        .context("cannot start the runtime")
        .map_err(Problem::environment)?;
    runtime.block_on(async {
        let mut interrupts = Interrupts::watch();
        let pbx = Pbx::start(config).map_err(|error| match error {
            PbxError::Net(_) => Problem::environment(error),
            other => Problem::input(other),
        })?;
        say(&format!(
            "listening on {} (UDP and TCP), domain {}, {}; Ctrl-C ends it",
            pbx.address(),
            pbx.domain(),
            count(users, "user")
        ));
        if let Some(bind) = arguments.event_socket {
            let password = std::env::var("FSES_PASSWORD");
            let password = password.as_deref().unwrap_or("ClueCon");
            let address = pbx.open_event_socket(bind, password).await;
            let address = address.map_err(Problem::environment)?;
            say(&format!("event socket on {address}"));
        }
        interrupts.next().await;
        let snapshot = pbx.snapshot().await;
        pbx.stop().await;
        if let Ok(snapshot) = snapshot {
            say(&summary(&snapshot));
        }
        Ok(ExitCode::Passed)
    })
}

fn config(arguments: &PbxArguments, terminal: Terminal) -> Result<PbxConfig, Problem> {
    let mut config = PbxConfig {
        bind: arguments.bind,
        auth_required: !arguments.no_auth,
        allow_foreign: arguments.allow_foreign,
        seed: fastrand::u64(..),
        ..PbxConfig::default()
    };
    for switch in &arguments.without {
        switch.off(&mut config);
    }
    if let Some(domain) = &arguments.domain {
        config.domain.clone_from(domain);
    }
    if let Some(folder) = &arguments.recordings {
        // Now, not when the first caller has spoken into the void.
        let probe = folder.join(format!(".gannet-{}", std::process::id()));
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&probe, []))
            .and_then(|()| std::fs::remove_file(&probe))
            .with_context(|| format!("cannot write recordings to `{}`", folder.display()))
            .map_err(Problem::environment)?;
        config.voicemail.directory = Some(folder.clone());
    }
    if let Some(path) = &arguments.users {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the users file `{}`", path.display()))
            .map_err(Problem::input)?;
        let file = read_users(&path.display().to_string(), &text);
        tell_diagnostics(&file.source, &file.diagnostics, terminal);
        if file.diagnostics.has_errors() {
            let number = count(file.diagnostics.len(), "error");
            return Err(Problem::input(anyhow!("{number} in {}", path.display())));
        }
        config.users = file.users;
    }
    Ok(config)
}

fn summary(snapshot: &PbxSnapshot) -> String {
    let counters = &snapshot.counters;
    let messages: usize = snapshot
        .mailboxes
        .iter()
        .map(|mailbox| mailbox.messages.len())
        .sum();
    format!(
        "{} ({} answered by a phone, {} by the server), {} granted, {} refused, {} in voicemail",
        count(counters.calls as usize, "call"),
        counters.calls_answered,
        counters.calls_served,
        count(counters.registrations_granted as usize, "registration"),
        counters.auth_failures,
        count(messages, "message"),
    )
}

/// Writes a line at once, for whoever waits for it.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    // Without a reader the server still serves.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
