//! The house rules that no compiler checks; each rule is one file below `tidy/`.

mod clippy_bans;
mod crate_docs;
mod dependency_reasons;
mod facades;
mod folder_readmes;
mod layers;
mod leftovers;
mod lengths;
mod lint_attributes;
mod machine_paths;
mod manifest;
mod ratchet;
mod rfc_citation;
mod sleeps;
mod unused_dependencies;
mod waivers;

use std::fs;
use std::io;
use std::path::Path;

use crate::finding::Finding;
use crate::source::SourceFile;
use crate::tree::{self, TextFile};
use ratchet::Ratchet;

const RATCHET_PATH: &str = "xtask/ratchet.txt";

/// Runs all checks and prints every finding; true when there is none.
pub(crate) fn run(root: &Path) -> io::Result<bool> {
    let files = tree::read(root)?;
    let findings = check(&files);
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} files, {} findings", files.len(), findings.len());
    Ok(findings.is_empty())
}

/// Writes the present lengths into the ratchet: all of them the first time, later only lower ones.
pub(crate) fn record(root: &Path) -> io::Result<bool> {
    let files = tree::read(root)?;
    let present = lengths::present(&rust_sources(&files));
    let ratchet = match files.iter().find(|file| file.path == RATCHET_PATH) {
        Some(file) => Ratchet::parse(&file.text).0.lowered_to(&present),
        None => present,
    };
    fs::write(root.join(RATCHET_PATH), ratchet.render())?;
    run(root)
}

/// Every finding in `files`, in the order of the files.
fn check(files: &[TextFile]) -> Vec<Finding> {
    let sources = rust_sources(files);
    let ratchet_text = files.iter().find(|file| file.path == RATCHET_PATH);
    let (ratchet, bad_lines) = Ratchet::parse(ratchet_text.map_or("", |file| &file.text));
    let mut findings: Vec<Finding> = bad_lines
        .into_iter()
        .map(|line| {
            Finding::new(
                "ratchet",
                RATCHET_PATH,
                line,
                "not `<lines> <path> [function]`",
            )
        })
        .collect();
    findings.extend(layers::check(files));
    findings.extend(clippy_bans::check(files));
    findings.extend(dependency_reasons::check(files));
    findings.extend(folder_readmes::check(files));
    findings.extend(machine_paths::check(files));
    findings.extend(crate_docs::check(files));
    findings.extend(leftovers::check(files, &sources));
    findings.extend(unused_dependencies::check(files, &sources));
    findings.extend(lengths::check(&sources, &ratchet, RATCHET_PATH));
    for source in &sources {
        findings.extend(facades::check(source));
        findings.extend(lint_attributes::check(source));
        findings.extend(rfc_citation::check(source));
        findings.extend(sleeps::check(source));
    }
    let mut findings = waivers::apply(findings, &sources);
    findings.sort();
    findings.dedup();
    findings
}

fn rust_sources(files: &[TextFile]) -> Vec<SourceFile> {
    let rust = files.iter().filter(|file| file.is_rust());
    rust.map(|file| SourceFile::new(&file.path, &file.text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_come_sorted_and_waived_ones_do_not_come() {
        let body = "//! A crate that sleeps twice.\n#[cfg(test)]\nmod tests {\n    fn a() {\n        \
                    sleep(1);\n        sleep(2); // tidy(sleep): the paced sender is the subject\n    }\n}\n";
        let files = [
            TextFile::new(
                "crates/sim/Cargo.toml",
                "[dependencies]\ngannet-net.workspace = true\n",
            ),
            TextFile::new(
                "crates/sim/src/lib.rs",
                "//! A crate that simulates the wire.\nuse gannet_net::A;\n",
            ),
            TextFile::new("crates/sim/src/wire.rs", body),
        ];
        let shown: Vec<String> = check(&files)
            .iter()
            .map(|f| format!("{}:{} {}", f.path, f.line, f.check))
            .collect();
        assert_eq!(
            shown,
            [
                "crates/sim/Cargo.toml:2 layers",
                "crates/sim/src/wire.rs:5 sleep"
            ]
        );
    }
}
