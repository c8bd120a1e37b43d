//! What was recorded, sound and packets, and captures that are played again.

use gannet_media::read_packets;

use crate::bench::Bench;
use crate::media_judging::{melody, wav};

#[test]
fn a_recording_through_each_codec_is_like_its_source_and_like_nothing_else() {
    let (one, other) = (melody(1, 5, 8000), melody(2, 5, 8000));
    let mut text = String::from("Feature: F\n");
    for (number, codec) in ["PCMU", "G722", "opus/48000/2"].into_iter().enumerate() {
        let call = format!(
            "    * Alice uses generic phone with sdp.codecs \"['{codec}']\"\n    \
             * Bob uses generic phone with sdp.codecs \"['{codec}']\"\n    \
             * Alice calls Bob\n    * Bob answers the call\n    * Bob records to \"heard-{number}.wav\"\n    \
             * Alice plays \"one.wav\"\n    * Bob hears \"one.wav\" with score at least 0.7\n    \
             * Bob stops recording\n"
        );
        text += &format!(
            "  Scenario: {codec}\n{call}    \
             * recording \"heard-{number}.wav\" is like \"one.wav\" with score at least 0.7\n  \
             Scenario: {codec}, other\n{call}    \
             * recording \"heard-{number}.wav\" is like \"other.wav\" with score at least 0.3\n"
        )
        .replace("heard-", "heard-x");
        // Both scenarios write at once.
        let half = text.rfind("Scenario: ").unwrap();
        let second = text.split_off(half).replace("heard-x", "heard-y");
        text += &second;
    }
    let bench = Bench::new()
        .with("f.feature", &text)
        .with_bytes("one.wav", &wav(&one, 8000))
        .with_bytes("other.wav", &wav(&other, 8000));
    bench.run("test f.feature").expect(
        1,
        &[
            "6 scenarios: 3 passed, 3 failed",
            "heard-y0.wav is like ",
            "heard-y1.wav is like ",
            "heard-y2.wav is like ",
            "expected 0.30",
        ],
    );
}

/// What is played, and how it travels, in many ways.
const MANY_WAYS: &str = "Feature: F
  Scenario: as it was
    * Alice calls Bob
    * Bob answers the call
    * Bob records to \"again.pcapng\"
    * Alice plays \"heard.pcap\" with its own RTP numbers, evenly spaced
    * wait 1500 ms
    * Bob stops recording
  Scenario: even
    * Alice calls Bob
    * Bob answers the call
    * Alice plays \"heard.pcap\" evenly spaced
    * wait 1500 ms
    * RTP from Alice keeps SSRC
    * Bob loses at most 0%
  Scenario: soft
    * Alice calls Bob
    * Bob answers the call
    * Alice plays comfort noise
    * wait 1 second
    * Bob hears silence within 1 second
  Scenario: the way there and back
    * the following phones:
      | name  | profile | rtp.rtcp-interval |
      | Alice | generic | 1                 |
      | Bob   | generic | 1                 |
    * Alice calls Bob
    * Bob answers the call
    * Alice has a round trip below 2 seconds
  Scenario: one port for both
    * the following phones:
      | name  | profile | rtp.rtcp-interval | sdp.attributes                                 |
      | Alice | generic | 1                 | ['formats', 'ptime', 'direction', 'rtcp-mux'] |
      | Bob   | generic | 1                 | ['formats', 'ptime', 'direction', 'rtcp-mux'] |
    * Alice calls Bob
    * Bob answers the call
    * SDP of 200 to INVITE has line /^a=rtcp-mux$/
    * RTCP is received
    * Bob has a round trip below 2 seconds
  Scenario: as loud as a tone of ours
    * Alice calls Bob
    * Bob answers the call
    * Alice plays a 500 Hz tone
    * Bob hears sound louder than -14 dBFS
    * Bob hears sound quieter than -12 dBFS
  Scenario: by IPv6
    * Alice uses generic phone over udp via IPv6
    * Bob uses generic phone over udp via IPv6
    * Alice calls Bob
    * Bob answers the call
    * the media of the call has no faults
  Scenario: keys
    * Alice uses generic phone with dtmf.volume 20
    * Alice calls Bob
    * Bob answers the call
    * Alice sends DTMF \"12\" by RFC 4733 with 200 ms tones
    * Bob receives DTMF \"12\" by RFC 4733 with 200 ms tones
    * Alice sends DTMF \"3\" by INFO with 300 ms tones
    * Bob receives DTMF \"3\" by INFO with 300 ms tones
    * Alice sends DTMF \"4\" in-band with 400 ms tones
    * Bob receives DTMF \"4\" in-band with 400 ms tones
";

#[test]
fn packets_are_recorded_and_played_again_with_their_numbers() {
    let recording = "Feature: F
  Scenario: packets
    * the following phones:
      | name  | profile | rtp.ssrc | rtp.sequence-start | rtp.timestamp-start |
      | Alice | generic | 77       | 65500              | 5000                |
    * Alice calls Bob
    * Bob answers the call
    * Bob records to \"heard.pcap\"
    * wait 2 seconds
    * Bob stops recording
";
    let bench = Bench::new().with("f.feature", recording);
    bench
        .run("test f.feature")
        .expect(0, &["1 scenario: 1 passed"]);
    let octets = std::fs::read(bench.path().join("heard.pcap")).unwrap();
    let came = rtp(&octets);
    assert!(came.len() > 60, "{}", came.len());
    assert!(came.iter().all(|(ssrc, ..)| *ssrc == 77), "{came:?}");

    let bench = Bench::new()
        .with("f.feature", MANY_WAYS)
        .with_bytes("heard.pcap", &octets);
    bench
        .run("test f.feature")
        .expect(0, &["8 scenarios: 8 passed"]);
    let octets = std::fs::read(bench.path().join("again.pcapng")).unwrap();
    let again = rtp(&octets);
    // Of the first packets some were Alice's own.
    let same = again.iter().filter(|it| came.contains(it)).count();
    assert!(
        same > 50,
        "{same} of {} are those of the capture",
        again.len()
    );
}

#[test]
fn what_keys_and_reports_lack_is_told() {
    let text = "Feature: F
  Scenario: too long
    * Alice uses generic phone with dtmf.volume 20
    * Alice calls Bob
    * Bob answers the call
    * Alice sends DTMF \"12\" by RFC 4733 with 300 ms tones
    * Bob receives DTMF \"12\" with 100 ms tones
  Scenario: no report
    * Alice uses generic phone with rtp.rtcp-interval 0
    * Alice calls Bob
    * Bob answers the call
    * Alice has a round trip below 1 s within 1 s
  Scenario: not so loud
    * Alice calls Bob
    * Bob answers the call
    * Alice plays a 500 Hz tone
    * Bob hears sound louder than -6 dBFS within 2 s
  Scenario: recorded twice
    * Alice calls Bob
    * Bob answers the call
    * Bob records to \"heard.pcap\"
    * Bob records to \"other.pcap\"
  Scenario: no capture
    * Alice calls Bob
    * Bob answers the call
    * Alice plays \"f.feature\" evenly spaced
";
    let bench = Bench::new().with("f.feature", text);
    bench.run("test f.feature").expect(
        1,
        &[
            "Bob received DTMF \"12\", and key 1 lasted 300 ms at -20 dBm0, expected 100 ms",
            "no RTCP came to Alice that answers a report of its own",
            "f.feature is no capture with RTP",
            "Bob records already",
            "Bob hears sound of -13.",
            "expected louder than -6 dBFS",
        ],
    );
}

/// SSRC, sequence number and timestamp of the RTP packets of a capture.
fn rtp(octets: &[u8]) -> Vec<(u32, u16, u32)> {
    let packets = read_packets(octets).unwrap();
    let rtp = packets
        .iter()
        .filter(|it| matches!(it.payload[1], 0 | 0x80));
    rtp.map(|it| {
        let number = |at: usize| u32::from_be_bytes(it.payload[at..at + 4].try_into().unwrap());
        (number(8), (number(0) & 0xffff) as u16, number(4))
    })
    .collect()
}
