//! The checks that decide whether a change may land, with the flags that `.ci/run` uses.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::{licences, tidy};

/// The steps in the order in which they run: the quick ones first.
const STEPS: &[&str] = &["fmt", "tidy", "licences", "clippy", "doc", "test"];

/// Runs the named steps, or all when none is named; true when all passed.
///
/// A step that fails does not stop the others: one run shows everything that is wrong.
pub(crate) fn run(root: &Path, named: &[&str]) -> io::Result<bool> {
    if let Some(unknown) = named.iter().find(|name| !STEPS.contains(name)) {
        let message = format!("no step `{unknown}`; there are: {}", STEPS.join(" "));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let mut failed = Vec::new();
    for step in STEPS
        .iter()
        .filter(|step| named.is_empty() || named.contains(step))
    {
        println!("== {step}");
        let started = Instant::now();
        if !run_step(root, step)? {
            failed.push(*step);
        }
        println!("== {step}: {:.0} s", started.elapsed().as_secs_f64());
    }
    if failed.is_empty() {
        println!("ci: all passed");
    } else {
        println!("ci: failed: {}", failed.join(" "));
    }
    Ok(failed.is_empty())
}

fn run_step(root: &Path, step: &str) -> io::Result<bool> {
    match step {
        "fmt" => cargo(root, &["fmt", "--all", "--check"], &[]),
        "tidy" => tidy::run(root),
        "licences" => licences::run(root),
        "clippy" => {
            let flags = [
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--",
                "-D",
                "warnings",
            ];
            cargo(root, &flags, &[])
        }
        "doc" => {
            let flags = ["doc", "--workspace", "--no-deps", "--locked"];
            cargo(root, &flags, &[("RUSTDOCFLAGS", "-D warnings")])
        }
        _ => cargo(root, &["test", "--workspace", "--locked"], &[]),
    }
}

fn cargo(root: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> io::Result<bool> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(root);
    Ok(command.status()?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_step_is_named_with_the_known_ones() {
        let error = run(Path::new("."), &["fmt", "lint"]).expect_err("there is no such step");
        assert!(
            error
                .to_string()
                .starts_with("no step `lint`; there are: fmt tidy")
        );
    }
}
