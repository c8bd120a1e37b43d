//! The `gannet` binary: arguments, wiring, exit codes. No logic.

mod arguments;
mod commands;
mod problem;
mod setup;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let terminal = terminal::Terminal::new(arguments.colour);
    match commands::execute(arguments.command, terminal) {
        Ok(code) => code.into(),
        Err(problem) => problem.show(terminal).into(),
    }
}
