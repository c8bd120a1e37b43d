//! Commands, counters and correlations.

use crate::marked::complains;
use crate::seagull_files::{Set, receive, send, traffic};

/// A command, and the complaint.
const COMMANDS: &[(&str, &str)] = &[
    (
        r#"<send channel="«tow»"><message><![CDATA[BYE a SIP/2.0]]></message></send>"#,
        "unknown-channel: there is no channel `tow`",
    ),
    (
        r"<«send»><message><![CDATA[BYE a SIP/2.0]]></message></send>",
        "missing-attribute: `<send>` needs the attribute `channel`",
    ),
    (
        r#"<send channel="one" «lable»="x"><message><![CDATA[BYE a SIP/2.0]]></message></send>"#,
        "unknown-attribute: `<send>` has no attribute `lable`: it has no effect",
    ),
    (
        r#"<«send» channel="one"></send>"#,
        "missing-message: this `<send>` has no `<message>`",
    ),
    (
        r#"<send channel="one"><«mesage»></mesage><message><![CDATA[BYE a SIP/2.0]]></message></send>"#,
        "unexpected-element: `<send>` has no `<mesage>`",
    ),
    (
        r#"<send channel="one"><«message»></message></send>"#,
        "missing-text: this `<message>` has no text",
    ),
    (
        r#"<send channel="one"><message><![CDATA[BYE a SIP/2.0]]></message><«message»><![CDATA[BYE a SIP/2.0]]></message></send>"#,
        "duplicate-message: a `<send>` has one `<message>`",
    ),
    (
        r#"<send channel="one"><message><![CDATA[BYE a SIP/2.0]]><![CDATA[b]]><![CDATA[«c»]]></message></send>"#,
        "too-many-texts: a message has a header and a body: this text is not used",
    ),
    (
        "<send channel=\"one\"><message><! [ CDATA[\n   «NOTIFY» a SIP/2.0\n To: NOTIFY]] ></message></send>",
        "unknown-message: message not in dictionary: `NOTIFY`",
    ),
    (
        "<send channel=\"one\"><message><![CDATA[\n   «SIP/2.1 200 OK»\n]]></message></send>",
        "no-message-type: the field `type` finds no message type in this text",
    ),
    (
        r#"<send channel="one"><![CDATA[«BYE a SIP/2.0»]]><message><![CDATA[BYE a SIP/2.0]]></message></send>"#,
        "unexpected-text: a text stands in `<message>`, not in `<send>`",
    ),
    (
        r#"<send channel="one" retrans="«5s»"><message><![CDATA[BYE a SIP/2.0]]></message></send>"#,
        "bad-number: `5s` of `retrans` is not a number that fits",
    ),
    (
        r#"<send channel="one" «t1-ms»="5"><message><![CDATA[BYE a SIP/2.0]]></message></send>"#,
        "contradiction: `t1-ms` goes with `retrans=\"rfc3261\"`",
    ),
    (
        r#"<send channel="one" retrans="«rfc3261»" t1-ms="9" t2-ms="8"><message><![CDATA[BYE a SIP/2.0]]></message></send>"#,
        "bad-range: T1 is 9 ms and T2 is 8 ms: T1 must be above 0 and not above T2",
    ),
    (
        r#"<receive channel="one" optional="«yes»"><message><![CDATA[SIP/2.0 200 OK]]></message></receive>"#,
        "bad-value: `yes` is no value of `optional`: `true`, `false` are",
    ),
    (
        r#"<receive channel="one" accept="183 «484»"><message><![CDATA[SIP/2.0 200 OK]]></message></receive>"#,
        "unknown-message: message not in dictionary: `484`",
    ),
    (
        r#"<receive channel="one" accept="183 486=«bsy»"><message><![CDATA[SIP/2.0 200 OK]]></message></receive>"#,
        "unknown-label: no command has the label `bsy`",
    ),
    (
        r#"<receive channel="one" cseq-method="«»"><message><![CDATA[SIP/2.0 200 OK]]></message></receive>"#,
        "bad-value: `cseq-method` names a method",
    ),
    (
        "<«wait-ms»></wait-ms>",
        "missing-attribute: `<wait-ms>` needs the attribute `value`",
    ),
    (
        r#"<wait-ms value="«-1»"></wait-ms>"#,
        "bad-number: `-1` of `value` is not a number that fits",
    ),
    (
        r#"<wait-ms distribution="«unifrom»"></wait-ms>"#,
        "bad-value: there is no distribution `unifrom`",
    ),
    (
        r#"<«wait-ms» distribution="uniform" min="1"></wait-ms>"#,
        "missing-attribute: `<wait-ms>` needs the attribute `max`",
    ),
    (
        r#"<«wait-ms» distribution="uniform" min="2" max="1"></wait-ms>"#,
        "bad-range: the distribution `uniform` needs `min` of at least 0 and `max` of at least `min`",
    ),
    (
        r#"<«wait-ms» distribution="normal" mean="1" stdev="-1"></wait-ms>"#,
        "bad-range: the distribution `normal` needs `mean` and `stdev` of at least 0",
    ),
    (
        r#"<«wait-ms» distribution="normal" mean="-1" stdev="1"></wait-ms>"#,
        "bad-range: the distribution `normal` needs `mean` and `stdev` of at least 0",
    ),
    (
        r#"<«wait-ms» distribution="lognormal" mean="-1" stdev="-1"></wait-ms>"#,
        "bad-range: the distribution `lognormal` needs `stdev` of at least 0",
    ),
    (
        r#"<wait-ms distribution="exponential" mean="2" «value»="1"></wait-ms>"#,
        "unknown-attribute: `<wait-ms>` has no attribute `value`: it has no effect",
    ),
    (
        "<![CDATA[«x»]]>",
        "unexpected-text: a text stands in `<message>`, not in `<traffic>`",
    ),
];

#[test]
fn commands() {
    let invite = send("one", "INVITE", "", "");
    for (command, expected) in COMMANDS.iter().copied() {
        complains(
            Set::new(&traffic(&[invite.clone(), command.to_owned()])),
            expected,
        );
    }
}

#[test]
fn parameters_of_distributions_are_finite() {
    const GOOD: [(&str, &[&str]); 10] = [
        ("fixed", &["value"]),
        ("uniform", &["min", "max"]),
        ("normal", &["mean", "stdev"]),
        ("lognormal", &["mean", "stdev"]),
        ("exponential", &["mean"]),
        ("weibull", &["lambda", "k"]),
        ("pareto", &["k", "x_m"]),
        ("gpareto", &["shape", "scale", "location"]),
        ("gamma", &["k", "theta"]),
        ("negbin", &["p", "n"]),
    ];
    let invite = send("one", "INVITE", "", "");
    for (name, parameters) in GOOD {
        for (wrong, parameter) in parameters.iter().enumerate() {
            for value in ["nan", "NaN", "inf", "-inf", "infinity", "1e999"] {
                let attributes: Vec<String> = parameters
                    .iter()
                    .enumerate()
                    .map(|(at, parameter)| {
                        if at == wrong {
                            format!("{parameter}=\"«{value}»\"")
                        } else {
                            format!("{parameter}=\"1\"")
                        }
                    })
                    .collect();
                let command = format!(
                    "<wait-ms distribution=\"{name}\" {}></wait-ms>",
                    attributes.join(" ")
                );
                complains(
                    Set::new(&traffic(&[invite.clone(), command])),
                    &format!("bad-number: `{value}` of `{parameter}` is not a finite number"),
                );
            }
        }
    }
}

/// A part of a scenario, and the complaint.
const PARTS: &[(&str, &str)] = &[
    (
        r#"<counter><«counterdef» init="1"></counterdef></counter>"#,
        "missing-attribute: `<counterdef>` needs the attribute `name`",
    ),
    (
        r#"<counter><«counterdef» name="c"></counterdef></counter>"#,
        "missing-attribute: `<counterdef>` needs the attribute `init`",
    ),
    (
        r#"<counter><counterdef name="«n»" init="1"></counterdef></counter>"#,
        "duplicate-counter: the counter `n` is already defined",
    ),
    (
        r#"<counter><«counterdef» name="c" init="5" max="4"></counterdef></counter>"#,
        "bad-range: the counter starts at 5 and ends at 4, with 5 as its lowest value",
    ),
    (
        r#"<counter><counterdef name="c" init="5" behaviour="«mni»"></counterdef></counter>"#,
        "bad-value: `mni` is no behaviour of a counter: `init` is taken",
    ),
    (
        r"<counter><«counter»></counter></counter>",
        "unknown-element: `<counter>` has no `<counter>`: it has no effect",
    ),
    (
        r#"<correlation><channel name="«three»"></channel></correlation>"#,
        "unknown-channel: there is no channel `three`",
    ),
    (
        r#"<correlation><channel name="one"><retrieve><search-in-map name="«callid»"></search-in-map></retrieve></channel></correlation>"#,
        "unknown-field: there is no field `callid`",
    ),
    (
        r#"<correlation><channel name="one"><command name="«b»"></command></channel></correlation>"#,
        "unknown-label: no command has the label `b`",
    ),
    (
        r#"<correlation><channel name="one"><command name="«w»"></command></channel></correlation>"#,
        "unknown-label: the command `w` has no message to correlate",
    ),
    (
        r#"<correlation><channel name="one"><command name="a"></command><command name="«a»"></command></channel></correlation>"#,
        "duplicate-command: the command `a` is already correlated",
    ),
    (
        r#"<correlation><channel name="one"><command name="a"><«action»></action></command></channel></correlation>"#,
        "unknown-element: `<command>` has no `<action>`: it has no effect",
    ),
];

#[test]
fn counters_and_correlations() {
    let body = traffic(&[
        send("one", "INVITE", "", "").replacen("<send", "<send label=\"a\"", 1),
        "<wait-ms value=\"1\" label=\"w\"></wait-ms>".to_owned(),
    ]);
    for (part, expected) in PARTS.iter().copied() {
        let scenario = body.replacen("<traffic>", &format!("{part}\n<traffic>"), 1);
        complains(Set::new(&scenario), expected);
    }
}

#[test]
fn a_correlation_without_keys_is_told() {
    let receives = receive("channel=\"one\"", "SIP/2.0 200 OK", "");
    let scenario = traffic(&[send("one", "INVITE", "", ""), receives]);
    let correlation = r#"<«correlation»><channel name="one"></channel></correlation><traffic>"#;
    complains(
        Set::new(&scenario.replacen("<traffic>", correlation, 1)),
        "no-key: no command makes its call known with `<insert-in-map>`: no received message will find it",
    );
}
