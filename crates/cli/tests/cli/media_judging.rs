//! The sentences that judge media, and those that impair them on purpose.

use std::time::Duration;

use crate::bench::{Bench, Ran};

/// Ends in a connected call in which both hear each other.
const CALL: [&str; 3] = ["Alice calls Bob", "Bob answers the call", "Bob hears Alice"];

/// Runs one scenario for each list of steps behind a call, all at once, with the same random
/// numbers each time.
fn run_in_calls(files: &[(&str, &[u8])], scenarios: &[&[&str]]) -> Ran {
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
    bench.run("test f.feature --seed 7")
}

/// Chords that no other number gives.
pub(super) fn melody(number: u64, seconds: u64, rate: u32) -> Vec<i16> {
    let note = Duration::from_millis(130);
    let count = seconds * 1000 / 130;
    let notes = (0..count).flat_map(|n| {
        let mix = |salt: u64| (n * 7919 + number * 2741 + salt * 1319) * 40_503 / 32 % 2000;
        let tone = |salt| gannet_media::Tone::new(300.0 + mix(salt) as f32);
        gannet_media::render(&[tone(1), tone(2), tone(3)], note)
    });
    let samples: Vec<i16> = notes.collect();
    // Every sample again makes twice the rate, with images that a telephone does not pass.
    samples
        .into_iter()
        .flat_map(|sample| std::iter::repeat_n(sample / 3, rate as usize / 8000))
        .collect()
}

pub(super) fn wav(samples: &[i16], rate: u32) -> Vec<u8> {
    let octets = gannet_media::write_wav(samples);
    let mut octets = octets;
    // The rates of samples and of octets in the header.
    octets[24..28].copy_from_slice(&rate.to_le_bytes());
    octets[28..32].copy_from_slice(&(rate * 2).to_le_bytes());
    octets
}

#[test]
fn every_wrong_situation_is_caught_by_its_name() {
    let run = run_in_calls(
        &[],
        &[
            &[
                "Alice loses 100% of its RTP",
                "the media of Bob has the fault \"gap\"",
                "the media of Alice has no faults",
            ],
            &[
                "Alice sends its RTP with payload type 8",
                "the media of Bob has the fault \"wrong codec\"",
            ],
            &[
                "Alice sends its RTP with payload type 99",
                "the media of Bob has the fault \"wrong payload type\"",
            ],
            &[
                "Alice sends its RTP from another port",
                "the media of Bob has the fault \"stream from another address\"",
            ],
            &[
                "Alice loses 3% of its RTP",
                "the media of Bob has the fault \"packet loss\"",
            ],
            &[
                "Alice jitters its RTP by 60 ms",
                "the media of Bob has the fault \"jitter\"",
            ],
            &[
                "Alice pauses its RTP for 500 ms",
                "the media of Bob has the fault \"gap\"",
            ],
            &[
                "Alice freezes the timestamps of its RTP",
                "the media of Bob has the fault \"frozen timestamp\"",
            ],
            &[
                "Alice reorders 5% of its RTP",
                "the media of Bob has the fault \"packets out of order\"",
            ],
            &[
                "Alice duplicates 5% of its RTP",
                "the media of Bob has the fault \"packets twice\"",
            ],
            // What comes in can suffer as well, and all comes to an end.
            &[
                "Bob loses 50% of its incoming RTP in bursts of 5",
                "the media of Bob has the fault \"packet loss\"",
                "Bob no longer impairs its RTP",
                "Bob hears Alice",
            ],
        ],
    );
    run.expect(0, &["11 scenarios: 11 passed"]);
}

#[test]
fn faults_of_a_call_from_its_start_are_caught_by_their_names() {
    let text = "Feature: F
  Scenario: one way
    * Alice loses 100% of its RTP
    * Alice calls Bob
    * Bob answers the call
    * the media of Bob has the fault \"one-way audio\"
    * Alice hears Bob from the start
  Scenario: silence, then speech
    * Alice loses 100% of its RTP
    * Alice calls Bob
    * Bob answers the call
    * Alice plays silence
    * Alice no longer impairs its RTP
    * the media of Bob has the fault \"silence instead of speech\"
    * Alice plays its own audio
    * the media of Bob has the fault \"late start\"
";
    let bench = Bench::new().with("f.feature", text);
    let run = bench.run("test f.feature");
    run.expect(0, &["2 scenarios: 2 passed"]);
}

#[test]
fn what_is_wrong_is_told_in_failures_and_figures() {
    let run = run_in_calls(
        &[],
        &[
            &[
                "Alice loses 20% of its RTP",
                "the media of the call has no faults",
            ],
            &[
                "Alice loses 20% of its RTP in bursts of 4",
                "Bob has MOS at least 4",
            ],
            &[
                "Alice loses 100% of its RTP",
                "Alice and Bob talk for 1 second",
            ],
            &[
                "Alice sends its RTP with payload type 99",
                "Alice and Bob talk for 1 second",
            ],
            &["the media of Bob has the fault \"jitter\" within 1 s"],
            &["the media of Bob has the fault \"bad mood\""],
            &[
                "Alice reorders 30% of its RTP",
                "Bob has at most 1% of its RTP out of order",
            ],
            &[
                "Alice duplicates 30% of its RTP",
                "Bob has at most 1% of its RTP twice",
            ],
            &["Bob hears Alice from the start within 0 ms"],
            &["Alice loses 101% of its RTP"],
            &["Alice delays its RTP by 11 seconds"],
            &["Alice sends its RTP with payload type 128"],
            &["Alice loses 5% of its RTP in bursts of 0"],
            &["Bob has MOS at least 5"],
        ],
    );
    run.expect(
        1,
        &[
            "14 scenarios: 14 failed",
            "the media of Bob has a fault, packet loss: ",
            "packets (",
            "the audio that came to Bob has MOS ",
            "expected at least 4",
            "by the E-model (ITU-T G.107): PCMU, ",
            "gap: nothing came for ",
            "wrong payload type: ",
            "packets of payload type 99 came, agreed was 0, 8",
            "the media of Bob does not have the fault jitter",
            "`bad mood` is no fault: there are one-way audio, wrong codec,",
            "of the RTP came to Bob out of order, expected at most 1%",
            "of the RTP came to Bob twice, expected at most 1%",
            "s after the answer, expected 0.00 s at most",
            "101% is no part of the packets",
            "late by 10 s at most, not by 11 seconds",
            "128 is none",
            "a burst of losses has one packet at least",
            "mean opinion scores are 1 to 4.5, 5 is none",
        ],
    );
}

#[test]
fn files_are_heard_for_what_they_are() {
    let (one, other, long) = (melody(1, 6, 8000), melody(2, 6, 8000), melody(1, 6, 16_000));
    let quiet: Vec<i16> = one.iter().map(|sample| sample / 4).collect();
    let files: [(&str, &[u8]); 5] = [
        ("one.wav", &wav(&one, 8000)),
        ("other.wav", &wav(&other, 8000)),
        ("wide.wav", &wav(&long, 16_000)),
        ("quiet.wav", &wav(&quiet, 8000)),
        ("silent.wav", &wav(&[0; 8000], 8000)),
    ];
    let run = run_in_calls(
        &files,
        &[
            &[
                "Alice plays \"one.wav\"",
                "Bob hears \"one.wav\" with score at least 0.95",
            ],
            &[
                "Alice plays \"wide.wav\"",
                "Bob hears \"quiet.wav\" with score at least 0.9",
            ],
            // Three quarters of the file come, and packets get lost.
            &[
                "Alice loses 5% of its RTP",
                "Alice plays \"other.wav\"",
                "wait 1500 ms",
                "Bob hears \"other.wav\" with score at least 0.8",
            ],
        ],
    );
    run.expect(0, &["3 scenarios: 3 passed"]);
    let run = run_in_calls(
        &files,
        &[
            &[
                "Alice plays \"one.wav\"",
                "Bob hears \"other.wav\" within 5 s",
            ],
            // What was found once does not count again.
            &[
                "Alice plays \"one.wav\"",
                "Bob hears \"one.wav\"",
                "Bob hears \"one.wav\" within 4 s",
            ],
            &["Bob hears \"silent.wav\""],
            &["Bob hears \"one.wav\" with score at least 2"],
        ],
    );
    run.expect(
        1,
        &[
            "4 scenarios: ",
            "Bob did not hear other.wav: what came is like it by 0.",
            "expected 0.60",
            "Bob did not hear one.wav: ",
            "nothing can be compared with silent.wav",
            "there is no sound in it",
            "scores are 0 to 1, 2 is none",
        ],
    );
    let absent = run_in_calls(&[], &[&["Bob hears \"absent.wav\""]]);
    absent.expect(2, &["there is no file `absent.wav`"]);
}

#[test]
fn the_delay_of_sound_is_that_of_the_network() {
    let run = run_in_calls(
        &[],
        &[
            &[
                "Bob hears Alice with a delay below 150 ms",
                "Bob hears Alice",
            ],
            &[
                "Alice delays its RTP by 300 ms",
                "Bob hears Alice with a delay below 250 ms",
            ],
            &[
                "Bob delays its incoming RTP by 300 ms",
                "Alice hears Bob with a delay below 250 ms",
                "Bob hears Alice with a delay below 250 ms",
            ],
            &[
                "Alice loses 100% of its RTP",
                "Bob hears Alice with a delay below 1 s within 2 s",
            ],
        ],
    );
    run.expect(
        1,
        &[
            "4 scenarios: 1 passed, 3 failed",
            "Bob heard Alice with a delay of 3",
            "ms, expected less than 250 ms",
            "Bob did not hear the sound that Alice played",
        ],
    );
}
