//! Tags that tell the runner something.

use std::collections::BTreeSet;
use std::time::Duration;

use gannet_diag::{Diagnostic, nearest};
use gannet_gherkin::PickleTag;

use crate::vocabulary::parse_time;

/// What the tags of a scenario tell the runner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directives {
    /// `@skip`: do not run it.
    pub skip: bool,
    /// `@serial`: no other scenario runs meanwhile.
    pub serial: bool,
    /// `@timeout.<time>`: how long the whole scenario may take.
    pub timeout: Option<Duration>,
    /// `@retry.<n>`: how often it is tried again when it does not pass.
    pub retries: u32,
    /// `@requires.<feature>`: what the server must be able to do.
    pub requires: BTreeSet<String>,
    /// `@import.<file.csv>`: files with users, each with the place of its tag.
    pub imports: Vec<(String, std::ops::Range<usize>)>,
}

/// Retries beyond which a test says nothing any more.
const RETRIES_MAX: u32 = 100;

/// The directives and their beginnings, for help.
const KNOWN: [&str; 5] = ["@timeout.", "@retry.", "@requires.", "@import.", "@rfc."];

impl Directives {
    /// Reads the tags. Tags without meaning for the runner are the user's own; a directive that
    /// cannot be read is an error.
    pub(super) fn read(tags: &[PickleTag], report: &mut impl FnMut(Diagnostic)) -> Self {
        let mut read = Self::default();
        for tag in tags {
            read.take(tag, report);
        }
        read
    }

    fn take(&mut self, tag: &PickleTag, report: &mut impl FnMut(Diagnostic)) {
        let mut bad = |expected: &str| {
            report(
                Diagnostic::error(
                    "bad-tag",
                    format!("`{}` cannot be read", tag.name),
                    tag.span.clone(),
                )
                .with_label(format!("expected {expected}")),
            );
        };
        let name = tag.name.trim_start_matches('@');
        let (directive, value) = name.split_once('.').unwrap_or((name, ""));
        match directive {
            "skip" => self.skip = true,
            "serial" => self.serial = true,
            "timeout" => match tag_time(value) {
                Some(time) if !time.is_zero() => self.timeout = Some(time),
                _ => bad("@timeout.<time>, for example @timeout.30s or @timeout.2m"),
            },
            "retry" => match value.parse() {
                Ok(retries) if retries <= RETRIES_MAX => self.retries = retries,
                _ => bad("@retry.<n>, n from 0 to 100"),
            },
            "requires" if value.is_empty() => bad("@requires.<feature>"),
            "requires" => {
                self.requires.insert(value.to_owned());
            }
            "import" if value.is_empty() => bad("@import.<file.csv>"),
            "import" => self.imports.push((value.to_owned(), tag.span.clone())),
            "rfc" => {
                let section = value.chars().all(|c| c.is_ascii_digit() || c == '.');
                if value.is_empty() || !section {
                    bad("@rfc.<number>, for example @rfc.3261");
                }
            }
            _ => {}
        }
        // `@timout.5s` would silently do nothing.
        let beginning = format!("@{directive}.");
        if !value.is_empty() && !KNOWN.contains(&beginning.as_str()) {
            let near = nearest(&beginning, KNOWN, 1);
            if !near.is_empty() {
                let message = format!("`{}` tells the runner nothing", tag.name);
                report(
                    Diagnostic::warning("unknown-directive", message, tag.span.clone())
                        .with_suggestions(&near),
                );
            }
        }
    }
}

/// `30s`, `500ms`, `2m`; a bare number is seconds.
fn tag_time(text: &str) -> Option<Duration> {
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => parse_time(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&str]) -> (Directives, Vec<String>) {
        let tag = |&name: &&str| PickleTag {
            name: name.to_owned(),
            ast_node_id: 0,
            span: 0..name.len(),
        };
        let tags: Vec<_> = names.iter().map(tag).collect();
        let mut messages = Vec::new();
        let read = Directives::read(&tags, &mut |d| messages.push(d.message));
        (read, messages)
    }

    #[test]
    fn all_directives() {
        let (read, messages) = read(&[
            "@skip",
            "@serial",
            "@timeout.90s",
            "@retry.2",
            "@requires.voicemail",
            "@rfc.3261",
            "@import.users.csv",
            "@smoke",
        ]);
        assert_eq!(messages, [""; 0]);
        assert!(read.skip && read.serial);
        assert_eq!(read.timeout, Some(Duration::from_secs(90)));
        assert_eq!(read.retries, 2);
        assert!(read.requires.contains("voicemail"));
        assert_eq!(read.imports[0].0, "users.csv");
    }

    #[test]
    fn what_cannot_be_read_or_does_nothing_is_told() {
        let (_, messages) = read(&["@timeout.soon", "@retry.-1", "@rfc.x", "@timout.5s"]);
        assert_eq!(
            messages,
            [
                "`@timeout.soon` cannot be read",
                "`@retry.-1` cannot be read",
                "`@rfc.x` cannot be read",
                "`@timout.5s` tells the runner nothing",
            ]
        );
    }
}
