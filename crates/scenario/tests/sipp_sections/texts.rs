//! Sections 1.1 and 1.8: texts and keywords.

use gannet_scenario::model::{Piece, Template};
use gannet_scenario::sipp::model::{Action, Credentials, Keyword, MediaKind, StepKind};
use gannet_scenario::sipp::{Options, compile_text};

use crate::read::{message, read, scenario, sent};

#[test]
fn messages_get_their_ends() {
    let cases = [
        // CDATA, message
        ("\n  A b SIP/2.0\n  C: d\n", r"A b SIP/2.0\r\nC: d\r\n\r\n"),
        ("A b SIP/2.0\n\n  body\n\n", r"A b SIP/2.0\r\n\r\nbody\r\n"),
        ("A b SIP/2.0\n\n  body", r"A b SIP/2.0\r\n\r\nbody"),
        ("A b SIP/2.0\r\nC: d\r\n", r"A b SIP/2.0\r\nC: d\r\n\r\n"),
        ("A b \\x5bc\\x5D\\xff", r"A b [c]\xff\r\n\r\n"),
        ("A b [service]!", r"A b {}!\r\n\r\n"),
        // Brackets in quotes belong to the parameter.
        ("A b [field0 line=\"[$x][$x]\"]", r"A b {}\r\n\r\n"),
        ("A b [c [service]]", r"A b [c {}]\r\n\r\n"),
    ];
    for (cdata, expected) in cases {
        assert_eq!(sent(cdata), expected, "{cdata:?}");
    }
}

#[test]
fn bytes_of_the_file_go_through() {
    let cases: [(&[u8], &[u8]); 3] = [
        (b"\xe9", b"\xe9"),
        ("\u{e9}\u{20ac}".as_bytes(), "\u{e9}\u{20ac}".as_bytes()),
        (b"\xc3\xa9\xff", b"\xc3\xa9\xff"),
    ];
    for (bytes, expected) in cases {
        let text = [
            b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><scenario><send><![CDATA[A b ",
            bytes,
            b"]]></send></scenario>",
        ]
        .concat();
        let found = message(&read(&text, &Options::default()));
        assert_eq!(found, [b"A b ", expected, b"\r\n\r\n"].concat());
    }
}

/// The keywords of a text.
fn keywords(text: &str, options: &Options) -> Vec<Keyword> {
    let text = format!(
        "<scenario><send><![CDATA[A b\nX {text}]]></send>\
         <Reference variables=\"v\"/></scenario>"
    )
    .replace("b\n", "b SIP/2.0\nY: [$v]\n");
    let scenario = read(text.as_bytes(), options);
    let StepKind::Send(send) = &scenario.steps[0].kind else {
        panic!("no message");
    };
    let slots = send.text.pieces.iter().filter_map(|piece| match piece {
        Piece::Slot(keyword) => Some(keyword.clone()),
        Piece::Bytes(_) => None,
    });
    slots.skip(1).collect()
}

#[test]
fn keywords_take_offsets() {
    let cases = [
        ("[cseq]", Keyword::Cseq(0)),
        ("[cseq+12]", Keyword::Cseq(12)),
        ("[branch-2]", Keyword::Branch(-2)),
        ("[call_number+1 and more]", Keyword::CallNumber),
        ("[len+99999999999]", Keyword::Len(i32::MAX)),
        ("[last_cseq_number-1]", Keyword::LastCseqNumber(-1)),
        (
            "m=audio [media_port+2]",
            Keyword::MediaPort(2, Some(MediaKind::Audio)),
        ),
        (
            "m=image [auto_media_port]",
            Keyword::AutoMediaPort(0, Some(MediaKind::Image)),
        ),
        ("audio\n[media_port]", Keyword::MediaPort(0, None)),
        (
            "[rtpstream_video_port+1]",
            Keyword::RtpStreamPort(MediaKind::Video, 1),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(keywords(text, &Options::default()), [expected], "{text}");
    }
}

#[test]
fn header_fields_of_the_last_message_keep_their_names() {
    for (text, name) in [
        ("[last_From]", "From"),
        ("[last_From:]", "From"),
        ("[last_P-Asserted-Identity:]", "P-Asserted-Identity"),
        ("[last_P-3GPP-X]", "P-3GPP-X"),
    ] {
        assert_eq!(
            keywords(text, &Options::default()),
            [Keyword::LastHeader {
                name: name.into(),
                value_only: false
            }],
            "{text}"
        );
    }
}

#[test]
fn values_of_the_command_line_are_text() {
    let options = Options {
        keys: vec![
            ("farm".to_owned(), "[Green Acre]".to_owned()),
            ("a-1".to_owned(), "x".to_owned()),
            ("service".to_owned(), "no".to_owned()),
        ],
        ..Options::default()
    };
    assert_eq!(keywords("[farm][a-1]", &options), []);
    assert_eq!(keywords("[service]", &options), [Keyword::Service]);
    let text = b"<scenario><send><![CDATA[A [farm] [a-1]]]></send></scenario>";
    assert_eq!(message(&read(text, &options)), b"A [Green Acre] x\r\n\r\n");
}

#[test]
fn values_of_attributes_are_decoded_twice_and_compiled() {
    let text = "<recv request=\"A\"><action>\
        <log message=\"a\\n&amp;lt;&lt;\\x41\\\"[call_id]\"/></action></recv>";
    let scenario = scenario(text);
    let Action::Log(found) = &scenario.steps[0].actions[0] else {
        panic!("no log");
    };
    let mut expected = Template::fixed(*b"a\r\n<<A\"");
    expected.push_slot(Keyword::CallId);
    assert_eq!(*found, expected);
}

#[test]
fn texts_of_a_run_are_compiled_by_its_scenario() {
    let scenario = scenario(
        "<recv request=\"A\"><action><assign assign_to=\"v\" value=\"1\"/>\
         <log message=\"[$v]\"/></action></recv>",
    );
    let keys = [("k".to_owned(), "value".to_owned())];
    let text = compile_text(b"\xff[k]\n[$v]", &scenario, &keys).expect("a text");
    let mut expected = Template::fixed(*b"\xffvalue\r\n");
    expected.push_slot(Keyword::Variable(scenario.variable("v").expect("v")));
    assert_eq!(text, expected);
    for (text, problem) in [
        ("[$w]", "there is no variable `w` in `[$w]`"),
        ("[servcie]", "there is no keyword `servcie` in `[servcie]`"),
        (
            "[field0]",
            "there is no injection file for [field0] in `[field0]`",
        ),
    ] {
        let error = compile_text(text.as_bytes(), &scenario, &keys).expect_err("a problem");
        assert_eq!(error.to_string(), problem);
    }
}

#[test]
fn credentials_are_found_in_cells() {
    let scenario = scenario("<recv request=\"A\"/>");
    let find = |cell: &str| Credentials::find(cell.as_bytes(), &scenario, &[]).expect("readable");
    assert_eq!(find("joe"), None);
    let (place, found) =
        find("x [authentication username=joe password=\"a]b\" aka_K=0x0aff] y").expect("found");
    assert_eq!(place, 2..59);
    let fixed = |bytes: &[u8]| Some(Template::fixed(bytes));
    assert_eq!(
        found,
        Credentials {
            username: fixed(b"joe"),
            password: fixed(b"a]b"),
            aka_k: fixed(b"\x0a\xff"),
            aka_op: None,
            aka_amf: None,
        }
    );
    assert!(Credentials::find(b"[authentication username=\"[no]\"]", &scenario, &[]).is_err());
}
