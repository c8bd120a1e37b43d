//! The `gannet` binary: arguments, wiring, exit codes. No logic.

mod arguments;
mod commands;
mod problem;
mod setup;
mod terminal;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

/// That of the C library costs calls a sixth more processor time: `benches/README.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse_from(called_as(std::env::args_os().collect()));
    let terminal = terminal::Terminal::new(arguments.colour);
    match commands::execute(arguments.command, terminal) {
        Ok(code) => code.into(),
        Err(problem) => problem.show(terminal).into(),
    }
}

/// Called by the name of a tool that a command stands in for, the binary is that command.
fn called_as(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let name = arguments.first().map(Path::new).and_then(Path::file_stem);
    let tools = ["seagull", "sipp"];
    if let Some(tool) = tools
        .into_iter()
        .find(|tool| name.is_some_and(|name| name == *tool))
    {
        arguments.insert(1, tool.into());
    }
    arguments
}
