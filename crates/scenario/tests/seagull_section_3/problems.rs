//! What is wrong with a file is told, at its place.

use gannet_diag::{Severity, SourceFile, render};

use super::{channel, file, problem, read, traffic};

/// Row, the kind of file, what is wrong in it, the place, severity and code.
const ROWS: &[[&str; 5]] = &[
    [
        "unknown entity",
        "define",
        r#"entity="chanel""#,
        "chanel",
        "error unknown-entity",
    ],
    [
        "no entity",
        "define",
        r#"name="x""#,
        "define",
        "error missing-attribute",
    ],
    [
        "no define",
        "element",
        "defin",
        "defin",
        "error unknown-element",
    ],
    [
        "unknown param",
        "traffic",
        "call-rat 1",
        "call-rat",
        "error unknown-param",
    ],
    [
        "bad number",
        "traffic",
        "call-rate fast",
        "fast",
        "error bad-value",
    ],
    [
        "bad number",
        "traffic",
        "call-rate 1e3",
        "1e3",
        "error bad-value",
    ],
    [
        "no call at a time",
        "traffic",
        "max-simultaneous-calls 0",
        "0",
        "error bad-value",
    ],
    [
        "bad number",
        "traffic",
        "max-send -1",
        "-1",
        "error bad-value",
    ],
    [
        "bad number",
        "traffic",
        "max-send 1.5",
        "1.5",
        "error bad-value",
    ],
    [
        "bad number",
        "traffic",
        "max-send 99999999999999999999",
        "99999999999999999999",
        "error bad-value",
    ],
    [
        "bad word",
        "traffic",
        "model-traffic-select posson",
        "posson",
        "error bad-value",
    ],
    [
        "bad word",
        "traffic",
        "files-no-timestamp yes",
        "yes",
        "error bad-value",
    ],
    [
        "bad list",
        "traffic",
        "response-time-repartition 50,20",
        "50,20",
        "error bad-value",
    ],
    [
        "bad list",
        "traffic",
        "response-time-repartition 50;75",
        "50;75",
        "error bad-value",
    ],
    [
        "bad methods",
        "traffic",
        "answer-background INFO ACK",
        "INFO ACK",
        "error bad-value",
    ],
    [
        "no file name",
        "traffic",
        "log-file ",
        "",
        "error bad-value",
    ],
    [
        "no type",
        "init",
        "read-buf-len=1",
        "read-buf-len=1",
        "error missing-key",
    ],
    ["bad type", "init", "type=ucp", "ucp", "error bad-value"],
    [
        "blanks before =",
        "init",
        "type =udp",
        "type =udp",
        "error missing-key",
    ],
    [
        "bad size",
        "init",
        "type=udp;read-buf-len=big",
        "big",
        "error bad-number",
    ],
    [
        "bad linger",
        "init",
        "type=udp;close-wait-ms=on",
        "on",
        "error bad-number",
    ],
    [
        "unknown key",
        "init",
        "type=udp;read-buf-size=1",
        "read-buf-size",
        "warning unknown-key",
    ],
    [
        "key without value",
        "init",
        "type=udp;off",
        "off",
        "warning unknown-key",
    ],
    [
        "TLS",
        "library",
        "libtrans_iptls.so",
        "libtrans_iptls.so",
        "error unknown-transport",
    ],
    [
        "SCTP",
        "library",
        "libtrans_sctp.so",
        "libtrans_sctp.so",
        "error unknown-transport",
    ],
    [
        "another library",
        "library",
        "libtrans_x.so",
        "libtrans_x.so",
        "error unknown-transport",
    ],
    [
        "no mode",
        "open",
        "source=[::1]:1",
        "source=[::1]:1",
        "error missing-key",
    ],
    [
        "bad mode",
        "open",
        "mode=sever;source=[::1]:1",
        "sever",
        "error bad-value",
    ],
    [
        "no dest",
        "open",
        "mode=client;source=[::1]:1",
        "mode=client;source=[::1]:1",
        "error missing-key",
    ],
    [
        "no source",
        "open",
        "mode=server",
        "mode=server",
        "error missing-key",
    ],
    [
        "no port",
        "open",
        "mode=server;source=127.0.0.1",
        "127.0.0.1",
        "error bad-address",
    ],
    [
        "no brackets",
        "open",
        "mode=client;dest=::1:5060",
        "::1:5060",
        "error bad-address",
    ],
    [
        "port 0",
        "open",
        "mode=client;dest=[::1]:0",
        "[::1]:0",
        "error bad-address",
    ],
    [
        "unknown key",
        "open",
        "mode=server;source=[::1]:1;bufer=2",
        "bufer",
        "warning unknown-key",
    ],
    [
        "bad size",
        "open",
        "mode=server;source=[::1]:1;buffer=x",
        "x",
        "error bad-number",
    ],
    [
        "no open-args",
        "channel",
        "",
        "define",
        "error missing-attribute",
    ],
    [
        "unknown attribute",
        "channel",
        r#"open-args="mode=server;source=[::1]:1" globl="no""#,
        "globl",
        "warning unknown-attribute",
    ],
    [
        "unknown transport",
        "transport",
        "trans-2",
        "trans-2",
        "error unknown-transport",
    ],
    [
        "a scenario",
        "text",
        "<scenario></scenario>",
        "scenario",
        "error not-a-configuration",
    ],
    [
        "nothing",
        "text",
        "<!-- x -->",
        "",
        "error not-a-configuration",
    ],
    [
        "truncated",
        "text",
        r#"<configuration name="x"><define entity="channel""#,
        "define",
        "error xml-tag",
    ],
    [
        "truncated",
        "text",
        r#"<configuration><define entity="channel"></define>"#,
        "configuration",
        "error xml-mismatch",
    ],
    [
        "truncated",
        "text",
        r#"<configuration><define entity="chan"#,
        r#"""#,
        "error xml-string",
    ],
];

#[test]
fn bad_files_are_told_with_their_places() {
    for [row, kind, wrong, place, told] in ROWS {
        let text = match *kind {
            "define" => file(&format!("<define {wrong}></define>")),
            "element" => file(&format!("<{wrong}></{wrong}>")),
            "traffic" => {
                let (name, value) = wrong.split_once(' ').expect("a name and a value");
                traffic(name, value)
            }
            "init" => file("").replace("type=udp", wrong),
            "library" => file("").replace("libtrans_ip.so", wrong),
            "open" => channel(&format!("open-args=\"{wrong}\"")),
            "channel" => channel(wrong),
            "transport" => channel("open-args=\"mode=server;source=[::1]:1\"")
                .replace("transport=\"trans-1\"", &format!("transport=\"{wrong}\"")),
            "text" => (*wrong).to_owned(),
            other => panic!("no such kind: {other}"),
        };
        let (found, code, severity) = problem(&text);
        let severity = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        assert_eq!(&found, place, "{row}: {text}");
        assert_eq!(&format!("{severity} {code}"), told, "{row}: {text}");
    }
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let text = file(
        "<define entity=\"traffic-param\" name=\"call-rat\" value=\"1\"></define>\n\
         <define entity=\"chanel\"></define>\n\
         <define entity=\"channel\" name=\"c\" transport=\"t\" open-args=\"mode=x;dest=y\"></define>\n\
         <define entity=\"traffic-param\" name=\"max-send\" value=\"x\"></define>",
    );
    let (_, mut diagnostics) = read(&text);
    diagnostics.sort();
    let codes: Vec<&str> = diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(
        codes,
        [
            "unknown-param",
            "unknown-entity",
            "missing-attribute",
            "unknown-transport",
            "bad-value",
            "bad-address",
            "bad-value"
        ]
    );
}

#[test]
fn the_nearest_name_is_offered() {
    for (text, offer) in [
        (traffic("call-rat", "1"), "did you mean"),
        (
            file("<define entity=\"chanel\"></define>"),
            "did you mean `channel`?",
        ),
        (
            traffic("model-traffic-select", "posson"),
            "did you mean `poisson`?",
        ),
    ] {
        let (_, diagnostics) = read(&text);
        let shown = render(&SourceFile::new("conf.xml", text), &diagnostics, false);
        assert!(shown.contains(offer), "{shown}");
    }
}
