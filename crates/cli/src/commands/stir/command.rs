//! Which of the commands it is.

use clap::{Args, Subcommand};
use gannet_events::ExitCode;

use super::{certificates, show, sign, verify};
use crate::problem::Problem;

/// Make keys and certificates, sign calls and verify them (STIR/SHAKEN).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct StirArguments {
    #[command(subcommand)]
    command: StirCommand,
}

#[derive(Debug, Subcommand)]
enum StirCommand {
    Keygen(certificates::KeygenArguments),
    Ca(certificates::CaArguments),
    Issue(certificates::IssueArguments),
    Sign(sign::SignArguments),
    Verify(verify::VerifyArguments),
    Show(show::ShowArguments),
}

const EXAMPLES: &str = "\
Examples:
  gannet stir ca --key ca.key --out ca.pem
  gannet stir issue --ca ca.pem --ca-key ca.key --key sp.key --out sp.pem --spc 709J
  gannet stir sign --key sp.key --x5u http://127.0.0.1/sp.pem \\
    --orig +12155551212 --dest +12155550131 --attest A
  gannet stir verify IDENTITY --ca ca.pem --certificate sp.pem
  gannet stir show sp.pem";

pub(crate) fn execute(arguments: &StirArguments) -> Result<ExitCode, Problem> {
    match &arguments.command {
        StirCommand::Keygen(arguments) => certificates::keygen(arguments),
        StirCommand::Ca(arguments) => certificates::ca(arguments),
        StirCommand::Issue(arguments) => certificates::issue(arguments),
        StirCommand::Sign(arguments) => sign::execute(arguments),
        StirCommand::Verify(arguments) => verify::execute(arguments),
        StirCommand::Show(arguments) => show::execute(arguments),
    }
}
