//! Actions on fields, variables and counters.

use crate::bench::{Player, Script, receive, section, send, value_of, wait};

/// What comes of actions on a received message (`200`, with `Subject: abcdef`, a line `X-Line: tail` and
/// a body `o=origin`), and then of others before the ACK.
struct Row {
    name: &'static str,
    on_received: &'static str,
    before_ack: &'static str,
    expected: Expected,
}

enum Expected {
    /// The ACK has a header field with this value.
    Header(&'static str, &'static str),
    /// The ACK has this as its body.
    Body(&'static str),
    /// The log has this entry and the call goes on.
    Logged(&'static str),
    /// The call fails at this step for this cause.
    Fails(&'static str),
}

use Expected::{Body, Fails, Header, Logged};

const fn row(
    name: &'static str,
    on_received: &'static str,
    before_ack: &'static str,
    expected: Expected,
) -> Row {
    Row {
        name,
        on_received,
        before_ack,
        expected,
    }
}

const SUBJECT_V: &str = r#"<set-value name="subject" format="$(v)"></set-value>"#;

const ROWS: &[Row] = &[
    row(
        "inc-counter name",
        r#"<inc-counter name="c"></inc-counter><inc-counter name="c"></inc-counter>"#,
        r#"<set-value name="subject" format="$(c)"></set-value>"#,
        Header("Subject", "42"),
    ),
    row(
        "inc-var name: 1, to an empty variable 0",
        r#"<inc-var name="v"></inc-var>"#,
        SUBJECT_V,
        Header("Subject", "1"),
    ),
    row(
        "inc-var value=N, twice",
        r#"<inc-var name="v" value="40"></inc-var><inc-var name="v" value="2"></inc-var>"#,
        SUBJECT_V,
        Header("Subject", "42"),
    ),
    row(
        "inc-var of a string that is hexadecimal gives decimal",
        r#"<store name="v" entity="subject" begin="0" end="2"></store><inc-var name="v"></inc-var>"#,
        SUBJECT_V,
        Header("Subject", "172"),
    ),
    row(
        "set-value name format",
        "",
        r#"<set-value name="subject" format="x$(n)y"></set-value>"#,
        Header("Subject", "x1y"),
    ),
    row(
        "set-value of part of a header field leaves the rest",
        "",
        r#"<set-value name="call-id" format="other"></set-value>"#,
        Header("Call-ID", "other"),
    ),
    row(
        "set-value keeps the end of the line where the value has none",
        "",
        r#"<set-value name="line" format="new"></set-value>"#,
        Header("X-Line", "new"),
    ),
    row(
        "set-value fill-pattern fill-size",
        "",
        r#"<set-value name="subject" format="7" fill-pattern="ab" fill-size="6"></set-value>"#,
        Header("Subject", "ababa7"),
    ),
    row(
        "set-value fill-size that is reached",
        "",
        r#"<set-value name="subject" format="1234567" fill-pattern="0" fill-size="6"></set-value>"#,
        Header("Subject", "1234567"),
    ),
    row(
        "set-value method: seconds",
        "",
        r#"<set-value name="subject" method="seconds" format="startoffset=5"></set-value>"#,
        Header("Subject", "1700000005"),
    ),
    row(
        "set-value method: authentication",
        "",
        r#"<set-value name="authorization" method="authentication"
          format="username=joe;password=secret;auth=Digest realm=\"cosims.net\",nonce=\"abc123\";method=REGISTER;uri=sip:127.0.0.1:5061"></set-value>"#,
        Header(
            "Authorization",
            "Digest username=\"joe\",realm=\"cosims.net\",uri=\"sip:127.0.0.1:5061\",nonce=\"abc123\",\
             response=\"86aa143db857e63f634cca133a6299c2\",algorithm=MD5",
        ),
    ),
    row(
        "set-value of a body field",
        "",
        r#"<set-value name="o" format="me"></set-value>"#,
        Body("v=0\r\no=me\r\n"),
    ),
    row(
        "store name entity",
        r#"<store name="v" entity="subject"></store>"#,
        SUBJECT_V,
        Header("Subject", "abcdef"),
    ),
    row(
        "store of a whole line has no carriage return",
        r#"<store name="v" entity="line"></store>"#,
        r#"<set-value name="subject" format="[$(v)]"></set-value>"#,
        Header("Subject", "[tail]"),
    ),
    row(
        "store begin end",
        r#"<store name="v" entity="subject" begin="1" end="3"></store>"#,
        SUBJECT_V,
        Header("Subject", "bc"),
    ),
    row(
        "store begin end beyond the value",
        r#"<store name="v" entity="subject" begin="1" end="7"></store>"#,
        "",
        Fails("call failed at 1 by TooShort { field: \"subject\" }"),
    ),
    row(
        "store of a missing field",
        r#"<store name="v" entity="other-id"></store>"#,
        "",
        Fails("call failed at 1 by FieldAbsent { field: \"other-id\" }"),
    ),
    row(
        "store with a regexp looks at the whole header",
        r#"<store name="v" entity="subject"><regexp expr="X-(Li)(ne)" nbexpr="3" subexpr="2"></regexp></store>"#,
        SUBJECT_V,
        Header("Subject", "ne"),
    ),
    row(
        "store with a regexp, begin and end",
        r#"<store name="v" entity="o" begin="1" end="3"><regexp expr="o=(.*)$" nbexpr="2" subexpr="1"></regexp></store>"#,
        SUBJECT_V,
        Header("Subject", "ri"),
    ),
    row(
        "store of a value with 0x stays text",
        r#"<store name="v" entity="challenge"></store>"#,
        SUBJECT_V,
        Header("Subject", "0x4142"),
    ),
    row(
        "restore name entity",
        r#"<store name="v" entity="o"></store>"#,
        r#"<restore name="v" entity="subject"></restore>"#,
        Header("Subject", "origin"),
    ),
    row(
        "restore of a variable that was never stored",
        "",
        r#"<restore name="w" entity="subject"></restore>"#,
        Fails("call failed at 2 by VariableUnset { variable: \"w\" }"),
    ),
    row(
        "restore begin end of a variable that was never stored: only the log",
        "",
        r#"<restore name="w" entity="subject" begin="0" end="1"></restore>"#,
        Logged("warning at 2 by VariableUnset { variable: \"w\" }"),
    ),
    row(
        "restore begin end",
        r#"<store name="v" entity="subject"></store>"#,
        r#"<restore name="v" entity="subject" begin="1" end="2"></restore>"#,
        Header("Subject", "oan"),
    ),
    row(
        "restore begin end beyond the value: zero bytes between",
        r#"<store name="v" entity="subject"></store>"#,
        r#"<restore name="v" entity="line" begin="6" end="8"></restore>"#,
        Header("X-Line", "kept\0\0ab"),
    ),
    row(
        "restore to a field that the message has not",
        r#"<store name="v" entity="subject"></store>"#,
        r#"<restore name="v" entity="other-id"></restore>"#,
        Fails("call failed at 2 by FieldNotWritten { field: \"other-id\" }"),
    ),
    row(
        "log format",
        r#"<store name="v" entity="subject"></store><log format="it is $(v)!"></log>"#,
        "",
        Logged("user it is abcdef!"),
    ),
    row(
        "set-bit of a variable",
        r#"<store name="v" entity="subject"></store>
           <set-bit name="v" entity="subject" position="0" value="1"></set-bit>
           <set-bit name="v" entity="subject" position="9" value="1"></set-bit>"#,
        SUBJECT_V,
        Header("Subject", "abcdgg"),
    ),
    row(
        "set-bit beyond the variable",
        r#"<store name="v" entity="subject"></store>
           <set-bit name="v" entity="subject" position="48" value="1"></set-bit>"#,
        "",
        Fails("call failed at 1 by TooShort { field: \"v\" }"),
    ),
    row(
        "set-value-bit of a field",
        "",
        r#"<set-value-bit entity="subject" position="0" value="1"></set-value-bit>"#,
        Header("Subject", "owo"),
    ),
    row(
        "set-value-bit beyond the field",
        "",
        r#"<set-value-bit entity="subject" position="24" value="1"></set-value-bit>"#,
        Fails("call failed at 2 by TooShort { field: \"subject\" }"),
    ),
    row(
        "an action on a received message writes to a copy, and later ones read it",
        r#"<set-value name="subject" format="changed"></set-value>
           <store name="v" entity="subject"></store>"#,
        SUBJECT_V,
        Header("Subject", "changed"),
    ),
];

#[test]
fn rows_of_actions() {
    for row in ROWS {
        let mut call = received(row);
        let name = row.name;
        match &row.expected {
            Fails(entry) => {
                assert!(
                    call.world.log.iter().any(|found| found == entry),
                    "{name}: {:?}",
                    call.world.log
                );
                let steps = call.figures().sections.iter().flatten();
                let actions_failed: u64 = steps.map(|step| step.actions_failed).sum();
                assert_eq!(
                    (call.tally().as_str(), actions_failed),
                    ("failed 1", 1),
                    "{name}"
                );
                continue;
            }
            Header(header, value) => {
                let text = call.sends("ACK").text();
                assert_eq!(value_of(&text, header), Some(*value), "{name}: {text}");
                assert!(
                    !text.replace("\r\n", "").contains(['\r', '\n']),
                    "{name}: {text:?}"
                );
            }
            Body(body) => {
                let text = call.sends("ACK").text();
                let sent = text.split_once("\r\n\r\n").map(|(_, body)| body);
                assert_eq!(sent, Some(*body), "{name}");
                let length = body.len().to_string();
                assert_eq!(
                    value_of(&text, "content-length"),
                    Some(length.as_str()),
                    "{name}: {text}"
                );
            }
            Logged(entry) => {
                assert!(
                    call.world.log.iter().any(|found| found == entry),
                    "{name}: {:?}",
                    call.world.log
                );
            }
        }
        call.pass_ms(1);
        assert_eq!(call.tally(), "traffic 1", "{name}");
    }
}

/// A call that has received its 200 and done what comes then.
fn received(row: &Row) -> Player {
    let traffic = section(
        "traffic",
        &[
            send("client", "INVITE").opens().text(),
            receive("client", "200 INVITE")
                .after(row.on_received)
                .text(),
            send("client", "ACK")
                .before(row.before_ack)
                .headers("X-Line: kept\nAuthorization: x")
                .body("v=0\no=sender")
                .text(),
            // Something that may not stand first in the file.
            wait(1),
            send("client", "BYE")
                .after(r#"<store name="w" entity="subject"></store>"#)
                .text(),
        ],
    );
    let counters = r#"<counterdef name="n" init="0"></counterdef><counterdef name="c" init="40"></counterdef>"#;
    let mut call = Script::new(&traffic).counters(counters).player();
    call.begin().sends("INVITE");
    call.peer("200|Subject: abcdef|X-Line: tail|WWW-Authenticate: 0x4142||v=0|o=origin|");
    call
}
