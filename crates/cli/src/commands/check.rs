//! `gannet check`.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use gannet_diag::{Diagnostics, Severity, SourceFile};
use gannet_events::ExitCode;
use gannet_phone::ProfileError;
use gannet_scenario::seagull::{FileKind, NamedBytes, kind_of as kind_of_seagull};
use gannet_scenario::sipp::is_scenario as is_sipp_scenario;
use gannet_steps::config::CONFIG_FILE_NAME;
use gannet_steps::plan::{Scope, Selection, SourceError, collect, compile};

use super::check_seagull::SeagullFiles;
use super::check_sip;
use super::check_sipp::check_scenario;
use super::test::tell_compiled;
use crate::problem::{Problem, count, tell, tell_diagnostics};
use crate::setup::{NetworkArguments, Setup, SetupArguments, profiles, read_config};
use crate::terminal::Terminal;

/// Find what is wrong in features, scenarios of SIPp, Seagull's files, gannet.toml, device profiles
/// and SIP messages; sends nothing.
///
/// Seagull's configuration, dictionaries and scenario (*.xml, told apart by what they hold) are
/// checked with each other when they are given together, and the data file that the configuration
/// names; alone, as far as possible. They are named one by one, as scenarios of SIPp are. Features: grammar, tags, and whether
/// every step is one that Gannet knows. SIP messages (*.sip, *.dat, *.txt that start like one): every
/// deviation from RFC 3261, with the section.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArguments {
    /// Files, or folders with features.
    #[arg(value_name = "FILE|DIR", required = true)]
    files: Vec<PathBuf>,

    #[command(flatten)]
    setup: SetupArguments,
}

const EXAMPLES: &str = "\
Examples:
  gannet check features
  gannet check gannet.toml features/calls.feature
  gannet check sip.xml basic/client.conf.xml basic/client.scen.xml
  gannet check uac.xml
  gannet check captured_invite.sip";

/// Errors and warnings so far.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Found {
    pub(super) errors: usize,
    pub(super) warnings: usize,
}

impl Found {
    pub(super) fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
    }

    pub(super) fn add_all(&mut self, diagnostics: &Diagnostics) {
        for diagnostic in diagnostics {
            self.add(diagnostic.severity);
        }
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Feature,
    Config,
    Profile,
    Message,
    Sipp,
    Seagull(FileKind),
}

pub(crate) fn execute(arguments: CheckArguments, terminal: Terminal) -> Result<ExitCode, Problem> {
    let mut found = Found::default();
    let mut features = Vec::new();
    let mut seagull = SeagullFiles::default();
    for path in &arguments.files {
        match kind_of(path)? {
            Kind::Feature => features.push(path.clone()),
            Kind::Config => check_config(path, terminal, &mut found)?,
            Kind::Profile => check_profile(path, terminal, &mut found)?,
            Kind::Message => check_sip::check(path, terminal, &mut found)?,
            Kind::Sipp => check_scenario(&named(path)?, terminal, &mut found),
            Kind::Seagull(kind) => seagull.add(kind, named(path)?),
        }
    }
    seagull.check(terminal, &mut found);
    if !features.is_empty() {
        check_features(&features, arguments.setup, terminal, &mut found)?;
    }
    let files = count(arguments.files.len(), "argument");
    tell(&match (found.errors, found.warnings) {
        (0, 0) => format!("{files} checked, nothing found"),
        (errors, 0) => format!("{files} checked, {}", count(errors, "error")),
        (errors, warnings) => format!(
            "{files} checked, {}, {}",
            count(errors, "error"),
            count(warnings, "warning")
        ),
    });
    Ok(if found.errors == 0 {
        ExitCode::Passed
    } else {
        ExitCode::BadInput
    })
}

fn kind_of(path: &Path) -> Result<Kind, Problem> {
    if path.is_dir() {
        return Ok(Kind::Feature);
    }
    let bytes = read(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    Ok(match extension.as_str() {
        "feature" | "md" => Kind::Feature,
        "toml" if name == CONFIG_FILE_NAME || has_config_tables(&bytes) => Kind::Config,
        "toml" => Kind::Profile,
        "sip" | "dat" => Kind::Message,
        // The first line of a compact scenario may end like that of a SIP message.
        _ if !begins_with_tag(&bytes) && check_sip::looks_like_sip(&bytes) => Kind::Message,
        _ if is_sipp_scenario(&bytes) => Kind::Sipp,
        _ => Kind::Seagull(kind_of_seagull(&bytes).ok_or_else(|| not_checkable(path))?),
    })
}

fn not_checkable(path: &Path) -> Problem {
    Problem::input(anyhow!(
        "`{}` is nothing that can be checked: expected *.feature, a scenario of SIPp or \
         Seagull's files (*.xml), gannet.toml, a device profile (*.toml), or a SIP message (*.sip)",
        path.display()
    ))
}

/// `<` comes first, after blanks and a byte order mark; no SIP message begins so.
fn begins_with_tag(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"<")
}

fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    std::fs::read(path)
        .with_context(|| format!("cannot read `{}`", path.display()))
        .map_err(Problem::input)
}

fn named(path: &Path) -> Result<NamedBytes, Problem> {
    Ok(NamedBytes {
        name: path.display().to_string(),
        bytes: read(path)?,
    })
}

/// Tells a configuration of another name from a device profile.
fn has_config_tables(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let is_ours = |line: &str| {
        ["[server.", "[user.", "[timeouts]", "[variables]"]
            .iter()
            .any(|beginning| line.trim_start().starts_with(beginning))
    };
    text.lines().any(is_ours)
}

fn check_config(path: &Path, terminal: Terminal, found: &mut Found) -> Result<(), Problem> {
    let mut file = read_config(path)?;
    let profiles = profiles(&file.config.device_folders)?;
    file.check_profiles(&profiles);
    tell_diagnostics(&file.source, &file.diagnostics, terminal);
    found.add_all(&file.diagnostics);
    Ok(())
}

fn check_profile(path: &Path, terminal: Terminal, found: &mut Found) -> Result<(), Problem> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read `{}`", path.display()))
        .map_err(Problem::input)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut library = profiles(&[folder.unwrap_or(Path::new(".")).to_path_buf()])?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    library.add(&name, &path.display().to_string(), &text);
    match library.load(&name) {
        Ok(_) => {}
        Err(ProfileError::Mistakes { file, problems }) => {
            tell_diagnostics(&file, &problems, terminal);
            found.add_all(&problems.into());
        }
        Err(other) => {
            let source = SourceFile::new(path.display().to_string(), text);
            let problem = gannet_diag::Diagnostic::error("bad-profile", other.to_string(), 0..0);
            tell_diagnostics(&source, &[problem], terminal);
            found.add(Severity::Error);
        }
    }
    Ok(())
}

/// Folders are searched for features only.
fn shown(error: &SourceError) -> String {
    match error {
        SourceError::EmptyFolder { .. } => format!(
            "{error}; Seagull's files are named one by one: `gannet check sip.xml client.conf.xml \
             client.scen.xml`"
        ),
        _ => error.to_string(),
    }
}

fn check_features(
    features: &[PathBuf],
    setup: SetupArguments,
    terminal: Terminal,
    found: &mut Found,
) -> Result<(), Problem> {
    let names: Vec<_> = features
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let sources = collect(&names).map_err(|errors| {
        let texts: Vec<_> = errors.iter().map(shown).collect();
        Problem::input(anyhow!(texts.join("\nerror: ")))
    })?;
    let paths: Vec<_> = sources.iter().map(|source| source.path.clone()).collect();
    let setup = Setup::read(setup, NetworkArguments::default(), &paths, terminal)?;
    let scope = Scope {
        registry: &setup.registry,
        config: &setup.config,
        profiles: &setup.profiles,
        server: &setup.server,
    };
    let compiled = compile(&sources, &Selection::default(), &scope);
    tell_compiled(&compiled, terminal);
    found.errors += compiled.unreadable.len();
    for report in &compiled.reports {
        found.add_all(&report.diagnostics);
    }
    Ok(())
}
