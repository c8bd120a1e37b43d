//! Media in scenarios: what is on the wire, who echoes it, and what checks say.

mod figures;
mod real;
mod rig;
mod srtp;

use std::time::Duration;

use rig::{Heard, Rig, capture_file};

const MS: fn(u64) -> Duration = Duration::from_millis;

#[test]
fn keys_are_telephone_events() {
    let mut rig = Rig::new();
    rig.call(r#"<exec play_dtmf="1#9,60"/>"#, 1_000, "")
        .expect(0, &[]);
    let packets = rig.heard();
    let keys: Vec<u8> = packets
        .iter()
        .filter(|packet| packet.payload_type() == 96 && packet.marker())
        .map(|packet| packet.payload()[0])
        .collect();
    assert_eq!(keys, [1, 11, 9]);
    let ends = packets
        .iter()
        .filter(|packet| packet.payload_type() == 96 && packet.payload()[1] & 0x80 != 0);
    assert_eq!(ends.count(), 9);
    // One after the other, without a gap.
    let steps = packets.windows(2);
    assert!(
        steps
            .map(|two| two[1].sequence() - two[0].sequence())
            .all(|step| step == 1)
    );
}

#[test]
fn a_capture_is_played_to_the_ports_and_at_the_times_that_it_has() {
    let mut rig = Rig::new();
    let packets: [(u64, u16, &[u8]); 3] = [
        (0, 4_002, b"first"),
        (60, 4_000, b"second"),
        (140, 4_002, b"third"),
    ];
    std::fs::write(rig.path("speech.pcap"), capture_file(&packets)).unwrap();
    rig.call(r#"<exec play_pcap_audio="speech.pcap"/>"#, 400, "")
        .expect(0, &[]);
    let (heard, above) = (rig.heard(), rig.heard_above());
    let texts = |heard: &[Heard]| -> Vec<String> {
        let text = |one: &Heard| String::from_utf8_lossy(&one.octets).into_owned();
        heard.iter().map(text).collect()
    };
    assert_eq!(texts(&heard), ["second"]);
    assert_eq!(texts(&above), ["first", "third"]);
    let gap = above[1].at - above[0].at;
    assert!(
        gap >= MS(130),
        "{gap:?} between packets captured 140 ms apart"
    );
    // The port of the description, and the one two above it.
    assert_eq!(heard[0].from.port() + 2, above[0].from.port());
}

#[test]
fn another_capture_replaces_the_first_and_the_end_of_the_call_ends_it() {
    let mut rig = Rig::new();
    let long: Vec<(u64, u16, &[u8])> = (0..100).map(|at| (at * 20, 4_000, &b"long"[..])).collect();
    let short: Vec<(u64, u16, &[u8])> = (0..50).map(|at| (at * 20, 4_000, &b"other"[..])).collect();
    std::fs::write(rig.path("long.pcap"), capture_file(&long)).unwrap();
    std::fs::write(rig.path("other.pcap"), capture_file(&short)).unwrap();
    let actions = r#"<exec play_pcap_audio="long.pcap"/></action></nop>
        <pause milliseconds="200"/><nop><action><exec play_pcap_audio="other.pcap"/>"#;
    rig.call(actions, 300, "").expect(0, &[]);
    let heard = rig.heard();
    let change = heard.iter().position(|one| one.octets == b"other").unwrap();
    assert!((1..40).contains(&change), "{change} packets of the first");
    let after = &heard[change..];
    assert!(after.iter().all(|one| one.octets == b"other"));
    assert!(after.len() < 50, "it was not ended with the call");
}

#[test]
fn a_file_is_streamed_as_often_as_wanted_and_stops_for_a_pause() {
    let mut rig = Rig::new();
    let octets: Vec<u8> = (0..800).map(|number| (number % 251) as u8).collect();
    std::fs::write(rig.path("speech.raw"), &octets).unwrap();
    let actions = r#"<exec rtp_stream="speech.raw,2,0"/></action></nop>
        <pause milliseconds="50"/><nop><action><exec rtp_stream="pause"/></action></nop>
        <pause milliseconds="200"/><nop><action><exec rtp_stream="resume"/>"#;
    rig.call(actions, 500, "").expect(0, &[]);
    let heard = rig.heard();
    let sent: Vec<u8> = heard.iter().flat_map(Heard::payload).copied().collect();
    assert_eq!(sent, [&octets[..], &octets[..]].concat());
    assert!(heard.iter().all(|one| one.payload_type() == 0));
    let steps: Vec<u32> = heard
        .windows(2)
        .map(|two| two[1].timestamp() - two[0].timestamp())
        .collect();
    let paused: Vec<&u32> = steps.iter().filter(|step| **step != 160).collect();
    assert_eq!(paused.len(), 1, "{steps:?}");
    assert!(
        *paused[0] >= 8 * 160 && paused[0].is_multiple_of(160),
        "{steps:?}"
    );
}

#[test]
fn a_pattern_must_come_back() {
    let check = r#"<exec rtp_stream="apattern,3,8,PCMA/8000"/>"#;
    let mut echoing = Rig::new();
    let ended = echoing.call_builtin(check, 500, "-rtp_echo", "-audiotolerance 0.1");
    ended.expect(0, &["streams open"]);
    let mut silent = Rig::new();
    let ended = silent.call_builtin(check, 500, "", "");
    ended.expect(253, &["1 failed RTP checks"]);
}

#[test]
fn each_call_has_an_echo_of_its_own() {
    let mut rig = Rig::new();
    let check = r#"<exec rtp_stream="apattern,5,8,PCMA/8000"/>"#;
    let echo = r#"<exec rtp_echo="startaudio,8,PCMA/8000"/>"#;
    let more = "-m 8 -r 100 -audiotolerance 0.1";
    rig.call_echo(check, echo, 500, more).expect(0, &["8"]);
    let mut rig = Rig::new();
    let stopped =
        r#"<exec rtp_echo="startaudio,8,PCMA/8000"/><exec rtp_echo="stopaudio,8,PCMA/8000"/>"#;
    rig.call_echo(check, stopped, 500, more)
        .expect(253, &["8 failed RTP checks"]);
}

#[test]
fn what_cannot_be_played_is_told_before_anything_is_sent() {
    for (action, parts) in [
        (
            r#"<exec play_pcap_audio="none.pcap"/>"#,
            &["none.pcap", "-->"][..],
        ),
        (
            r#"<exec play_pcap_video="caller.xml"/>"#,
            &["not a pcap or pcapng file"],
        ),
        (r#"<exec rtp_stream="none.wav"/>"#, &["none.wav"]),
        (
            r#"<exec rtp_stream="caller.xml,1,3"/>"#,
            &["payload type 3 is not known"],
        ),
        (r#"<exec play_dtmf="x,70"/>"#, &["received `x`"]),
    ] {
        let mut rig = Rig::new();
        let ended = rig.call(action, 10, "");
        ended.expect(1, &[parts, &["1 error; nothing was sent"]].concat());
        assert!(rig.heard().is_empty());
    }
}
