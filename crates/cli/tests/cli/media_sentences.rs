//! The sentences about session descriptions, and about the media of calls.

use std::time::Duration;

use crate::bench::{Bench, Ran, feature};

/// Ends in a connected call.
const CALL: [&str; 4] = [
    "Alice uses generic phone",
    "Bob uses generic phone",
    "Alice calls Bob",
    "Bob answers the call",
];

/// Runs one scenario for each list of steps behind a call, all at once.
fn run_in_calls(scenarios: &[&[&str]]) -> Ran {
    run_in_calls_beside(&[], scenarios).1
}

/// The same with files beside the feature.
fn run_in_calls_beside(files: &[(&str, &[u8])], scenarios: &[&[&str]]) -> (Bench, Ran) {
    let steps = |steps: &&[&str]| -> String {
        let all = CALL.iter().chain(steps.iter());
        let lines: Vec<_> = all.map(|step| format!("    * {step}\n")).collect();
        format!("  Scenario: S\n{}", lines.concat())
    };
    let text: Vec<_> = scenarios.iter().map(steps).collect();
    let bench = Bench::new().with("f.feature", &format!("Feature: F\n{}", text.concat()));
    let bench = files.iter().fold(bench, |bench, (name, octets)| {
        bench.with_bytes(name, octets)
    });
    let run = bench.run("test f.feature");
    (bench, run)
}

#[test]
fn session_descriptions_are_looked_at() {
    let run = run_in_calls(&[&[
        "SDP of INVITE offers PCMU, telephone-event/8000",
        "SDP of INVITE sent by Alice offers PCMU, PCMA in this order",
        "SDP of INVITE received by Bob offers pcmu",
        "SDP of 200 to INVITE received by Alice offers PCMA",
        "SDP of 200 to INVITE sent by Bob direction is sendrecv",
        "SDP of INVITE direction is sendrecv",
        "SDP of 200 has line /^a=ptime:20$/",
        "SDP of INVITE received by Bob has line /^m=audio \\d+ RTP\\/AVP 0 8 101$/",
    ]]);
    run.expect(0, &["1 scenario: 1 passed"]);
}

#[test]
fn a_session_description_that_differs_is_shown_beside_what_was_expected() {
    let run = run_in_calls(&[
        &["SDP of INVITE offers PCMU, G722"],
        &["SDP of INVITE offers PCMA, PCMU in this order"],
        &["SDP of INVITE received by Bob direction is sendonly"],
        &["SDP of INVITE sent by Alice direction is upwards"],
        &["SDP of 200 to INVITE has line /^a=crypto/"],
        &["SDP of BYE sent by Bob offers PCMU within 300 ms"],
    ]);
    run.expect(
        1,
        &[
            "6 scenarios: 5 failed, 1 timed out",
            "lacks G722, is PCMU/8000, PCMA/8000, telephone-event/8000",
            "order of codecs is PCMU/8000, PCMA/8000, telephone-event/8000, expected PCMA, PCMU",
            "direction is sendrecv, expected sendonly",
            "`upwards` is no direction",
            "has no line with /^a=crypto/",
            "Bob has not sent BYE with SDP",
        ],
    );
}

#[test]
fn what_both_ends_of_a_call_agreed_on_is_seen_in_their_rtp() {
    let run = run_in_calls(&[&[
        "the call uses codec PCMU",
        "the call uses ptime 20",
        "media flows directly",
        "RTP from Alice keeps SSRC",
        "RTP from Bob keeps SSRC",
        "Alice loses at most 1%",
        "Bob has jitter below 100 ms",
        "Alice has gaps below 500 ms",
        "RTCP is received within 10 seconds",
        "Alice hangs up",
        "Alice has gap below 500 ms",
    ]]);
    run.expect(0, &["1 scenario: 1 passed"]);
}

#[test]
fn a_call_with_a_service_of_the_server_is_relayed_by_it() {
    let relayed = feature(&["Alice calls echo", "the call is relayed through 127.0.0.1"]);
    let other = feature(&["Alice calls echo", "the call is relayed through 192.0.2.1"]);
    let direct = feature(&["Alice calls echo", "media flows directly"]);
    let bench = Bench::new()
        .with("relayed.feature", &relayed)
        .with("other.feature", &other)
        .with("direct.feature", &direct);
    bench.run("test relayed.feature").expect(0, &[]);
    let found = bench.run("test other.feature direct.feature");
    found.expect(
        1,
        &[
            "2 scenarios: 2 failed",
            "expected 192.0.2.1",
            "no phone of this scenario is at the other end of the call",
        ],
    );
}

#[test]
fn media_that_is_not_as_expected_says_what_it_was() {
    let run = run_in_calls(&[
        &["the call uses codec PCMA"],
        &["the call uses ptime 30"],
        &["the call is relayed through 127.0.0.1"],
        &[
            "Bob mutes",
            "Alice plays silence",
            "Alice has jitter below 0 ms",
        ],
        &["Carol is idle", "RTP from Carol keeps SSRC"],
        &["Alice has gaps below 1 ms"],
        &["RTCP is received within 1 ms"],
    ]);
    run.expect(
        1,
        &[
            "7 scenarios: 7 failed",
            "expected less than 1 ms",
            "RTCP did not come to Alice",
            "Alice sends PCMU, expected PCMA",
            "Alice sends packets of 20 ms, expected 30 ms",
            "RTP comes to Alice from Bob itself",
            "expected less than 0 ms",
            "Carol is not in the call that was made last",
        ],
    );
}

#[test]
fn lost_packets_are_counted() {
    let lossy = [
        "Alice calls Bob",
        "Bob answers the call",
        "Alice loses at most 0.1%",
    ];
    let bench = Bench::new().with("f.feature", &feature(&lossy));
    let run = bench.run("test f.feature --loss 0.2");
    run.expect(1, &["of its RTP, expected at most 0.1%", "are missing"]);
}

#[test]
fn phones_play_what_they_are_told_and_record_what_they_hear() {
    let steps = [
        "Bob records to \"heard.wav\"",
        "Alice plays a 440 Hz tone",
        "Bob hears a 440 Hz tone",
        "Bob stops recording",
        "Alice records to \"answer.wav\"",
        "Alice plays \"beep.wav\"",
        "Bob hears a 700 Hz tone",
        "Alice plays its own audio",
        "Bob hears Alice",
        "Bob echoes",
        "Alice hears Alice",
        "Alice plays silence",
        "wait 500 ms",
        "Bob hears silence",
    ];
    let tone = gannet_media::Tone::new(700.0);
    let beep = gannet_media::render(&[tone], Duration::from_secs(5));
    let (bench, run) =
        run_in_calls_beside(&[("beep.wav", &gannet_media::write_wav(&beep))], &[&steps]);
    run.expect(0, &["1 scenario: 1 passed"]);
    for name in ["heard.wav", "answer.wav"] {
        let octets = std::fs::read(bench.path().join(name)).unwrap();
        let samples = gannet_media::read_wav(&octets).unwrap();
        assert!(samples.len() > 6_000, "{name}: {}", samples.len());
    }
}

#[test]
fn what_cannot_be_played_or_recorded_is_a_fault() {
    let run = run_in_calls(&[
        &["Alice plays \"f.feature\""],
        &["Alice plays a 9000 Hz tone"],
        &["Bob records to \"no/such/folder.wav\""],
        &["Bob stops recording"],
        &["Bob records to \"a.wav\"", "Bob records to \"b.wav\""],
    ]);
    run.expect(
        1,
        &[
            "5 scenarios: 5 failed",
            "f.feature cannot be played",
            "as a capture: not a pcap or pcapng file",
            "tones from 1 to 3999 Hz, not 9000 Hz",
            "no/such/folder.wav",
            "Bob does not record",
            "Bob records already",
        ],
    );
    let absent = Bench::new().with("f.feature", &feature(&["Alice plays \"absent.wav\""]));
    absent
        .run("test f.feature")
        .expect(2, &["there is no file `absent.wav`"]);
}
