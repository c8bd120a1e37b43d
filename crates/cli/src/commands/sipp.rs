//! `gannet sipp`, and the binary called `sipp`.

use std::error::Error;
use std::io::Write;
use std::process::{Command as Process, Stdio};

use clap::Args;
use gannet_diag::{Diagnostic, Severity};
use gannet_load::sipp::arguments::{Arguments, VERSION_TEXT, Wish, help};
use gannet_load::sipp::{
    EXIT_FAILED, EXIT_FATAL, EXIT_NOTHING, Files, Media, Plan, RtpMedia, play, read_files,
    unknown_builtin,
};
use gannet_scenario::sipp::builtin::builtin;

use crate::problem::{count, tell, tell_diagnostics};
use crate::terminal::Terminal;

/// Play SIPp's scenarios with SIPp's command line, screens, files and exit codes.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub(crate) struct SippArguments {
    /// SIPp's own options and the host to call; -h lists them.
    #[arg(
        value_name = "OPTION",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    arguments: Vec<String>,
}

/// Set in the environment of a process that already is in the background.
const IN_BACKGROUND: &str = "GANNET_SIPP_BACKGROUND";

/// Plays; gives SIPp's exit code.
pub(crate) fn execute(given: &SippArguments, terminal: Terminal) -> u8 {
    let arguments = match Wish::parse(&given.arguments) {
        Ok(Wish::Run(arguments)) => *arguments,
        Ok(Wish::Version) => return nothing(VERSION_TEXT),
        Ok(Wish::Help(topic)) => return show_help(topic.as_deref()),
        Ok(Wish::Dump(name)) => return dump(&name),
        Err(errors) => {
            for error in &errors {
                tell(&format!("error: {error}"));
            }
            let number = count(errors.len(), "error");
            tell(&format!(
                "{number}; nothing was sent; `gannet sipp -h` lists the options"
            ));
            return EXIT_FAILED;
        }
    };
    let media: Box<dyn Media> = Box::new(RtpMedia::new(&arguments));
    let Some(files) = compile(&arguments, media.as_ref(), terminal) else {
        return EXIT_FAILED;
    };
    if arguments.background && std::env::var_os(IN_BACKGROUND).is_none() {
        return go_on_in_background(&given.arguments);
    }
    let plan = Plan {
        files,
        arguments,
        media,
    };
    match play(plan) {
        Ok(code) => code,
        Err(error) => {
            tell(&format!("error: {}", with_causes(&error)));
            error.exit_code()
        }
    }
}

/// An error and its causes, each once: some say their cause themselves.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

fn show_help(topic: Option<&str>) -> u8 {
    if let Some(text) = help(topic) {
        return nothing(&text);
    }
    let topic = topic.unwrap_or_default();
    tell(&format!(
        "there is no help on \"{topic}\"; `gannet sipp -h` prints all of it"
    ));
    EXIT_NOTHING
}

fn dump(name: &str) -> u8 {
    if let Some(builtin) = builtin(name) {
        return nothing(builtin.text);
    }
    tell(&format!("error: {}", unknown_builtin(name)));
    EXIT_FAILED
}

/// Prints; nothing is played.
fn nothing(text: &str) -> u8 {
    // Nobody reads it: nobody needs it.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    EXIT_NOTHING
}

/// Reads and compiles the files; says everything that is wrong with them.
fn compile(arguments: &Arguments, media: &dyn Media, terminal: Terminal) -> Option<Files> {
    let loaded = read_files(arguments, media);
    for error in &loaded.errors {
        tell(&format!("error: {error}"));
    }
    let mut errors = loaded.errors.len();
    for (source, diagnostics) in &loaded.diagnostics {
        tell_diagnostics(source, diagnostics.as_slice(), terminal);
        let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
        errors += diagnostics.as_slice().iter().filter(is_error).count();
    }
    if loaded.files.is_none() {
        tell(&format!("{}; nothing was sent", count(errors, "error")));
    }
    loaded.files
}

/// Starts the same again without a terminal, and leaves it alone.
fn go_on_in_background(arguments: &[String]) -> u8 {
    let fail = |error: std::io::Error| {
        tell(&format!("error: cannot go on in the background: {error}"));
        EXIT_FATAL
    };
    let binary = match std::env::current_exe() {
        Ok(binary) => binary,
        Err(error) => return fail(error),
    };
    let mut process = Process::new(binary);
    process
        .arg("sipp")
        .args(arguments)
        .env(IN_BACKGROUND, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut process, 0);
    match process.spawn() {
        Ok(child) => nothing(&format!("Background mode - PID=[{}]\n", child.id())),
        Err(error) => fail(error),
    }
}
