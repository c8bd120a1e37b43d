//! What several commands begin with: configuration, device profiles, vocabulary.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use gannet_phone::ProfileLibrary;
use gannet_steps::config::{self, Config, ConfigFile, Overrides, ServerArgument, UserArgument};
use gannet_steps::{Registry, ServerChoice, library};

use crate::problem::{Problem, count, tell_diagnostics};
use crate::terminal::Terminal;

/// Configuration, server and users.
#[derive(Debug, Clone, Args)]
pub(crate) struct SetupArguments {
    /// Configuration; without it gannet.toml here, or beside the first feature or above it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The server: a name of gannet.toml, `embedded`, or sip:HOST:PORT, or
    /// sip:DOMAIN@HOST:PORT for a domain without DNS; `;transport=tcp` may follow.
    #[arg(long, value_name = "SERVER")]
    server: Option<ServerArgument>,

    /// A user, as often as needed: --user Alice=al:secret@example.org
    #[arg(long = "user", value_name = "NAME=USER:PASSWORD[@DOMAIN]")]
    users: Vec<UserArgument>,

    /// Folder with device profiles beside the built-in ones.
    #[arg(long, value_name = "DIR")]
    devices: Vec<PathBuf>,
}

/// Network of the phones.
#[derive(Debug, Clone, Copy, Args, Default)]
pub(crate) struct NetworkArguments {
    /// Address of the phones and of the embedded server.
    #[arg(long, value_name = "IP")]
    bind: Option<std::net::IpAddr>,

    /// Lose this share of all datagrams of the phones, each way: 0.2 is 20 %.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    loss: Option<f64>,

    /// Seed of the loss: the same one loses the same datagrams.
    #[arg(long, value_name = "N")]
    loss_seed: Option<u64>,
}

fn share(text: &str) -> Result<f64, String> {
    let number: f64 = text
        .parse()
        .map_err(|_| "expected a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&number) {
        Ok(number)
    } else {
        Err("expected a number from 0 to 1".to_owned())
    }
}

/// What the commands begin with.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) config: Config,
    pub(crate) server: ServerChoice,
    pub(crate) profiles: ProfileLibrary,
    pub(crate) registry: Registry,
}

impl Setup {
    /// Reads everything; `features` tell where else a configuration may be.
    pub(crate) fn read(
        arguments: SetupArguments,
        network: NetworkArguments,
        features: &[PathBuf],
        terminal: Terminal,
    ) -> Result<Self, Problem> {
        let mut file = match arguments.config.or_else(|| config::find(features)) {
            Some(path) => read_config(&path)?,
            None => ConfigFile::read(Path::new(""), "", &|_| None),
        };
        let overrides = Overrides {
            server: arguments.server,
            users: arguments.users,
            bind: network.bind,
            loss: network.loss,
            loss_seed: network.loss_seed,
            device_folders: arguments.devices,
        };
        let server = file.config.apply(overrides);
        let profiles = profiles(&file.config.device_folders)?;
        file.check_profiles(&profiles);
        tell_diagnostics(&file.source, &file.diagnostics, terminal);
        if file.diagnostics.has_errors() {
            let number = count(file.diagnostics.len(), "error");
            let name = file.source.name();
            return Err(Problem::input(anyhow!(
                "{number} in {name}; nothing was sent"
            )));
        }
        Ok(Self {
            server: server.map_err(Problem::input)?,
            config: file.config,
            profiles,
            registry: vocabulary()?,
        })
    }
}

/// Reads and checks a configuration, variables from the environment.
pub(crate) fn read_config(path: &Path) -> Result<ConfigFile, Problem> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration `{}`", path.display()))
        .map_err(Problem::input)?;
    Ok(ConfigFile::read(path, &text, &|name| {
        std::env::var(name).ok()
    }))
}

/// The built-in device profiles and those of folders.
pub(crate) fn profiles(folders: &[PathBuf]) -> Result<ProfileLibrary, Problem> {
    let mut profiles = ProfileLibrary::shipped();
    for folder in folders {
        profiles.add_directory(folder).map_err(Problem::input)?;
    }
    Ok(profiles)
}

/// The sentences that Gannet knows.
pub(crate) fn vocabulary() -> Result<Registry, Problem> {
    Registry::of_checked(library::definitions()).map_err(|errors| {
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        Problem::input(anyhow!("the vocabulary has faults:\n{}", texts.join("\n")))
    })
}
