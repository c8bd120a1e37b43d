//! The XML itself.

use crate::marked::{read, refuses, warns};
use gannet_scenario::sipp::Options;

const REST: &str = "<recv request=\"A\"/></scenario>";

#[test]
fn broken_files_are_refused() {
    let cases = [
        (
            format!("<scenario>«<!--» x\n{REST}"),
            "xml-comment: this comment never ends",
        ),
        (
            format!("<scenario>\n«<?»x\n{REST}"),
            "xml-comment: this declaration never ends",
        ),
        (
            format!("<scenario>«<!»ELEMENT x>\n{REST}"),
            "xml-tag: this is neither a comment nor a CDATA section",
        ),
        (
            format!("<scenario>«<» x/>\n{REST}"),
            "xml-tag: `<` without the name of an element",
        ),
        (
            format!("<scenario><«recv» request=\"B\"\n{REST}"),
            "xml-tag: the tag `<recv` has no `>`",
        ),
        (
            format!("<scenario><recv request=\"B\" «=»/>\n{REST}"),
            "xml-tag: this character does not belong into a tag",
        ),
        (
            format!("<scenario><recv request=\"B\" «rrs»/>\n{REST}"),
            "xml-attribute: the attribute `rrs` has no value",
        ),
        (
            format!("<scenario><recv request=«B» />\n{REST}"),
            "xml-attribute: the value of `request` has no quotes",
        ),
        (
            format!("<scenario><recv request=«\"»B/>\n<nop rtd=\"1\"/>{REST}"),
            "xml-string: this value never ends",
        ),
        (
            format!("<scenario><recv request=\"B\"></«recvv»>\n{REST}"),
            "xml-mismatch: `</recvv>` does not close the element that is open",
        ),
        (
            "«<![CDATA[»x]]><scenario><recv request=\"A\"/></scenario>".to_owned(),
            "xml-cdata: a CDATA section outside all elements",
        ),
        (
            "<scenario><recv request=\"A\"/>«</scenario»".to_owned(),
            "xml-tag: this closing tag has no `>`",
        ),
    ];
    for (text, expected) in cases {
        refuses(&text, expected);
    }
}

#[test]
fn sections_that_never_end_and_depth_are_told() {
    let codes = |text: &str| -> Vec<&'static str> {
        let loaded = read(text, &Options::default());
        loaded.diagnostics.iter().map(|found| found.code).collect()
    };
    assert_eq!(
        codes("<scenario><send><![CDATA[ A b SIP/2.0 </send></scenario>"),
        ["no-message", "xml-cdata"]
    );
    let deep = format!("<scenario>{}", "<a>".repeat(100));
    assert!(codes(&deep).contains(&"xml-depth"));
    let many = format!("<scenario>{}</scenario>", "< ".repeat(200));
    let found = codes(&many);
    assert_eq!(found.iter().filter(|code| **code == "xml-tag").count(), 100);
    assert!(found.contains(&"xml-errors"));
}

#[test]
fn odd_files_are_warned_of() {
    let cases = [
        (
            format!("<scenario>«some text»\n{REST}"),
            "xml-text: text between tags has no effect",
        ),
        (
            format!("<scenario><nop display=\"a «<» b\"/>{REST}"),
            "xml-value: a plain `<` in a value: many versions of SIPp refuse it",
        ),
        (
            format!("<scenario><nop display=\"a &amp; «&» b\"/>{REST}"),
            "xml-value: a plain `&` in a value: many versions of SIPp refuse it",
        ),
        (
            format!("<scenario><nop display=\"a\" «display»=\"b\"/>{REST}"),
            "duplicate-attribute: a second `display`: the first one counts",
        ),
        (
            format!("{REST}</«x»>").replacen("<recv", "<scenario><recv", 1),
            "xml-mismatch: `</x>` closes nothing",
        ),
        (
            "<«scenario»><recv request=\"A\"/>".to_owned(),
            "xml-mismatch: `<scenario>` is never closed",
        ),
    ];
    for (text, expected) in cases {
        warns(&text, expected);
    }
}

#[test]
fn what_xml_allows_is_no_problem() {
    let text = "\u{feff}<?xml version=\"1.0\" encoding=\"ISO-8859-1\" ?>\n\
        <!DOCTYPE scenario SYSTEM \"sipp.dtd\" [ <!ENTITY a \"b\"> ]>\n<!-- c -- > -->\n\
        <scenario name='it\"s'><?pi x?><recv\n request = 'A' ></recv ><nop display=\"x\\\"y\"/></scenario>";
    let loaded = read(text, &Options::default());
    assert!(
        loaded.diagnostics.is_empty(),
        "{:?}",
        loaded.diagnostics.as_slice()
    );
    let scenario = loaded.scenario.expect("a scenario");
    assert_eq!(scenario.name, "it\"s");
    assert_eq!(scenario.steps[1].shown.display.as_deref(), Some("x\"y"));
}
