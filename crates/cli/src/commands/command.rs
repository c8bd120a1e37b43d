//! Which command it is.

use clap::Subcommand;
use gannet_events::ExitCode;

use crate::problem::Problem;
use crate::terminal::Terminal;

use super::{check, devices, pbx, steps, test};

/// What Gannet can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run features: against an embedded server, or a real one.
    Test(Box<test::TestArguments>),
    /// Run the embedded server alone.
    Pbx(pbx::PbxArguments),
    /// Find what is wrong in features, gannet.toml, device profiles and SIP messages; sends nothing.
    Check(check::CheckArguments),
    /// List the sentences that features may use, or search them.
    Steps(steps::StepsArguments),
    /// List the device profiles, or show one.
    Devices(devices::DevicesArguments),
}

/// Carries the command out.
pub(crate) fn execute(command: Command, terminal: Terminal) -> Result<ExitCode, Problem> {
    match command {
        Command::Test(arguments) => test::execute(*arguments, terminal),
        Command::Pbx(arguments) => pbx::execute(&arguments, terminal),
        Command::Check(arguments) => check::execute(arguments, terminal),
        Command::Steps(arguments) => steps::execute(&arguments),
        Command::Devices(arguments) => devices::execute(&arguments),
    }
}
