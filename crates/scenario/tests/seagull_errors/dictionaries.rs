//! Dictionaries.

use crate::marked::{complains, good};
use crate::seagull_files::{DICTIONARY, Set};

/// What is replaced in the small dictionary, by what, and the complaint.
const PROTOCOLS: &[(&str, &str, &str)] = &[
    (
        r#"<protocol name="sip""#,
        "<«protocol»",
        "missing-attribute: `<protocol>` needs the attribute `name`",
    ),
    (
        r#"type="text""#,
        r#"type="«txt»""#,
        "bad-value: there is no protocol type `txt`",
    ),
    (
        r#"body-separator="\r\n""#,
        r#"body-separator="«»""#,
        "bad-value: `body-separator` must not be empty: the end of the header could not be found",
    ),
    (
        "function=filter_xml",
        "function=«filter_xm»",
        "unknown-function: `filter_xm` is no function that Gannet has for this",
    ),
    (
        "lib=l.so;function=filter_xml",
        "«lib=l.so»",
        "missing-function: `filter` names no function with `function=`",
    ),
    (
        r#"type="type""#,
        r#"type="«tpye»""#,
        "unknown-field: there is no field `tpye`",
    ),
    (
        r#"param="content-length""#,
        r#"param="«content-lenght»""#,
        "unknown-field: there is no field `content-lenght`",
    ),
    (
        r#"method="length""#,
        r#"method="«size»""#,
        "unknown-method: a body is delimited by `length` or `parser`, not by `size`",
    ),
    (
        r#"session-id="call-id""#,
        r#"session-id="«callid»""#,
        "unknown-field: there is no field `callid`",
    ),
    (
        r#"session-method="field""#,
        r#"session-method="«fields»""#,
        "bad-value: `fields` is no value of `session-method`: `field`, `open-id` are",
    ),
    (
        r#"session-method="field" session-id"#,
        r#"session-method="open-id" «session-id»"#,
        "contradiction: with `session-method=\"open-id\"` the connection is the session: there is no `session-id`",
    ),
    (
        r#"<message name="ACK">"#,
        r#"<message name="«INVITE»"></message><message name="ACK">"#,
        "duplicate-message: the message `INVITE` is already listed",
    ),
    (
        r#"<message name="ACK">"#,
        r#"<message «nmae»="X" name="ACK">"#,
        "unknown-attribute: `<message>` has no attribute `nmae`: it has no effect",
    ),
    (
        "<!-- PARTS -->",
        "<«heder»></heder>",
        "unknown-element: `<protocol>` has no `<heder>`: it has no effect",
    ),
    (
        "<!-- PARTS -->",
        r#"<external-method><defmethod name="m" param="function=«sys_time_ms»"></defmethod></external-method>"#,
        "unknown-function: `sys_time_ms` is no function that Gannet has for this",
    ),
    (
        "<!-- PARTS -->",
        r#"<external-method><defmethod name="m" param="function=sys_time_secs"></defmethod><defmethod name="«m»" param="function=sys_time_secs"></defmethod></external-method>"#,
        "duplicate-method: the method `m` is already defined",
    ),
    (
        "<!-- PARTS -->",
        r#"<configuration-parameters><paramdef name="p" mandatory="«maybe»"></paramdef></configuration-parameters>"#,
        "bad-value: `maybe` is no value of `mandatory`: `yes`, `true`, `no`, `false` are",
    ),
];

#[test]
fn protocols() {
    for (from, to, expected) in PROTOCOLS.iter().copied() {
        let mut set = Set::new(&good());
        assert!(DICTIONARY.contains(from), "{from}");
        set.dictionaries[0] = DICTIONARY.replace(from, to);
        complains(set, expected);
    }
}

/// A field, and the complaint.
const FIELDS: &[(&str, &str)] = &[
    (
        r#"<fielddef name="x"><regexp expr="(a)(b)" nbexpr="3" subexpr="«3»"></regexp></fielddef>"#,
        "never-found: the expression has 2 groups, so group 3 is never found",
    ),
    (
        r#"<fielddef name="x"><regexp expr="(a)" nbexpr="«3»" subexpr="1"></regexp></fielddef>"#,
        "never-found: the expression has 1 groups, so at most 2 take part, the whole match included: nothing is ever read",
    ),
    (
        r#"<fielddef name="x"><regexp expr="a«(»b"></regexp></fielddef>"#,
        "bad-regexp: this expression does not compile: `(` without `)`",
    ),
    (
        r#"<fielddef name="x"><regexp expr="\\\"[«z»-a]"></regexp></fielddef>"#,
        "bad-regexp: this expression does not compile: a range in brackets ends before it starts",
    ),
    (
        r#"<fielddef name="x"><«regexp»></regexp></fielddef>"#,
        "missing-attribute: `<regexp>` needs the attribute `expr`",
    ),
    (
        r#"<fielddef name="x"><regexp expr="a" nbexpr="«two»"></regexp></fielddef>"#,
        "bad-number: `two` of `nbexpr` is not a number that fits",
    ),
    (
        r#"<fielddef name="x"><regexp expr="a" subexpr="«10»"></regexp></fielddef>"#,
        "bad-number: `subexpr` is 10, but only groups 0 to 9 count",
    ),
    (
        r#"<fielddef name="«call-id»"><regexp expr="a"></regexp></fielddef>"#,
        "duplicate-field: the field `call-id` is already defined",
    ),
    (
        r#"<«fielddef»><regexp expr="a"></regexp></fielddef>"#,
        "missing-attribute: `<fielddef>` needs the attribute `name`",
    ),
    (
        r#"<fielddef name="x" «foramt»=""><regexp expr="a"></regexp></fielddef>"#,
        "unknown-attribute: `<fielddef>` has no attribute `foramt`: it has no effect",
    ),
    (
        r#"<fielddef name="x" format="«X: \r\n»"><regexp expr="X"></regexp></fielddef>"#,
        "bad-format: the format has no `$(field-value)`, which stands for the value",
    ),
    (
        r#"<fielddef name="x" format="\r\n«$(field-value)»\r\n"><regexp expr="X"></regexp></fielddef>"#,
        "bad-format: the field does not find exactly `$(field-value)` in its own format",
    ),
    (
        r#"<«fielddef» name="x"></fielddef>"#,
        "no-expression: this field has no `<regexp>`: it is never found",
    ),
    (
        r#"<«fielddef» name="x" header="Via"><regexp expr="a"></regexp></fielddef>"#,
        "several-finders: a field is found by `<regexp>`s, by `header` or by `part`, not by several of them",
    ),
    (
        r#"<fielddef name="x" header="«Via:»"></fielddef>"#,
        "bad-value: `Via:` cannot be the name of a header field",
    ),
    (
        r#"<fielddef name="x" header="Via" nth="«0»"></fielddef>"#,
        "bad-number: header fields are counted from 1",
    ),
    (
        r#"<fielddef name="x" header="Via" nth="«lats»"></fielddef>"#,
        "bad-number: `lats` of `nth` is not a number that fits",
    ),
    (
        r#"<fielddef name="x" «nth»="2"><regexp expr="a"></regexp></fielddef>"#,
        "missing-attribute: `nth` counts header fields: it needs the attribute `header`",
    ),
    (
        r#"<fielddef name="x" part="«half»"></fielddef>"#,
        "bad-value: `half` is no part: `whole` is",
    ),
];

#[test]
fn fields() {
    for (field, expected) in FIELDS.iter().copied() {
        complains(Set::new(&good()).dictionary("FIELDS", field), expected);
    }
}
