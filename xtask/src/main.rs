//! The chores of the Gannet workspace, run as `cargo xtask <chore>`.
//!
//! - `tidy` checks what a reviewer forgets: layer arrows, lengths, leftovers, citation form.
//! - `licences` fails on a dependency whose licence is not permissive.
//! - `ci` runs every check that decides whether a change may land.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore runner talks to the terminal of the person who started it"
)]

mod ci;
mod finding;
mod licences;
mod source;
mod tidy;
mod tree;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <chore>

chores:
  tidy [--record]   check the house rules; --record lowers (or first writes) xtask/ratchet.txt
  licences          check the licence of every dependency
  ci [STEP]...      run all steps, or the named ones: fmt clippy tidy licences doc test";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = workspace_root();
    let passed = match arguments.as_slice() {
        ["tidy"] => tidy::run(&root),
        ["tidy", "--record"] => tidy::record(&root),
        ["licences"] => licences::run(&root),
        ["ci", steps @ ..] => ci::run(&root, steps),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(true)
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match passed {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(3)
        }
    }
}

/// The folder that holds the workspace's `Cargo.toml`, wherever the chore was started.
fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies below the root")
        .into()
}
