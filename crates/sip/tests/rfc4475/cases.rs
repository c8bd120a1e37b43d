//! Reads the table of expectations and the messages.

use std::path::PathBuf;

use gannet_sip::Message;

/// One line of `cases.tsv`, which explains the columns.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) class: &'static str,
    pub(crate) refusal: Option<u16>,
    pub(crate) uas: &'static str,
    pub(crate) deviations: Vec<&'static str>,
}

pub(crate) fn cases() -> impl Iterator<Item = Case> {
    include_str!("cases.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<_> = line.split('\t').collect();
            Case {
                name: columns[0],
                class: columns[2],
                refusal: columns[3].parse().ok(),
                uas: columns[4],
                deviations: columns[5..].to_vec(),
            }
        })
}

/// The folder with the messages, `None` if it is not there.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn fixtures() -> Option<PathBuf> {
    let shared = std::env::var_os("GANNET_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("fixtures/rfc4475");
    if folder.is_dir() {
        return Some(folder);
    }
    let required = std::env::var_os("GANNET_REQUIRE_SHARED").is_some();
    assert!(!required, "no {}", folder.display());
    eprintln!("skipped: no ../shared");
    None
}

/// The message of this name, `None` if the folder is not there.
pub(crate) fn message(name: &str) -> Option<Message> {
    let bytes = std::fs::read(fixtures()?.join(format!("{name}.dat"))).expect(name);
    Some(Message::parse(bytes))
}
