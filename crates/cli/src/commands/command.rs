//! Which command it is.

use clap::Subcommand;
use gannet_events::ExitCode;

use crate::problem::Problem;
use crate::terminal::Terminal;

use super::{check, devices, ladder, load, pbx, report, seagull, sipp, steps, stir, test};

/// What Gannet can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run features: against an embedded server, or a real one.
    Test(Box<test::TestArguments>),
    /// Run the embedded server alone.
    Pbx(pbx::PbxArguments),
    /// Play a scenario as load: Seagull's files, unchanged, as many calls as you want.
    Load(Box<load::LoadArguments>),
    /// Play Seagull's files with Seagull's command line, log, screens and exit codes.
    Seagull(seagull::SeagullArguments),
    /// Play SIPp's scenarios with SIPp's command line, screens, files and exit codes.
    Sipp(sipp::SippArguments),
    /// Find what is wrong in features, scenarios of SIPp, Seagull's files, gannet.toml, device
    /// profiles and SIP messages; sends nothing.
    Check(check::CheckArguments),
    /// Draw calls as ladders: from a capture, a message log of SIPp, or the results of a run.
    Ladder(ladder::LadderArguments),
    /// Make the report of a run again, compare two runs, judge one by conditions.
    Report(report::ReportArguments),
    /// List the sentences that features may use, or search them.
    Steps(steps::StepsArguments),
    /// List the device profiles, or show one.
    Devices(devices::DevicesArguments),
    /// Make keys and certificates, sign calls and verify them (STIR/SHAKEN).
    Stir(Box<stir::StirArguments>),
}

/// What the process returns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ended {
    /// One of Gannet's own exit codes.
    Own(ExitCode),
    /// The exit code of the tool that a command stands in for.
    Foreign(u8),
}

impl From<Ended> for std::process::ExitCode {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Own(code) => code.into(),
            Ended::Foreign(code) => code.into(),
        }
    }
}

/// Carries the command out.
pub(crate) fn execute(command: Command, terminal: Terminal) -> Result<Ended, Problem> {
    let code = match command {
        Command::Test(arguments) => test::execute(*arguments, terminal),
        Command::Load(arguments) => load::execute(&arguments, terminal),
        Command::Pbx(arguments) => pbx::execute(&arguments, terminal),
        Command::Check(arguments) => check::execute(arguments, terminal),
        Command::Ladder(arguments) => ladder::execute(&arguments, terminal),
        Command::Report(arguments) => report::execute(&arguments),
        Command::Steps(arguments) => steps::execute(&arguments),
        Command::Devices(arguments) => devices::execute(&arguments),
        Command::Stir(arguments) => stir::execute(&arguments),
        Command::Seagull(arguments) => {
            return Ok(Ended::Foreign(seagull::execute(&arguments, terminal)));
        }
        Command::Sipp(arguments) => {
            return Ok(Ended::Foreign(sipp::execute(&arguments, terminal)));
        }
    }?;
    Ok(Ended::Own(code))
}
