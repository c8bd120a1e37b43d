//! Each keyword, with the values that SIPp 3.6.1 gives where it has the keyword.

use super::bench::Bench;
use super::{Needs, RenderError};
use crate::sipp::received::Reader;
use crate::sipp::{Protocol, Sockets, TdmMap};

const INVITE: &str = "INVITE sip:b@h:1 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:1;branch=z9a
Via:   SIP/2.0/UDP 127.0.0.1:3;branch=z9c  
From: \"A\" <sip:a@h>;tag=ft
t: \"B\" <sip:bb@h;x=y>
i: c1@x
CSeq:  77   INVITE
Subject: abc def
k: timer
X-Multi: one
X-multi: two  
X-Multi: three
Fold: a
  b
Empty:
m: \"x\" <sip:c@h:5;p=1>;q=1
Trail: x y  

v=0
Body: in body
";

/// Variables of each type: `n` 1.5, `z` 0, `t` a text, `e` an empty one, `yes`, `no`, `five`, `u`
/// never stored.
const VARIABLES: &str = r#"<assign assign_to="n" value="1.5"/><assign assign_to="z" value="0"/>
    <assignstr assign_to="t" value="s[call_number]t"/><assignstr assign_to="e" value=""/>
    <test assign_to="yes" variable="n" compare="equal" value="1.5"/>
    <test assign_to="no" variable="n" compare="equal" value="2"/>
    <assign assign_to="five" value="5"/><assign assign_to="minus" value="-1"/>
    <ereg regexp="never" search_in="var" variable="e" assign_to="u"/>
    <log message="[$n][$z][$t][$e][$yes][$no][$five][$u][$minus]"/>"#;

fn bench() -> Bench {
    let mut bench = Bench::new(VARIABLES);
    bench.act(None);
    bench
}

#[track_caller]
fn check(bench: &mut Bench, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(bench.text(text).as_deref(), Ok(*expected), "{text}");
    }
}

#[test]
fn facts_of_the_run_and_of_the_call_are_printed() {
    check(
        &mut bench(),
        &[
            ("[service]|[pid]|[sipp_version]", "service|77|3.7.7"),
            (
                "[remote_ip]|[remote_host]|[remote_port]|[remote_port+2]",
                "10.0.0.2|peer.example|5070|5072",
            ),
            (
                "[local_ip]|[local_ip_type]|[local_port-1]",
                "10.0.0.1|4|5060",
            ),
            ("[server_ip]|[transport]", "10.0.0.9|UDP"),
            ("[media_ip]|[media_ip_type]", "2001:db8::1|6"),
            (
                "[call_number]|[call_id]|x///[call_id]",
                "3|3-77@10.0.0.1|x///3-77@10.0.0.1",
            ),
            ("[cseq]|[cseq+5]|[cseq-3]", "0|5|4294967293"),
            ("[users]|[userid]", "-1|0"),
            (
                "[branch]|[branch+2]|[branch-1]",
                "z9hG4bK-77-3-1|z9hG4bK-77-3-3|z9hG4bK-77-3-0",
            ),
            ("[msg_index]|[clock_tick]", "1|1234"),
            (
                "[dynamic_id]|[dynamic_id]|[dynamic_id]",
                "10000|10004|10000",
            ),
            (
                "[timestamp]|[date]",
                "2010-11-13 23:29:00|Sat, 13 Nov 2010 23:29:00 GMT",
            ),
            (
                "[fill variable=\"five\" text=\"ab\"]|[fill variable=\"minus\" text=\"ab\"]|[fill variable=\"u\" text=\"ab\"]",
                "ababa||",
            ),
            ("[file name=\"f[call_number].txt\"]", "[content]"),
            (
                "\n[rtpstream_audio_port]|[rtpstream_audio_port+1]",
                "\r\n7000|7001",
            ),
        ],
    );
    let mut bench = bench().of_user(4);
    check(&mut bench, &[("[users]|[userid]", "8|4")]);
}

#[test]
fn what_is_unknown_prints_as_in_sipp() {
    let mut bench = bench();
    bench.settings.facts.remote = None;
    bench.settings.facts.remote_host.clear();
    bench.settings.protocol = Protocol::Sctp;
    check(
        &mut bench,
        &[
            (
                "[remote_ip]|[remote_port]|[remote_host]|[transport]",
                "|5060||SCTP",
            ),
            (
                "[next_url]|[peer_tag_param]|[last_Request_URI]|[last_message]",
                "|||",
            ),
            ("[last_cseq_number+2]", "2"),
        ],
    );
}

#[test]
fn calls_with_sockets_of_their_own_print_their_ports() {
    let mut bench = bench();
    check(&mut bench, &[("[local_port]", "5061")]);
    bench.settings.sockets = Sockets::PerCall;
    check(&mut bench, &[("[local_port]|[local_port+1]", "5099|5100")]);
}

#[test]
fn media_ports_are_told_where_media_are_sent() {
    let text = "\nm=audio [auto_media_port+1] RTP/AVP 0\nm=image [media_port] x\n";
    let mut silent = bench();
    check(
        &mut silent,
        &[(text, "\r\nm=audio 6009 RTP/AVP 0\r\nm=image 6000 x\r\n")],
    );
    assert!(silent.world.media.is_empty());

    let mut playing = Bench::new(r#"<exec play_dtmf="1"/>"#);
    assert!(Needs::of(&playing.scenario).media);
    let compiled = playing.compile(text);
    let mut out = Vec::new();
    playing.render_to(&compiled, &mut out).expect("ports");
    assert_eq!(
        playing.world.media,
        [
            "6 Local { kind: Audio, port: 6009 }",
            "6 Local { kind: Image, port: 6000 }"
        ]
    );
}

#[test]
fn variables_print_by_their_type() {
    check(
        &mut bench(),
        &[(
            "[$n]|[$z]|[$t]|[$e]|[$yes]|[$no]|[$five]|[$u]",
            "1.500000||s3t||true|false|5.000000|",
        )],
    );
}

#[test]
fn parts_of_the_last_message_are_printed() {
    let mut bench = bench();
    bench.receive(INVITE);
    check(
        &mut bench,
        &[
            (
                "[last_Via:]",
                "Via: SIP/2.0/UDP 127.0.0.1:1;branch=z9a, SIP/2.0/UDP 127.0.0.1:3;branch=z9c",
            ),
            (
                "[last_From]|[last_to:];tag=1",
                "From: \"A\" <sip:a@h>;tag=ft|t: \"B\" <sip:bb@h;x=y>;tag=1",
            ),
            ("[last_Call-ID:]|[last_CSeq:]", "i: c1@x|CSeq:  77   INVITE"),
            (
                "[last_X-Multi]|[last_Subject:]",
                "X-Multi: one, two, three|Subject: abc def",
            ),
            (
                "[last_Empty:]|[last_Contact]",
                "Empty:|m: \"x\" <sip:c@h:5;p=1>;q=1",
            ),
            ("[last_Trail:]|[last_Body:]|", "Trail: x y||"),
            // SIPp knows few compact names.
            ("[last_Supported:]|[last_k:]|", "|k: timer|"),
            ("[last_i:]|[last_s:]|", "i: c1@x||"),
            (
                "[last_Request_URI]|[last_cseq_number]|[last_cseq_number+2]",
                "sip:bb@h;x=y|77|79",
            ),
            (
                "[next_url]|[peer_tag_param]|[cseq]|[cseq+1]",
                "sip:bb@h;x=y||77|78",
            ),
        ],
    );
    let whole = INVITE.replace('\n', "\r\n");
    check(&mut bench, &[("[last_message]", &whole)]);
    bench.receive("SIP/2.0 200 OK\nTo: <sip:b>;tag=pt\nCSeq: 5 X\n\n");
    check(&mut bench, &[("[peer_tag_param]|[cseq]", ";tag=pt|77")]);
    bench.receive("SIP/2.0 200 OK\nTo: <sip:b>;tag=;x\nCSeq: 5 X\n\n");
    check(&mut bench, &[("[peer_tag_param]|[cseq]", ";tag=|77")]);
}

#[test]
fn routes_and_target_are_printed_once_they_are_kept() {
    let mut bench = bench();
    check(&mut bench, &[("a\n[routes]\nb", "a\r\nb")]);
    let mut reader = Reader::default();
    let message = b"SIP/2.0 200 OK\r\nContact: <sip:c>\r\nRecord-Route: <sip:r;lr>\r\n\r\n";
    let received = reader.read(message).expect("a message");
    assert!(bench.state.keep_routes(&received));
    check(
        &mut bench,
        &[(
            "a\n[routes]\nb [next_url]",
            "a\r\nRoute: <sip:r;lr>\r\nb sip:c",
        )],
    );
}

#[test]
fn a_line_without_its_value_vanishes_and_takes_what_follows() {
    let mut bench = bench();
    check(
        &mut bench,
        &[
            ("A: 1\n[last_Foo:]\nB: 2", "A: 1\r\nB: 2"),
            ("A: 1\n[$u]\n[$z]  [service] x", "A: 1\r\nservice x"),
            // The keyword between does not save the line end.
            ("A: 1\n[$u][service]\nB: 2", "A: 1\r\nserviceB: 2"),
            ("A: 1\n[$u]x\nB: 2", "A: 1\r\nx\r\nB: 2"),
            ("A: 1 [last_Foo:]\nB: 2", "A: 1 \r\nB: 2"),
            // Only header fields, variables, fields and routes vanish.
            ("A\n[next_url]\n[peer_tag_param]\nB", "A\r\n\r\n\r\nB"),
            ("[$u]\nA", "\r\nA"),
        ],
    );
    assert!(bench.world.log.iter().all(|line| !line.contains("header")));
}

#[test]
fn a_lost_end_of_the_header_is_warned_of_once() {
    let mut bench = bench();
    let before = bench.common.warnings;
    for _ in 0..2 {
        check(
            &mut bench,
            &[
                (
                    "A: 1\nContent-Length: [len]\n[last_Foo:]\n\nbody",
                    "A: 1\r\nContent-Length:     0\r\nbody",
                ),
                ("A: 1\n\n[last_Foo:]\n\nbody", "A: 1\r\n\r\nbody"),
            ],
        );
    }
    assert_eq!(bench.common.warnings, before + 1);
    assert!(
        bench
            .world
            .log
            .last()
            .expect("a warning")
            .contains("header")
    );
}

#[test]
fn lengths_are_those_of_the_body_wherever_they_stand() {
    let long = "x".repeat(123_456);
    check(
        &mut bench(),
        &[
            ("L: [len]\nX: y\n\n", "L:     0\r\nX: y\r\n\r\n"),
            ("L: [len]\nX: y\n\nabc", "L:     3\r\nX: y\r\n\r\nabc"),
            ("L: [len+7]|[len-9]\n\nabc", "L:    10|    0\r\n\r\nabc"),
            ("L: [len+7]\n\n", "L:     0\r\n\r\n"),
            ("L: x\n\nabc [len]", "L: x\r\n\r\nabc     9"),
            ("L: [len]", "L:     0"),
            (
                &format!("L: [len] [len]\n\n{long}"),
                &format!("L: 123456 123456\r\n\r\n{long}"),
            ),
        ],
    );
}

#[test]
fn what_cannot_be_rendered_says_why() {
    let mut bench = bench();
    for (text, expected) in [
        ("[authentication]", RenderError::NoChallenge),
        (
            "[authentication][authentication]",
            RenderError::AuthenticationPlace,
        ),
        ("A\n\n[authentication]", RenderError::AuthenticationPlace),
        ("[file name=\"x\"]", RenderError::File("x".into())),
        ("\n[rtpstream_video_port]", RenderError::NoMediaPort),
        ("[tdmmap]", RenderError::NoTdmMap),
    ] {
        assert_eq!(bench.text(text), Err(expected), "{text}");
    }
}

#[test]
fn a_call_keeps_its_circuit() {
    let map = TdmMap {
        first: (0, 3),
        fixed: 99,
        second: (5, 8),
        third: (1, 31),
    };
    let mut bench = bench();
    bench.settings.tdm_map = Some(map);
    bench.common = super::Common::new([&bench.scenario], &bench.settings);
    assert_eq!(bench.common.circuits.take(), Some(0));
    check(
        &mut bench,
        &[("[tdmmap]", "0.99.5/2"), ("[tdmmap]", "0.99.5/2")],
    );
}

#[test]
fn keys_of_sdes_are_drawn_once_or_anew() {
    let mut bench = bench();
    check(
        &mut bench,
        &[
            ("[cryptotag1audio] [cryptotag2video]", "1 2"),
            (
                "[cryptosuiteaescm128sha1801audio] [cryptosuitenullsha1322video]",
                "AES_CM_128_HMAC_SHA1_80 NULL_HMAC_SHA1_32",
            ),
            ("[ueaescm128sha1801audio]", "UNENCRYPTED_SRTP"),
        ],
    );
    let text = bench.text("[cryptokeyparams1audio] [cryptokeyparams1audio] [cryptokeyparams1audio-1] [cryptokeyparams1video]");
    let text = text.expect("keys");
    let keys: Vec<_> = text.split(' ').collect();
    assert!(keys.iter().all(|key| key.len() == 40), "{keys:?}");
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[1], keys[2]);
    assert_ne!(keys[2], keys[3]);
}

#[test]
fn what_a_scenario_needs_is_told() {
    let needs = |actions: &str| Needs::of(&Bench::new(actions).scenario);
    assert_eq!(needs(r#"<log message="[service]"/>"#), Needs::default());
    assert!(needs(r#"<log message="[last_From:]"/>"#).last_message);
    assert!(needs(r#"<log message="[peer_tag_param]"/>"#).peer_tag);
    let search = r#"<ereg regexp="a" search_in="msg" assign_to="_"/>"#;
    assert!(needs(search).last_message);
}
