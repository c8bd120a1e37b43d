//! tshark counts what gannet counts: loss and jitter of clean and of impaired streams.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{FeatureRun, Server, ServerKind, Site, Tshark};

const RUN_LIMIT: Duration = Duration::from_mins(1);
/// Our times of arrival are those of the receiver, those of the capture of the sender: on a busy
/// machine they differ by some ms.
const JITTER_SLACK_MS: f64 = 5.0;

/// What one of both says about the stream from Alice to Bob.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Figures {
    packets: u64,
    lost: i64,
    jitter_mean_ms: f64,
    jitter_max_ms: f64,
}

#[test]
fn tshark_agrees_with_our_figures() {
    let Some(site) = Site::open("tshark_agrees_with_our_figures", &["tshark"]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let rows = [
        ("clean", None),
        ("3 % loss", Some("Alice loses 3% of its RTP")),
        (
            "10 % loss in bursts",
            Some("Alice loses 10% of its RTP in bursts of 4"),
        ),
        ("60 ms jitter", Some("Alice jitters its RTP by 60 ms")),
        ("100 ms delay", Some("Alice delays its RTP by 100 ms")),
        ("15 ms jitter", Some("Alice jitters its RTP by 15 ms")),
    ];
    let mut table = String::from("stream               tshark                        gannet\n");
    for (name, sentence) in rows {
        let text = scenario(sentence);
        let file = name.replace([' ', '%'], "_");
        let out = site.file(&format!("out_{file}"));
        let feature = site.write(&format!("{file}.feature"), &text);
        let outcome = FeatureRun::of_file(&site, &file, feature)
            .with_config(&server.gannet_toml())
            .with("--out", out.to_string_lossy())
            .with("--seed", "11")
            .run(RUN_LIMIT);
        outcome.assert_passed();
        let ours = our_figures(&out);
        let theirs = their_figures(&site, &out);
        writeln!(table, "{name:20} {theirs:?} {ours:?}").expect("to memory");
        // tshark counts from the packet that came first: one that it overtook makes less than none.
        assert_eq!(
            (ours.packets, ours.lost),
            (theirs.packets, theirs.lost.max(0)),
            "{table}"
        );
        for (our, their) in [
            (ours.jitter_mean_ms, theirs.jitter_mean_ms),
            (ours.jitter_max_ms, theirs.jitter_max_ms),
        ] {
            assert!((our - their).abs() < JITTER_SLACK_MS, "{table}");
        }
        let impaired = sentence.is_some_and(|it| it.contains("loses"));
        assert_eq!(ours.lost > 0, impaired, "{table}");
    }
}

fn scenario(sentence: Option<&str>) -> String {
    let mut text = String::from("Feature: F\n  Scenario: S\n");
    let steps = sentence.into_iter().chain([
        "Alice calls Bob",
        "Bob answers the call",
        "wait 6 seconds",
        // What is still on its way when the call ends would be in the capture only.
        "Alice loses 100% of its RTP",
        "wait 500 ms",
        "Alice hangs up",
        "Bob receives BYE",
    ]);
    for step in steps {
        writeln!(text, "    * {step}").expect("to memory");
    }
    text
}

/// From `results.json`: what came to Bob.
fn our_figures(out: &std::path::Path) -> Figures {
    let text = fs::read_to_string(out.join("results.json")).expect("results");
    let results: Value = serde_json::from_str(&text).expect("JSON");
    let media = find_media(&results, "Bob").expect("media of Bob");
    let millis = |name: &str| media[name].as_f64().expect("a number") * 1000.0;
    Figures {
        packets: media["packets_received"].as_u64().expect("a number"),
        lost: media["packets_lost"].as_i64().expect("a number"),
        jitter_mean_ms: millis("jitter_mean_s"),
        jitter_max_ms: millis("jitter_max_s"),
    }
}

fn find_media<'a>(value: &'a Value, phone: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) if fields.get("packets_received").is_some() => {
            (fields["phone"] == phone).then_some(value)
        }
        Value::Object(fields) => fields.values().find_map(|it| find_media(it, phone)),
        Value::Array(items) => items.iter().find_map(|it| find_media(it, phone)),
        _ => None,
    }
}

/// From the table `rtp,streams`: the stream that begins with Alice's port, which called and so is
/// the one that the other one is not.
fn their_figures(site: &Site, out: &std::path::Path) -> Figures {
    let captures = super::captures::captures_below(out);
    let [capture] = &captures[..] else {
        panic!("one capture: {captures:?}");
    };
    let tshark = Tshark::of(site, capture);
    let lines = tshark.rtp_streams();
    assert_eq!(lines.len(), 2, "two streams: {lines:#?}");
    // The offer names the port to which RTP of Bob goes, so Alice's comes from there.
    let offer = tshark.fields("sip.Method == \"INVITE\"", "sdp.media.port");
    let alice = offer.first().expect("an INVITE with SDP").clone();
    let line = lines.iter().find(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        words.get(3) == Some(&alice.as_str())
    });
    read_line(line.unwrap_or_else(|| panic!("no stream from {alice}: {lines:#?}")))
}

/// Begin, end, source, port, destination, port, SSRC, payload, packets, lost (percent), deltas
/// (least, mean, most), jitters (the same), and an X for problems.
fn read_line(line: &str) -> Figures {
    let words: Vec<&str> = line.split_whitespace().filter(|it| *it != "X").collect();
    let percent = words
        .iter()
        .position(|it| it.starts_with('('))
        .expect("lost percent");
    let number = |index: usize| words[index].parse::<f64>().expect(line);
    Figures {
        packets: number(percent - 2) as u64,
        lost: number(percent - 1) as i64,
        jitter_mean_ms: number(percent + 5),
        jitter_max_ms: number(percent + 6),
    }
}
