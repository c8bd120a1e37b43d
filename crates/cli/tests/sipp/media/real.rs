//! Media with the original on the other side. Needs `GANNET_INTEROP=1` and `sipp`; the original
//! sends captures and keys from raw sockets, which only the administrator may open.

use std::io::Write;

use super::rig::{Rig, capture_file, free_run};
use crate::harness::{Folder, Program, free_port};

fn is_wanted() -> bool {
    let wanted = std::env::var_os("GANNET_INTEROP").is_some();
    if !wanted {
        // Past the test harness, which keeps what a test that passes has printed.
        let _ = writeln!(std::io::stderr(), "skipped: GANNET_INTEROP is not set");
    }
    wanted
}

/// Number of packets of a line of the last screen, before a word.
#[track_caller]
fn packets(screen: &str, word: &str) -> u64 {
    let end = format!(" {word}");
    let halves = screen.lines().flat_map(|line| line.split("   "));
    let found = halves
        .map(str::trim)
        .filter(|half| half.contains("RTP packets") && half.ends_with(&end));
    let half = found
        .last()
        .unwrap_or_else(|| panic!("no RTP packets {word} in:\n{screen}"));
    half.split(' ')
        .next()
        .and_then(|count| count.parse().ok())
        .unwrap()
}

#[test]
fn the_original_echoes_a_pattern() {
    if !is_wanted() {
        return;
    }
    let folder = Folder::new();
    let check = r#"<exec rtp_stream="apattern,2,8,PCMA/8000"/>"#;
    let caller = Rig::caller(check, 1_000, "[rtpstream_audio_port]");
    let folder = folder.with("caller.xml", &caller);
    let (at, from) = (free_port(), free_port());
    let common = format!("-i 127.0.0.1 -nostdin -m 1 -mp {}", free_run());
    let callee = format!("-sn uas -rtp_echo -p {at} {common}");
    let mut callee = folder.play(Program::Sipp, "callee", &callee).listening(at);
    let common = format!("-i 127.0.0.1 -nostdin -m 1 -mp {}", free_run());
    let caller = format!("-sf caller.xml -audiotolerance 0.1 -p {from} {common} 127.0.0.1:{at}");
    folder.run("caller", &caller).wait().all_successful(1);
    callee.wait().all_successful(1);
}

#[test]
fn what_the_original_plays_is_echoed() {
    if !is_wanted() {
        return;
    }
    let capture = capture_file(&[(0, 4_000, &[8; 40]), (20, 4_000, &[9; 40])]);
    for (action, count) in [
        (r#"<exec rtp_stream="stream.raw,2,8"/>"#, 10),
        (r#"<exec play_dtmf="12,100"/>"#, 36),
        (r#"<exec play_pcap_audio="two.pcap"/>"#, 2),
    ] {
        let caller = Rig::caller(action, 1_800, "[auto_media_port]");
        let folder = Folder::new().with("caller.xml", &caller);
        std::fs::write(folder.path("stream.raw"), [7; 800]).unwrap();
        std::fs::write(folder.path("two.pcap"), &capture).unwrap();
        let (at, from) = (free_port(), free_port());
        let common = format!("-i 127.0.0.1 -nostdin -m 1 -mp {}", free_run());
        let callee = format!("-sn uas -rtp_echo -p {at} {common}");
        let mut callee = folder.run("callee", &callee).listening(at);
        let common = format!("-i 127.0.0.1 -nostdin -m 1 -mp {}", free_run());
        let caller = format!("-sf caller.xml -p {from} {common} 127.0.0.1:{at}");
        let mut caller = folder.play(Program::Sipp, "caller", &caller);
        caller.wait().all_successful(1);
        let ended = callee.wait();
        ended.all_successful(1);
        assert_eq!(packets(&ended.out, "echoed"), count, "{action}");
    }
}
