//! Elements and their attributes.

use crate::marked::{refuses, scenario, warns};

const REFUSED: &[(&str, &str)] = &[
    ("<«sned»/>", "unknown-element: there is no element `<sned>`"),
    (
        "<init><«send»/></init>",
        "unknown-element: `<init>` has no `<send>`: only `<nop>` and `<label>`",
    ),
    ("<«send»/>", "no-message: `<send>` has no message"),
    (
        "<send><![CDATA[« \n »]]></send>",
        "no-message: the message of `<send>` is empty",
    ),
    (
        "<recv response=\"180\" optional=\"«true»\"/><pause/>",
        "optional-last: this message is optional, and `<pause>` follows: nothing ends the wait",
    ),
    (
        "<recv response=\"«abc»\"/>",
        "bad-number: `abc` is not a code",
    ),
    (
        "<recv response=\"«[»\" regexp_match=\"true\"/>",
        "bad-regex: bad regular expression: not an extended regular expression",
    ),
    (
        "<recv response=\"180\" «advance_state»=\"false\"/>",
        "misplaced-attribute: only an optional message may leave the call where it is",
    ),
    (
        "<recv request=\"INFO\" «response_txn»=\"t\"/>",
        "misplaced-attribute: `response_txn` belongs to received responses",
    ),
    (
        "<recv response=\"180\" optional=\"«ture»\"/>",
        "bad-value: `ture` is no value of `optional`: `true`, `global`, `false` are",
    ),
    (
        "<recv response=\"180\" timeout=\"«5s»\"/>",
        "bad-number: `5s` of `timeout` is not an integer",
    ),
    (
        "<recv response=\"180\" rrs=\"«yes»\"/>",
        "bad-number: `yes` of `rrs` is not `true`, `false` or an integer",
    ),
    (
        "<pause milliseconds=\"«1 s»\"/>",
        "bad-number: `1 s` of `milliseconds` is not a number",
    ),
    (
        "<pause distribution=\"«unifrom»\"/>",
        "bad-value: there is no distribution `unifrom`",
    ),
    (
        "<«pause» distribution=\"uniform\" min=\"1\"/>",
        "missing-attribute: `<pause>` needs the attribute `max`",
    ),
    (
        "<«pause» distribution=\"exponential\" mean=\"1e9\"/>",
        "pause-too-long: one pause in a hundred is longer than 2147483647 ms",
    ),
    (
        "<nop next=\"«1»\"/>",
        "unknown-label: there is no label `1`",
    ),
    (
        "<nop ontimeout=\"«en»\"/><label id=\"end\"/>",
        "unknown-label: there is no label `en`",
    ),
    (
        "<label id=\"1\"/><label id=\"«1»\"/>",
        "duplicate-label: there is already a label `1`",
    ),
    (
        "<«label»/>",
        "missing-attribute: `<label>` needs the attribute `id`",
    ),
    (
        "<nop next=\"1\" chance=\"«1.5»\"/><label id=\"1\"/>",
        "bad-range: a chance of 1.5 is not between 0 and 1",
    ),
    (
        "<nop start_rtd=\"«x»\"/>",
        "timer-never-stopped: the response time `x` is started and never stopped",
    ),
    (
        "<nop «repeat_rtd»=\"true\"/>",
        "repeat-without-timer: `repeat_rtd` needs `rtd`",
    ),
    (
        "<nop counter=\"«»\"/>",
        "bad-name: the name of a counter is empty",
    ),
    (
        "<nop condexec=\"«$x»\"/>",
        "bad-name: the name of a variable may not have `$` or `,` in it",
    ),
    (
        "<nop condexec=\"«x»\"/>",
        "unused-variable: the variable `x` is named only once",
    ),
    (
        "<Global variables=\"«x»\"/>",
        "unused-variable: the variable `x` is named only once",
    ),
    (
        "<Reference variables=\"«x»\"/>",
        "unknown-variable: there is no variable `x` before this",
    ),
    (
        "<nop condexec=\"x\"/><nop condexec=\"x\"/><User variables=\"«x»\"/>",
        "late-declaration: the variable `x` is already one of another scope",
    ),
    (
        "<DefaultMessage id=\"«byee»\"><![CDATA[BYE x SIP/2.0]]></DefaultMessage>",
        "bad-value: `byee` is no value of `id`: `3pcc_abort`, `ack`, `ack2`, `bye`, `cancel`, `200` are",
    ),
    (
        "<CallLengthRepartition value=\"10,« x»\"/>",
        "bad-number: `x` is no number of milliseconds",
    ),
];

#[test]
fn elements_that_are_refused() {
    for (elements, expected) in REFUSED {
        refuses(&scenario(elements), expected);
    }
}

#[test]
fn an_optional_message_at_the_end_is_warned_of() {
    warns(
        "<scenario><recv request=\"INVITE\"/><recv request=\"BYE\" optional=\"«true»\"/></scenario>",
        "optional-last: the last message is optional: a call waits for it for ever",
    );
}

#[test]
fn an_empty_list_of_bounds_is_warned_of() {
    warns(
        &scenario("<ResponseTimeRepartition «value»=\"\"/>"),
        "no-effect: `<ResponseTimeRepartition>` without a bound has no effect",
    );
}

#[test]
fn timewait_is_last() {
    let text = |element: &str| format!("<scenario><recv request=\"BYE\"/>{element}</scenario>");
    refuses(
        &text("<timewait/><«nop»/>"),
        "after-timewait: `<nop>` after `<timewait>`",
    );
    refuses(
        &text("<label id=\"1\"/><timewait «next»=\"1\"/>"),
        "misplaced-attribute: a `<timewait>` has no `next`: the call is complete",
    );
}

#[test]
fn scenarios_that_are_refused_as_a_whole() {
    let cases = [
        (
            "<«scenario»></scenario>",
            "no-message: the scenario has no messages",
        ),
        (
            "<«scenario»><pause/></scenario>",
            "no-role: nothing tells whether calls begin here or elsewhere",
        ),
        (
            "«»",
            "missing-element: there is no `<scenario>` in this file",
        ),
        (
            "<«scenarios»/>",
            "unexpected-element: `<scenarios>` in a file of `<scenario>`",
        ),
        (
            "<«a»/><scenario><recv request=\"A\"/></scenario>",
            "unexpected-element: `<a>` in a file of `<scenario>`",
        ),
    ];
    for (text, expected) in cases {
        refuses(text, expected);
    }
    warns(
        "<scenario><recv request=\"A\"/></scenario><«scenario»/>",
        "unexpected-element: a second `<scenario>` has no effect",
    );
}

#[test]
fn transactions_are_whole() {
    let cases = [
        (
            "<send start_txn=\"«t»\"><![CDATA[INFO x SIP/2.0]]></send>",
            "bad-transaction: the transaction `t` has no response",
        ),
        (
            "<recv response=\"180\" response_txn=\"«t»\"/>",
            "bad-transaction: the transaction `t` is never started",
        ),
        (
            "<send start_txn=\"«t»\"><![CDATA[INVITE x SIP/2.0]]></send><recv response=\"200\" response_txn=\"t\"/>",
            "bad-transaction: the INVITE transaction `t` has no ACK",
        ),
        (
            "<send start_txn=\"«t»\"><![CDATA[INFO x SIP/2.0]]></send><recv response=\"200\" response_txn=\"t\"/><send ack_txn=\"t\"><![CDATA[ACK x SIP/2.0]]></send>",
            "bad-transaction: the transaction `t` has an ACK and no INVITE",
        ),
        (
            "<send «response_txn»=\"t\"><![CDATA[INFO x SIP/2.0]]></send>",
            "misplaced-attribute: `response_txn` belongs to received responses",
        ),
        (
            "<send «start_txn»=\"t\"><![CDATA[SIP/2.0 200 OK]]></send>",
            "misplaced-attribute: a response has no `start_txn`",
        ),
        (
            "<send start_txn=\"t\"><![CDATA[INVITE x SIP/2.0]]></send><recv response=\"200\" response_txn=\"t\"/><send ack_txn=\"t\"><![CDATA[ACK x SIP/2.0]]></send><send «ack_txn»=\"t\"><![CDATA[BYE x SIP/2.0]]></send>",
            "misplaced-attribute: a BYE acknowledges no transaction: only ACK has `ack_txn`",
        ),
        (
            "<send start_txn=\"«a,b»\"><![CDATA[INFO x SIP/2.0]]></send>",
            "bad-name: the name of a transaction may not have `$` or `,` in it",
        ),
    ];
    for (elements, expected) in cases {
        refuses(&scenario(elements), expected);
    }
}

#[test]
fn what_sipp_runs_without_a_word_is_warned_of() {
    let cases = [
        (
            "<recv response=\"180\" «optinal»=\"true\"/>",
            "unknown-attribute: `<recv>` has no attribute `optinal`: it has no effect",
        ),
        (
            "<recvCmd «timeout»=\"5\"/>",
            "unknown-attribute: `<recvCmd>` has no attribute `timeout`: it has no effect",
        ),
        (
            "<nop «test»=\"x\"/>",
            "no-effect: `test` has no effect without `next`",
        ),
        (
            "<nop><«actoin»/></nop>",
            "unknown-element: `<nop>` has no `<actoin>`: it has no effect",
        ),
        (
            "<nop><action/><«action»/></nop>",
            "second-action: only an `<action>` that comes first has an effect",
        ),
        (
            "<recv response=\"180\" timeout=\"«-1»\"/>",
            "bad-number: `-1` of `timeout` is no time: it has no effect",
        ),
        (
            "<«recv»/>",
            "no-message-wanted: this `<recv>` takes no message",
        ),
        (
            "<«recv» request=\"A\" response=\"200\"/>",
            "two-messages: this `<recv>` waits for the request: its response has no effect",
        ),
        (
            "<recv response=\"«99»\"/>",
            "bad-code: no response has the code 99: this never ends",
        ),
        (
            "<recv response=\"200\" regexp_match=\"«1»\"/>",
            "bad-value: `regexp_match` has no effect unless it is `true`",
        ),
        (
            "<send><![CDATA[A b SIP/2.0]]><![CDATA[«C»]]></send>",
            "second-message: only the first CDATA section is sent",
        ),
        (
            "<«pause» distribution=\"uniform\" min=\"5\" max=\"1\"/>",
            "bad-range: the distribution `uniform` needs `max` of at least `min`",
        ),
        (
            "<pause distribution=\"fixed\" value=\"5\" «mean»=\"1\"/>",
            "no-effect: the distribution `fixed` has no `mean`: it has no effect",
        ),
    ];
    for (elements, expected) in cases {
        warns(&scenario(elements), expected);
    }
    warns(
        &scenario("«<nop>»<action><jump value=\"9\"/></action></nop>"),
        "bad-jump: `<jump>` to 9: there are only the indices 0 to 2",
    );
    warns(
        &scenario("«<nop>»<action><jump value=\"1\"/></action></nop>"),
        "bad-jump: `<jump>` to 1 is a jump to itself",
    );
}
