//! `gannet seagull`, and the binary called `seagull`.

use std::process::{Command as Process, Stdio};

use clap::Args;
use gannet_diag::{Diagnostic, Severity};
use gannet_load::seagull::{Arguments, EXIT_FATAL, Plan, USAGE, Wish, play, read_files};
use gannet_scenario::seagull::load;

use crate::problem::{count, tell, tell_diagnostics};
use crate::terminal::Terminal;

/// Play Seagull's files with Seagull's command line, log, screens and exit codes.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub(crate) struct SeagullArguments {
    /// Seagull's own options; -help lists them.
    #[arg(
        value_name = "OPTION",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    arguments: Vec<String>,
}

/// Plays; gives Seagull's exit code.
pub(crate) fn execute(given: &SeagullArguments, terminal: Terminal) -> u8 {
    let arguments = match Wish::parse(given.arguments.clone()) {
        Ok(Wish::Run(arguments)) => *arguments,
        Ok(Wish::Help) => {
            print(USAGE);
            return 0;
        }
        Err(error) => {
            tell(&format!("error: {error}\n\n{USAGE}"));
            return EXIT_FATAL;
        }
    };
    let Some(run) = compile(&arguments, terminal) else {
        return EXIT_FATAL;
    };
    if arguments.background {
        return go_on_in_background(&given.arguments);
    }
    match play(Plan { run, arguments }) {
        Ok(code) => code,
        Err(error) => {
            let error = anyhow::Error::new(error);
            tell(&format!("error: {error:#}"));
            EXIT_FATAL
        }
    }
}

/// Reads and compiles the files; says everything that is wrong with them.
fn compile(arguments: &Arguments, terminal: Terminal) -> Option<gannet_scenario::seagull::Run> {
    let files = match read_files(
        &arguments.conf,
        &arguments.dictionaries,
        &arguments.scenario,
    ) {
        Ok(files) => files,
        Err(errors) => {
            for error in errors {
                tell(&format!("error: {error}"));
            }
            return None;
        }
    };
    let loaded = load(&files, &arguments.beyond.load_options());
    let mut errors = 0;
    for (source, diagnostics) in &loaded.diagnostics {
        tell_diagnostics(source, diagnostics.as_slice(), terminal);
        let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
        errors += diagnostics.as_slice().iter().filter(is_error).count();
    }
    if loaded.run.is_none() {
        tell(&format!("{}; nothing was sent", count(errors, "error")));
    }
    loaded.run
}

/// Starts the same again without a terminal, and leaves it alone.
fn go_on_in_background(arguments: &[String]) -> u8 {
    let binary = match std::env::current_exe() {
        Ok(binary) => binary,
        Err(error) => {
            tell(&format!("error: cannot go on in the background: {error}"));
            return EXIT_FATAL;
        }
    };
    let mut process = Process::new(binary);
    process
        .arg("seagull")
        .args(arguments.iter().filter(|option| !is_background(option)))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    std::os::unix::process::CommandExt::process_group(&mut process, 0);
    match process.spawn() {
        Ok(child) => {
            print(&format!("Background mode - PID=[{}]\n", child.id()));
            0
        }
        Err(error) => {
            tell(&format!("error: cannot go on in the background: {error}"));
            EXIT_FATAL
        }
    }
}

fn is_background(option: &str) -> bool {
    matches!(option, "-bg" | "--bg")
}

fn print(text: &str) {
    use std::io::Write;
    // Nobody reads it: nobody needs it.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
