//! The scenarios that SIPp brings along, as the installed one prints them.
#![expect(
    clippy::disallowed_types,
    reason = "the installed SIPp prints its scenarios"
)]

use std::process::{Command, Stdio};

use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::{Options, load};

const NAMES: [&str; 12] = [
    "uac",
    "uas",
    "regexp",
    "branchc",
    "branchs",
    "3pcc-A",
    "3pcc-B",
    "3pcc-C-A",
    "3pcc-C-B",
    "uac_pcap",
    "ooc_default",
    "ooc_dummy",
];

/// A scenario as SIPp prints it; `None` if there is no SIPp.
fn printed(name: &str) -> Option<Vec<u8>> {
    let output = Command::new("sipp")
        .args(["-sd", name])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    Some(output.stdout)
}

#[expect(clippy::print_stderr, reason = "a test that checks nothing says so")]
fn skipped() {
    eprintln!("skipped: no sipp");
}

#[test]
fn all_load_without_a_word() {
    for name in NAMES {
        let Some(bytes) = printed(name) else {
            skipped();
            return;
        };
        let file = NamedBytes {
            name: format!("{name}.xml"),
            bytes,
        };
        let loaded = load(&file, &Options::default());
        let shown = gannet_diag::render(&loaded.source, &loaded.diagnostics, false);
        assert_eq!(shown, "", "{name}");
        let scenario = loaded.scenario.expect("a scenario");
        assert!(!scenario.steps.is_empty(), "{name}");
    }
}
