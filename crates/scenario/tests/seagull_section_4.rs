//! Dictionaries, row by row of SEAGULL.md section 4, as far as loading goes.

mod seagull_files;

use gannet_scenario::dump;
use gannet_scenario::model::{
    Action, BodyMethod, BodyParser, Expected, Field, FieldFormat, Finder, LineEnds, Nth, Protocol,
    SessionMethod, SetText, StepKind,
};
use seagull_files::{DICTIONARY, Set, receive, send, traffic};

fn scenario() -> String {
    traffic(&[
        send("one", "INVITE", "", ""),
        receive("channel=\"one\"", "SIP/2.0 200 OK", ""),
    ])
}

fn protocol(set: &Set) -> Protocol {
    set.run().scenario.protocols.remove(0)
}

fn field<'p>(protocol: &'p Protocol, name: &str) -> &'p Field {
    &protocol.fields[protocol.field(name).expect("a field").index()]
}

fn names(protocol: &Protocol, session: &SessionMethod) -> Vec<String> {
    match session {
        SessionMethod::OpenId => vec!["connection".to_owned()],
        SessionMethod::Fields(fields) => fields
            .iter()
            .map(|field| protocol.fields[field.index()].name.clone())
            .collect(),
    }
}

#[test]
fn protocol_name_type_and_separators() {
    let protocol = protocol(&Set::new(&scenario()));
    assert_eq!(protocol.name, "sip");
    assert_eq!(&*protocol.field_separator, b"\r\n");
    assert_eq!(&*protocol.body_separator, b"\r\n");
    assert_eq!(protocol.fields[protocol.type_field.index()].name, "type");
    // The field separator may be empty.
    let mut set = Set::new(&scenario());
    set.dictionaries[0] = DICTIONARY.replace(r#"field-separator="\r\n""#, r#"field-separator="""#);
    assert_eq!(set.run().scenario.protocols[0].field_separator.len(), 0);
}

#[test]
fn types_and_configuration_parameters_are_passed_over() {
    let parts = "<configuration-parameters></configuration-parameters><types></types>";
    Set::new(&scenario()).dictionary("PARTS", parts).run();
}

#[test]
fn filter_is_run_over_each_text() {
    let header = |set: &Set| match &set.run().scenario.sections[0].steps[0].kind {
        StepKind::Send(send) => send.header.as_fixed().expect("fixed").to_vec(),
        _ => panic!("a send"),
    };
    let set = Set::new(&scenario());
    assert_eq!(
        header(&set),
        b"INVITE sip:a@b SIP/2.0\r\nCall-ID: 1@b\r\nCSeq: 1 INVITE\r\n"
    );
    for (filter, expected) in [
        (
            "filter=\"lib=l.so;function=filter_h248\"",
            &b"INVITE sip:a@b SIP/2.0\nCall-ID: 1@b\nCSeq: 1 INVITE\n"[..],
        ),
        (
            "",
            b"INVITE sip:a@b SIP/2.0\n          Call-ID: 1@b\n          CSeq: 1 INVITE",
        ),
    ] {
        let mut set = Set::new(&scenario());
        set.dictionaries[0] = DICTIONARY.replace("filter=\"lib=l.so;function=filter_xml\"", filter);
        assert_eq!(header(&set), expected, "{filter}");
    }
}

#[test]
fn fields_are_one_name_space_header_first() {
    let protocol = protocol(&Set::new(&scenario()));
    let names: Vec<&str> = protocol.fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["type", "content-length", "call-id", "subject", "o"]);
}

#[test]
fn regexp_defaults_and_line() {
    let more = r#"
      <fielddef name="plain"><regexp expr="x"></regexp></fielddef>
      <fielddef name="line0"><regexp expr="(x)" nbexpr="2" subexpr="1" line="0"></regexp></fielddef>
      <fielddef name="line-1"><regexp expr="x" line="-1"></regexp></fielddef>
      <fielddef name="line2"><regexp expr="x" line="2"></regexp></fielddef>"#;
    let protocol = protocol(&Set::new(&scenario()).dictionary("FIELDS", more));
    for (name, groups_exact, group, line) in [
        ("plain", 1, 0, None),
        ("line0", 2, 1, None),
        ("line-1", 1, 0, None),
        ("line2", 1, 0, Some(2)),
    ] {
        let Finder::Patterns(patterns) = &field(&protocol, name).finder else {
            panic!("{name} has patterns");
        };
        let pattern = &patterns[0];
        assert_eq!(
            (pattern.groups_exact, pattern.group, pattern.line),
            (groups_exact, group, line),
            "{name}"
        );
    }
}

#[test]
fn regexps_are_extended_with_newline_and_have_their_nbexpr_rule() {
    let more = r#"
      <fielddef name="dot"><regexp expr="Via: (.*)" nbexpr="2" subexpr="1"></regexp></fielddef>
      <fielddef name="start"><regexp expr="^To: ([a-z]+)$" nbexpr="2" subexpr="1"></regexp></fielddef>
      <fielddef name="count"><regexp expr="(T)(o)" nbexpr="2" subexpr="1"></regexp></fielddef>
      <fielddef name="second"><regexp expr="None"></regexp><regexp expr="To"></regexp></fielddef>"#;
    let protocol = protocol(&Set::new(&scenario()).dictionary("FIELDS", more));
    let text = b"Via: a\nTo: b\n";
    for (name, expected) in [
        ("dot", Some(5..6)),
        ("start", Some(11..12)),
        ("count", None),
        ("second", Some(7..9)),
    ] {
        assert_eq!(field(&protocol, name).read(text), expected, "{name}");
    }
}

#[test]
fn format_is_taken_when_the_field_finds_its_value_in_it() {
    let protocol = protocol(&Set::new(&scenario()));
    assert_eq!(
        field(&protocol, "content-length").format,
        Some(FieldFormat {
            before: (*b"Content-Length: ").into(),
            after: (*b"\r\n").into(),
        })
    );
    let refused = r#"<fielddef name="x" format="X: $(field-value)\r\n">
      <regexp expr="X: (.*)$" nbexpr="2" subexpr="1"></regexp></fielddef>"#;
    let set = Set::new(&scenario()).dictionary("FIELDS", refused);
    assert_eq!(
        set.complaints(),
        [
            "dictionary0.xml:21:35 error bad-format: the field does not find exactly `$(field-value)` in its own format"
        ]
    );
}

#[test]
fn body_methods_in_their_order() {
    let mut set = Set::new(&scenario());
    let one = r#"<defmethod name="by-length" method="length" param="content-length"></defmethod>"#;
    let more = [
        r#"<defmethod name="x" method="parser" param="lib=l.so;function=parse_xml"></defmethod>"#,
        r#"<defmethod name="h" method="parser" param="function=parse_h248;lib=l.so"></defmethod>"#,
        r#"<defmethod name="m" method="parser" param="lib=l.so;function=parse_msrp"></defmethod>"#,
    ];
    set.dictionaries[0] = DICTIONARY.replace(one, &format!("{one}{}", more.concat()));
    let protocol = protocol(&set);
    let length = protocol.field("content-length").expect("a field");
    assert_eq!(
        protocol.body_methods,
        [
            BodyMethod::Length(length),
            BodyMethod::Parser(BodyParser::Xml),
            BodyMethod::Parser(BodyParser::H248),
            BodyMethod::Parser(BodyParser::Msrp),
        ]
    );
}

#[test]
fn external_methods_are_called_by_set_value() {
    let cases = [
        (
            "crypto_method",
            "",
            "x",
            SetText::Authorization { with_body: false },
        ),
        (
            "crypto_method",
            "message_part=\"body\"",
            "x",
            SetText::Authorization { with_body: true },
        ),
        (
            "crypto_method",
            "message_part=\"header\"",
            "x",
            SetText::Authorization { with_body: false },
        ),
        (
            "crypto_method_radius",
            "message_part=\"all\"",
            "secret",
            SetText::Radius,
        ),
        ("sys_time_secs", "", "", SetText::WallSeconds { offset: 0 }),
        (
            "sys_time_unsig_sec",
            "",
            "startoffset=-25",
            SetText::WallSeconds { offset: -25 },
        ),
    ];
    for (function, part, format, expected) in cases {
        let parts = format!(
            r#"<external-method><defmethod name="m" param="lib=l.so;function={function}"></defmethod></external-method>"#
        );
        let set_value = format!(
            r#"<set-value name="subject" method="m" format="{format}" {part}></set-value>"#
        );
        let set = Set::new(&traffic(&[send("one", "INVITE", &set_value, "")]))
            .dictionary("PARTS", &parts);
        let run = set.run();
        let StepKind::Send(sent) = &run.scenario.sections[0].steps[0].kind else {
            panic!("a send");
        };
        let Action::SetField { how, .. } = &sent.before[0] else {
            panic!("a set-value");
        };
        assert_eq!(*how, expected, "{function} {part} {format}");
    }
}

#[test]
fn session_id_and_out_of_session_ids_in_their_order() {
    let more = r#"
      <fielddef name="a"><regexp expr="a"></regexp></fielddef>
      <fielddef name="b"><regexp expr="b"></regexp></fielddef>"#;
    for (attributes, expected) in [
        (r#"session-id="call-id""#, &["call-id"][..]),
        (
            r#"session-method="field" session-id="call-id" out-of-session-id="call-id""#,
            &["call-id"],
        ),
        (
            r#"out-of-session-id="b" session-id="call-id" out-of-session-id="a""#,
            &["call-id", "b", "a"],
        ),
        (r#"session-method="open-id""#, &["connection"]),
    ] {
        let mut set = Set::new(&scenario()).dictionary("FIELDS", more);
        set.dictionaries[0] = set.dictionaries[0]
            .replace(r#"session-method="field" session-id="call-id""#, attributes);
        let protocol = protocol(&set);
        assert_eq!(
            names(&protocol, &protocol.session),
            expected,
            "{attributes}"
        );
    }
}

#[test]
fn messages_are_listed_and_one_line_adds_one() {
    let info = traffic(&[send("one", "INFO", "", "")]);
    let set = Set::new(&info);
    assert_eq!(
        set.complaints(),
        ["scenario.xml:3:56 error unknown-message: message not in dictionary: `INFO`"]
    );
    let set = set.dictionary("MESSAGES", r#"<message name="INFO"></message>"#);
    let protocol = protocol(&set);
    assert_eq!(protocol.messages.last().map(String::as_str), Some("INFO"));
    assert!(protocol.message(b"INVITE").is_some());
    assert!(protocol.message(b"SUBSCRIBE").is_none());
}

#[test]
fn configuration_parameters_have_defaults_and_can_be_mandatory() {
    let parts = r#"<configuration-parameters>
      <paramdef name="host" default="default.example"></paramdef>
      <paramdef name="needed" mandatory="yes"></paramdef></configuration-parameters>"#;
    let scenario = scenario().replace("sip:a@b", "sip:a@$(host)");
    let set = Set::new(&scenario).dictionary("PARTS", parts);
    assert_eq!(
        set.complaints(),
        [
            "dictionary0.xml:5:23 error missing-parameter: the configuration must give a value for `needed`"
        ]
    );
    let needed = r#"<define entity="config-param" name="needed" value="x"></define>"#;
    let set = set.params(&format!("{needed}<!-- PARAMS -->"));
    assert!(dump(&set.run().scenario).contains("INVITE sip:a@default.example SIP/2.0"));
    let host = r#"<define entity="config-param" name="host" value="given.example"></define>"#;
    let set = set.params(host);
    assert!(dump(&set.run().scenario).contains("INVITE sip:a@given.example SIP/2.0"));
}

#[test]
fn binary_protocols_are_refused() {
    for kind in [
        "binary",
        "binary-tlv",
        "binary-separator",
        "binary-body-not-interpreted",
        "external-library",
    ] {
        let mut set = Set::new(&scenario());
        set.dictionaries[0] = DICTIONARY.replace("type=\"text\"", &format!("type=\"{kind}\""));
        assert_eq!(
            set.complaints(),
            [format!(
                "dictionary0.xml:1:28 error unsupported-protocol: protocols of the type `{kind}` are not played"
            )]
        );
    }
}

#[test]
fn fields_by_header_name_and_whole_parts() {
    let more = r#"
      <fielddef name="via2" header="Via" nth="2"></fielddef>
      <fielddef name="last-via" header="v" nth="last"></fielddef>
      <fielddef name="x-any" header="X-Any" format="X-Any: <$(field-value)>\r\n"></fielddef>
      <fielddef name="all" part="whole"></fielddef>"#;
    let set = Set::new(&scenario()).dictionary(
        "FIELDS",
        &more.replace(r#" format="X-Any: <$(field-value)>\r\n""#, ""),
    );
    let protocol = protocol(&set);
    let text = b"INVITE a SIP/2.0\r\nv: one\r\nVia : two,\r\n  more\r\nVia: three\r\n";
    for (name, expected) in [
        ("via2", Some(&b"two,\r\n  more"[..])),
        ("last-via", Some(b"three")),
        ("x-any", None),
        ("all", Some(text)),
    ] {
        let found = field(&protocol, name).read(text).map(|range| &text[range]);
        assert_eq!(found, expected, "{name}");
    }
    let Finder::Header(header) = &field(&protocol, "last-via").finder else {
        panic!("found by name");
    };
    assert_eq!((header.name.as_str(), header.nth), ("via", Nth::Last));
    let mut written = b"INVITE a SIP/2.0\r\n".to_vec();
    field(&protocol, "x-any")
        .write(&mut written, b"7", LineEnds::Kept)
        .expect("added");
    assert_eq!(written, b"INVITE a SIP/2.0\r\nX-Any: 7\r\n");
    // A format in which the field would find more than the value is refused.
    let set = Set::new(&scenario()).dictionary("FIELDS", more);
    assert_eq!(
        set.complaints(),
        [
            "dictionary0.xml:24:61 error bad-format: the field does not find exactly `$(field-value)` in its own format"
        ]
    );
}

#[test]
fn message_types_decide_and_values_of_the_own_text_are_expected() {
    let check = r#"<check-value name="subject" behaviour="error"></check-value>"#;
    let mut set = Set::new(&traffic(&[
        send("one", "INVITE", "", ""),
        receive("channel=\"one\"", "SIP/2.0 200 OK", check),
    ]));
    for (exact, expected) in [(false, &b"own"[..]), (true, b"own\r")] {
        set.options.exact_line_ends = exact;
        let run = set.run();
        let StepKind::Receive(received) = &run.scenario.sections[0].steps[1].kind else {
            panic!("a receive");
        };
        let Action::CheckValue {
            expected: found, ..
        } = &received.actions[0]
        else {
            panic!("a check");
        };
        assert_eq!(*found, Expected::Bytes(expected.into()));
    }
}
