//! Actions.

use crate::marked::complains;
use crate::seagull_files::{Set, send, traffic};

/// An action, and the complaint.
const ACTIONS: &[(&str, &str)] = &[
    (
        r#"<«stroe» name="v" entity="call-id"></stroe>"#,
        "unknown-action: `<action>` has no `<stroe>`",
    ),
    (
        r#"<store name="v" entity="«caller-id»"></store>"#,
        "unknown-field: there is no field `caller-id`",
    ),
    (
        r#"<«store» entity="call-id"></store>"#,
        "missing-attribute: `<store>` needs the attribute `name`",
    ),
    (
        r#"<store name="v" entity="call-id" begin="3" end="«3»"></store>"#,
        "bad-range: the range begins at byte 3 and ends before byte 3",
    ),
    (
        r#"<store name="v" entity="call-id" begin="«3»"></store>"#,
        "bad-range: `begin` and `end` go together",
    ),
    (
        r#"<store name="v" entity="call-id"><regexp expr="«*»"></regexp></store>"#,
        "bad-regexp: this expression does not compile: nothing to repeat stands before the repetition",
    ),
    (
        r#"<store name="v" entity="call-id" «instance»="1"></store>"#,
        "unknown-attribute: `instance` has no effect with text protocols",
    ),
    (
        r#"<restore name="«v»" entity="call-id"></restore>"#,
        "never-stored: nothing is ever stored in `v`: restoring it fails the call",
    ),
    (
        r#"<inc-counter name="«m»"></inc-counter>"#,
        "unknown-counter: there is no counter `m`",
    ),
    (
        r#"<inc-var name="v" value="«x»"></inc-var>"#,
        "bad-number: `x` of `value` is not a number that fits",
    ),
    (
        r#"<set-value name="subject" format="«»"></set-value>"#,
        "bad-format: the format is empty, and there is no method that would make a value",
    ),
    (
        r#"<«set-value» name="subject"></set-value>"#,
        "missing-attribute: `<set-value>` needs the attribute `format`",
    ),
    (
        r#"<set-value name="subject" format="\"\t$(«nn»)"></set-value>"#,
        "unknown-variable: there is neither a counter nor a variable `nn`",
    ),
    (
        r#"<set-value name="subject" format="&lt;«$(n»"></set-value>"#,
        "unclosed-name: `$(` without `)`",
    ),
    (
        r#"<set-value name="subject" format="x" method="«md5»"></set-value>"#,
        "unknown-method: there is no external method `md5`",
    ),
    (
        r#"<set-value name="subject" format="x" method="now" message_part="«tail»"></set-value>"#,
        "bad-value: `tail` is no value of `message_part`: `nothing`, `header`, `body`, `all` are",
    ),
    (
        r#"<set-value name="subject" format="«startoffset=soon»" method="now"></set-value>"#,
        "bad-number: the format holds `startoffset=` and a number of seconds, or nothing",
    ),
    (
        r#"<«set-value» name="subject" format="x" fill-size="3"></set-value>"#,
        "missing-attribute: `fill-size` and a `fill-pattern` that is not empty go together",
    ),
    (
        r#"<set-value name="subject" format="x" fill-pattern="«0x123»" fill-size="3"></set-value>"#,
        "bad-value: after `0x` stand bytes in hexadecimal, two digits each",
    ),
    (
        r#"<check-presence name="subject" behaviour="«fail»"></check-presence>"#,
        "bad-value: `fail` is no value of `behaviour`: `warning`, `error`, `abort` are",
    ),
    (
        r#"<«check-value» name="subject"></check-value>"#,
        "missing-attribute: `<check-value>` needs the attribute `behaviour`",
    ),
    (
        r#"<check-value name="call-id" behaviour="error" «look_ahead»="1"></check-value>"#,
        "missing-attribute: `look_ahead` goes with `branch_on`",
    ),
    (
        r#"<check-value name="call-id" behaviour="error" «branch_on»="200" look_ahead="0"></check-value>"#,
        "misplaced-branch: `branch_on` looks at a received message: it belongs to a `<receive>`",
    ),
    (
        r#"<«check-order» name="call-id" behaviour="error" position="1"></check-order>"#,
        "no-effect: `check-order` has no effect with text protocols",
    ),
    (
        r#"<«set-new-session-id» name="w" entity="call-id"></set-new-session-id>"#,
        "misplaced-action: `set-new-session-id` cannot stand in the first command of a channel",
    ),
    (
        r#"<insert-in-map channel="«three»" name="w"></insert-in-map>"#,
        "unknown-channel: there is no channel `three`",
    ),
    (
        r#"<insert-in-map channel="one" name="«ww»"></insert-in-map>"#,
        "unknown-variable: there is neither a counter nor a variable `ww`",
    ),
    (
        r#"<«insert-in-map» channel="one"></insert-in-map>"#,
        "missing-attribute: `<insert-in-map>` needs `name` for a variable or `entity` for a field",
    ),
    (
        r#"<«restore-from-external» field="0" name="v"></restore-from-external>"#,
        "no-external-data: there are no external data to restore from",
    ),
    (
        r#"<«transport-option» channel="one" value="secure-mode"></transport-option>"#,
        "unsupported-action: `transport-option` would turn a TCP connection into a TLS one, and there is no TLS",
    ),
    (
        r"<«open»></open>",
        "missing-attribute: `<open>` needs the attribute `args`",
    ),
    (
        r#"<open args="mode=«clinet»;dest=127.0.0.1:5060"></open>"#,
        "bad-value: `mode` is client or server",
    ),
    (
        r#"<set-bit name="w" entity="call-id" position="1" value="«2»"></set-bit>"#,
        "bad-value: `2` is no value of `value`: `0`, `1` are",
    ),
    (
        r#"<«set-value-bit» position="1" value="1"></set-value-bit>"#,
        "missing-attribute: `<set-value-bit>` needs the attribute `entity`",
    ),
    (
        "<![CDATA[«x»]]>",
        "unexpected-text: `<action>` holds actions, no text",
    ),
];

#[test]
fn actions() {
    for (action, expected) in ACTIONS.iter().copied() {
        let before = r#"<store name="w" entity="call-id"></store>"#;
        let set = Set::new(&traffic(&[send("one", "INVITE", before, action)])).dictionary(
            "PARTS",
            r#"<external-method><defmethod name="now" param="function=sys_time_secs"></defmethod></external-method>"#,
        );
        complains(set, expected);
    }
}

#[test]
fn external_columns_are_counted() {
    let action = r#"<restore-from-external field="«2»" name="v"></restore-from-external>"#;
    let mut set = Set::new(&traffic(&[send("one", "INVITE", action, "")])).params(
        r#"<define entity="traffic-param" name="external-data-file" value="data.csv"></define>"#,
    );
    set.external = Some("\"string\";\"number\";\n\"a\";\"1\";\n".to_owned());
    complains(
        set,
        "unknown-column: the external data have 2 columns, numbered from 0: there is no 2",
    );
}
