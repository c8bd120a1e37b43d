//! tshark reads what gannet captured.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::harness::{FeatureRun, Server, ServerKind, Site, Tshark};

const RUN_LIMIT: Duration = Duration::from_mins(1);

#[test]
fn captures_with_the_embedded_server_are_well_formed() {
    well_formed(
        "captures_with_the_embedded_server_are_well_formed",
        ServerKind::Embedded,
    );
}

#[test]
fn captures_with_kamailio_are_well_formed() {
    well_formed(
        "captures_with_kamailio_are_well_formed",
        ServerKind::Kamailio,
    );
}

fn well_formed(name: &'static str, kind: ServerKind) {
    let Some(site) = Site::open(name, &[kind.programs(), &["tshark"]].concat()) else {
        return;
    };
    let server = Server::start(&site, kind);
    let out = site.file("out");
    let run = FeatureRun::of_file(&site, "captured", Site::interop("calls/captured.feature"));
    let outcome = run
        .with_config(&server.gannet_toml())
        .with("--out", out.to_string_lossy())
        .run(RUN_LIMIT);
    outcome.assert_passed();
    let captures = captures_below(&out);
    assert_eq!(captures.len(), 3, "one capture per scenario: {captures:?}");
    for capture in &captures {
        assert_well_formed(&site, capture);
    }
    let talked = captures
        .iter()
        .map(|capture| Tshark::of(&site, capture).rtp_streams().len())
        .max();
    // Two phones, each with a stream sent and the same stream received at the other.
    assert!(talked >= Some(2), "{talked:?} RTP streams");
}

fn assert_well_formed(site: &Site, capture: &Path) {
    let tshark = Tshark::of(site, capture);
    assert!(
        !tshark.packets("sip").is_empty(),
        "no SIP in {}",
        capture.display()
    );
    for fault in [
        "_ws.malformed",
        "(sip || sdp || rtp || rtcp) && _ws.expert.severity == \"Error\"",
        "(sip || sdp || rtp || rtcp) && _ws.expert.group == \"Malformed\"",
    ] {
        let packets = tshark.packets(fault);
        assert!(packets.is_empty(), "{fault}: {packets:#?}");
    }
}

/// The captures of a run's folder, in folders below it too.
pub(crate) fn captures_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut captures = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            captures.extend(captures_below(&path));
        } else if path
            .extension()
            .is_some_and(|kind| kind == "pcap" || kind == "pcapng")
        {
            captures.push(path);
        }
    }
    captures.sort();
    captures
}
