//! Messages and keywords.

use gannet_diag::Severity;
use gannet_scenario::sipp::Options;

use crate::marked::{acting, complains_with, refuses, scenario, warns};

fn message(text: &str) -> String {
    scenario(&format!("<send>\n<![CDATA[\n   {text}\n]]></send>"))
}

#[test]
fn first_lines_that_are_refused() {
    let cases = [
        (
            "«[service] sip:x SIP/2.0»",
            "bad-first-line: the first line begins with no method and no `SIP/2.0`",
        ),
        (
            "«INVITE»\n   A: b",
            "bad-first-line: the first line is neither a request line nor a status line",
        ),
        (
            "«SIP/2.0 99 x»",
            "bad-first-line: a status line has a code between 100 and 699 as plain text",
        ),
        (
            "«SIP/2.0 [service]»",
            "bad-first-line: a status line has a code between 100 and 699 as plain text",
        ),
        (
            "«SIP/2.0 200x»",
            "bad-first-line: a status line has a code between 100 and 699 as plain text",
        ),
    ];
    for (text, expected) in cases {
        refuses(&message(text), expected);
    }
    warns(
        &message("«SIP/2.1 200 OK»"),
        "bad-first-line: `SIP/2.1` is taken for the method of a request",
    );
    warns(
        &message("INFO sip:a:«[media_port» ] SIP/2.0").replace("» ]", "»]"),
        "media-port-in-first-line: SIPp stops at a port of media in the first line",
    );
}

#[test]
fn keywords_that_are_refused() {
    let long = format!("A: «[{}]»", "x".repeat(257));
    let cases = [
        (
            "A: [«remote_prot»]",
            "unknown-keyword: there is no keyword `remote_prot`",
        ),
        ("A: [«::1»]", "unknown-keyword: there is no keyword `::1`"),
        (
            "A: [«call_number »]",
            "unknown-keyword: there is no keyword `call_number `",
        ),
        ("A: «[»service", "bad-keyword: this keyword has no `]`"),
        ("A: «[]»", "bad-keyword: this keyword has no name"),
        (
            long.as_str(),
            "bad-keyword: this keyword is longer than 256 bytes",
        ),
        ("A: [«file»]", "bad-keyword: `[file]` needs `name=`"),
        (
            "A: [«fill text=X»]",
            "bad-keyword: `[fill]` needs `variable=`",
        ),
        (
            "A: [«last_:»]",
            "bad-keyword: `[last_...]` without the name of a header field",
        ),
        ("A: [$«»]", "bad-name: the name of a variable is empty"),
        (
            "A: [$«once»]",
            "unused-variable: the variable `once` is named only once",
        ),
        (
            "A: [authentication username=\"[«usernaem»]\"]",
            "unknown-keyword: there is no keyword `usernaem`",
        ),
        (
            "A: [field0 file=\"f\" line=\"[«call_numbr»]\"]",
            "unknown-keyword: there is no keyword `call_numbr`",
        ),
    ];
    for (line, expected) in cases {
        refuses(&message(&format!("INFO x SIP/2.0\n   {line}")), expected);
    }
    refuses(
        &acting("<log message=\"&lt;a&gt; \\n[«servce»]\"/>"),
        "unknown-keyword: there is no keyword `servce`",
    );
}

#[test]
fn keywords_that_are_warned_of() {
    let cases = [
        (
            "A: «[»x [service]]",
            "nested-keyword: this `[` is plain text: another one opens before its `]`",
        ),
        (
            "A: «\\x5»y",
            "hex-byte: `\\x` needs two hexadecimal digits: the character after it is lost",
        ),
        (
            "A: [«field»]",
            "bad-field: a field without a number is the first one",
        ),
        (
            "A: [field0 «fiel»=a.csv]",
            "unknown-parameter: this keyword has no `fiel`: it has no effect",
        ),
        (
            "[authentication «usrname»=a password=b]",
            "unknown-parameter: this keyword has no `usrname`: it has no effect",
        ),
        (
            "A: [«last_From:value»]",
            "bad-keyword: no header field is called `From:value`: this prints nothing",
        ),
        (
            "A: b\n   «[last_From:]»\n\n   v=0",
            "header-end-may-vanish: if this prints nothing, the empty line before the body is lost too",
        ),
    ];
    for (line, expected) in cases {
        let expected_place = line.replace("«\\x5»y", "«\\x5y»");
        warns(
            &message(&format!("INFO x SIP/2.0\n   {expected_place}")),
            expected,
        );
    }
    warns(
        &acting("<log message=\"[$a«+1»]\"/>"),
        "no-offset: an offset has no effect on a variable",
    );
}

#[test]
fn a_file_alone_may_name_values_of_the_command_line() {
    let alone = Options {
        more_keys: true,
        ..Options::default()
    };
    let text = |line: &str| message(&format!("INFO x SIP/2.0\n   {line}"));
    complains_with(
        &text("A: [«user»]"),
        &alone,
        Severity::Warning,
        "unknown-keyword: there is no keyword `user`",
    );
    complains_with(
        &text("A: [«::1»]"),
        &alone,
        Severity::Error,
        "unknown-keyword: there is no keyword `::1`",
    );
}
