//! What a run tells of its media: how late, what was lost.

use serde_json::Value;

use super::rig::Rig;

const CALLS: u64 = 6;

#[test]
fn what_was_sent_and_what_came_back_is_told_as_json() {
    let mut rig = Rig::new();
    std::fs::write(rig.path("speech.raw"), [0x55; 4_000]).unwrap();
    let stream = r#"<exec rtp_stream="speech.raw,-1,8"/>"#;
    let echo = r#"<exec rtp_echo="startaudio,8,PCMA/8000"/>"#;
    let more = format!("-m {CALLS} -r 100 -media_figures media.json");
    rig.call_echo(stream, echo, 800, &more)
        .expect(0, &["RTP left late: 99.9 % within"]);
    let text = std::fs::read_to_string(rig.path("media.json")).unwrap();
    let figures: Value = serde_json::from_str(&text).unwrap();
    let number = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{text}"));
    let sent = number(&figures["packets_sent"]);
    // 40 packets of each in 800 ms, but for those that a busy machine leaves out.
    assert!(sent > CALLS * 10, "{text}");
    assert_eq!(
        number(&figures["late_departures"]["packets"]),
        sent,
        "{text}"
    );
    let received = number(&figures["packets_received"]);
    assert!(received > sent / 2 && received <= sent, "{text}");
    let came = &figures["received"];
    assert_eq!(number(&came["lateness"]["packets"]), received, "{text}");
    assert_eq!(
        (number(&came["lost"]), number(&came["duplicates"])),
        (0, 0),
        "{text}"
    );
}
