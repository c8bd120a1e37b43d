//! The XML dialect of Seagull's files, row by row of SEAGULL.md section 1.

mod common;

use common::shared;
use gannet_diag::{Diagnostics, SourceFile, render};
use gannet_scenario::seagull::xml::{Dialect, Element, Encoding, Node, parse, source_from_bytes};
use proptest::prelude::*;

/// The tree as short text: `name[attribute=value](children)`, texts in quotes.
fn shape(elements: &[Element]) -> String {
    elements
        .iter()
        .map(element_shape)
        .collect::<Vec<_>>()
        .join(" ")
}

fn element_shape(element: &Element) -> String {
    let attributes: Vec<String> = element
        .attributes
        .iter()
        .map(|attribute| format!("[{}={}]", attribute.name, attribute.value))
        .collect();
    let tag = format!("{}{}", element.name, attributes.concat());
    let children: Vec<String> = element
        .children
        .iter()
        .map(|child| match child {
            Node::Element(element) => element_shape(element),
            Node::Cdata(cdata) => format!("{:?}", cdata.text),
        })
        .collect();
    if children.is_empty() {
        return tag;
    }
    format!("{tag}({})", children.join(" "))
}

fn read(text: &str) -> (String, Diagnostics) {
    let source = SourceFile::new("file.xml", text);
    let mut diagnostics = Diagnostics::new();
    let elements = parse(&source, Dialect::default(), &mut diagnostics);
    check_spans(&source, &elements);
    (shape(&elements), diagnostics)
}

/// Every span must be the place it says.
fn check_spans(source: &SourceFile, elements: &[Element]) {
    for element in elements {
        assert_eq!(&source.text()[element.name_span.clone()], element.name);
        assert!(source.text()[element.span.clone()].starts_with('<'));
        for attribute in &element.attributes {
            assert_eq!(&source.text()[attribute.name_span.clone()], attribute.name);
            assert!(source.text().get(attribute.value_span.clone()).is_some());
        }
        for cdata in element.cdatas() {
            assert!(source.text().get(cdata.span.clone()).is_some());
        }
        let children: Vec<Element> = element.elements().cloned().collect();
        check_spans(source, &children);
    }
}

/// Row, text, the tree.
const ROWS: &[[&str; 3]] = &[
    [
        "elements",
        r#"<a x="1" y-2_z="3"><b></b><c> </c></a>"#,
        "a[x=1][y-2_z=3](b c)",
    ],
    ["elements", "<a></a><b></b>", "a b"],
    ["elements", "< a > < b ></ b > < / a >", "a(b)"],
    [
        "elements",
        "<a\n  x = \"1\"\ty\n=\n\"2\"\n></a\n>",
        "a[x=1][y=2]",
    ],
    ["elements", r#"<a x="1"y="2"></a>"#, "a[x=1][y=2]"],
    [
        "comments before the declaration",
        "<!-- c -->\n<?xml version=\"1.0\"?><a></a>",
        "a",
    ],
    [
        "comments between elements",
        "<a><!-- <b> --x> --><b></b></a>",
        "a(b)",
    ],
    [
        "comments between elements",
        "<a><!-- -- x ---->  <b></b></a>",
        "a(b)",
    ],
    [
        "comments in a start tag",
        r#"<a <!-- x="0" --> x="1" <!-- > -->></a>"#,
        "a[x=1]",
    ],
    [
        "comments end with --, blanks, >",
        "<a><!-- c --\n \t><b></b></a>",
        "a(b)",
    ],
    [
        "the declaration is ignored",
        "<?xml version=\"1.0\" encoding=\"x\" ?><a></a>",
        "a",
    ],
    [
        "no entity decoding in texts",
        "<a><![CDATA[&gt;]]></a>",
        r#"a("&gt;")"#,
    ],
    [
        "attributes hold < and >",
        r#"<a v="s <sip:s@h>;tag=1"></a>"#,
        "a[v=s <sip:s@h>;tag=1]",
    ],
    ["attributes over lines", "<a v=\"1\n2\"></a>", "a[v=1\n2]"],
    ["CDATA opener", "<a><![CDATA[x]]></a>", r#"a("x")"#],
    ["CDATA opener", "<a><! [CDATA[x]]></a>", r#"a("x")"#],
    ["CDATA opener", "<a>< \n! [ CDATA\t[x]]></a>", r#"a("x")"#],
    ["CDATA end", "<a><![CDATA[x]] ></a>", r#"a("x")"#],
    ["CDATA end", "<a><![CDATA[x] ]\n></a>", r#"a("x")"#],
    [
        "CDATA holds tags and quotes",
        "<a><![CDATA[<b \"> </a>]]></a>",
        r#"a("<b \"> </a>")"#,
    ],
    [
        "CDATA: several",
        "<a><![CDATA[x]]><!-- c --><![CDATA[y]]></a>",
        r#"a("x" "y")"#,
    ],
    [
        "CDATA: escaped bracket",
        r"<a><![CDATA[[::1\]:5060\]\]>]]></a>",
        r#"a("[::1]:5060]]>")"#,
    ],
    [
        "escapes in strings",
        r#"<a v="\n\r\t\\\"\x\]"></a>"#,
        "a[v=\n\r\t\\\"\\x\\]]",
    ],
    [
        "escapes in CDATA",
        r#"<a><![CDATA[\n\r\t\\\]\x\"]]></a>"#,
        r#"a("\n\r\t\\]\\x\\\"")"#,
    ],
    [
        "CDATA: line continuation",
        "<a><![CDATA[x\\\n   y\\ ]]></a>",
        r#"a("xy")"#,
    ],
    [
        "beyond: entities in values",
        r#"<a v="&lt;x&gt;&amp;&quot;&apos;"></a>"#,
        "a[v=<x>&\"']",
    ],
    [
        "beyond: empty elements",
        r#"<a><b/><c x="1" / ></a>"#,
        "a(b c[x=1])",
    ],
    ["beyond: byte order mark", "\u{feff}<a></a>", "a"],
];

#[test]
fn every_row_of_section_1() {
    for [row, text, expected] in ROWS {
        let (found, diagnostics) = read(text);
        assert!(diagnostics.is_empty(), "{row}: {text}\n{diagnostics:?}");
        assert_eq!(&found, expected, "{row}: {text}");
    }
}

#[test]
fn values_and_texts_may_be_longer_than_2048_bytes() {
    let long = "x".repeat(5000);
    let (found, _) = read(&format!("<a v=\"{long}\"><![CDATA[{long}]]></a>"));
    assert_eq!(found, format!("a[v={long}]({long:?})"));
}

#[test]
fn entities_can_be_left_alone() {
    let source = SourceFile::new("file.xml", r#"<a v="&gt;"></a>"#);
    let mut diagnostics = Diagnostics::new();
    let elements = parse(&source, Dialect { entities: false }, &mut diagnostics);
    assert_eq!(shape(&elements), "a[v=&gt;]");
}

#[test]
fn all_errors_of_a_file_are_told_at_their_places() {
    // Each file with the codes and the texts at the places, in the order they are found.
    let cases: [(&str, &[(&str, &str)]); 22] = [
        ("<a>text</a>", &[("xml-text", "text")]),
        ("a <a></a> b c ", &[("xml-text", "a"), ("xml-text", "b c")]),
        ("<a><b></a>", &[("xml-mismatch", "b")]),
        ("<a><b>", &[("xml-mismatch", "a"), ("xml-mismatch", "b")]),
        ("<action></actoin>", &[("xml-mismatch", "actoin")]),
        ("<t><send></receive></t>", &[("xml-mismatch", "receive")]),
        (
            "<t><send></send></receive></t>",
            &[("xml-mismatch", "receive")],
        ),
        ("</a><b></b>", &[("xml-mismatch", "a")]),
        (
            "<s><send><act></send><recv><act></recv></s>",
            &[("xml-mismatch", "act"), ("xml-mismatch", "act")],
        ),
        (
            "<a x='1' y=2 z></a>",
            &[
                ("xml-attribute", "1"),
                ("xml-attribute", "2"),
                ("xml-attribute", "z"),
            ],
        ),
        (
            "<a =\"1\"></a>",
            &[
                ("xml-tag", "="),
                ("xml-tag", "\""),
                ("xml-name", "1"),
                ("xml-attribute", "1"),
                ("xml-tag", "\""),
            ],
        ),
        (
            "<1a x.y=\"1\"></1a>",
            &[("xml-name", "1a"), ("xml-name", "x.y")],
        ),
        ("<a x=\"1></a>", &[("xml-string", "\"")]),
        ("<a x=\"1>\n<b y=\"2\"></b></a>", &[("xml-string", "\"")]),
        ("<a><!-- never\n</a>", &[("xml-comment", "<!--")]),
        ("<a><![CDATA[ never ]></a>", &[("xml-cdata", "<![CDATA[")]),
        ("<a><![CDATA[[::1]:5060]]></a>", &[("xml-cdata", "]")]),
        ("<![CDATA[x]]>", &[("xml-cdata", "<![CDATA[")]),
        ("<!DOCTYPE x><a></a>", &[("xml-tag", "<")]),
        ("<?php x?><a></a>", &[("xml-tag", "<?php x?>")]),
        ("<a\n<b></b></a>", &[("xml-tag", "a")]),
        ("<a></a", &[("xml-tag", "</a")]),
    ];
    for (text, expected) in cases {
        let (_, diagnostics) = read(text);
        let found: Vec<(&str, &str)> = diagnostics
            .iter()
            .map(|diagnostic| (diagnostic.code, &text[diagnostic.span.clone()]))
            .collect();
        assert_eq!(found, expected, "{text}");
        assert!(diagnostics.has_errors());
    }
}

#[test]
fn after_an_error_the_rest_is_read() {
    let cases = [
        ("<a><b></a><c></c>", "a(b) c"),
        ("<a x=\"1>\n<b y=\"2\"></b></a>", "a[x=1](b[y=2])"),
        ("<a><!-- never\n<b></b></a>", "a(b)"),
        ("<a><![CDATA[ never ]></a><b></b>", "a b"),
        ("<a><![CDATA[[::1]:5060]]></a>", r#"a("[::1]:5060")"#),
        ("<a x='1' y=2></a>", "a[x=1][y=2]"),
        ("<a>text<b></b></a>", "a(b)"),
    ];
    for (text, expected) in cases {
        let (found, diagnostics) = read(text);
        assert_eq!(found, expected, "{text}");
        assert!(diagnostics.has_errors(), "{text}");
    }
}

#[test]
fn a_forgotten_end_of_cdata_is_told_where_the_next_one_opens() {
    let text = "<a><b><![CDATA[x</b><c><![CDATA[y]]></c></a>";
    let (_, diagnostics) = read(text);
    assert_eq!(diagnostics[0].span.start, text.rfind("<!").expect("there"));
    assert!(diagnostics[0].help[0].contains("1:7"), "{diagnostics:?}");
    assert!(diagnostics.has_errors());
}

#[test]
fn a_file_of_errors_only_takes_no_time_and_no_stack() {
    for piece in [
        "<a>",
        "</a>",
        "<a x=\"",
        "<![CDATA[",
        "<!--",
        "\\\"",
        "<a x=\"\\\"",
        "]",
        "<?",
        "-- ",
    ] {
        let (_, diagnostics) = read(&piece.repeat(200_000));
        assert!(diagnostics.len() <= 300, "{piece}: {}", diagnostics.len());
    }
}

const FILES: [&str; 13] = [
    "config/conf.client.corr.xml",
    "config/conf.client.param.xml",
    "config/conf.client.xml",
    "config/conf.server.corr.1.xml",
    "config/conf.server.corr.2.xml",
    "config/conf.server.xml",
    "config/sip-dictionnary.xml",
    "scenario/client.param.xml",
    "scenario/client.xml",
    "scenario/client_corr.xml",
    "scenario/server.xml",
    "scenario/server_corr_1.xml",
    "scenario/server_corr_2.xml",
];

#[test]
fn files_of_seagull_are_read_without_a_word() {
    for name in FILES {
        let Some(bytes) = shared(&format!("fixtures/seagull/{name}")) else {
            return;
        };
        let (source, encoding) = source_from_bytes(name, &bytes);
        assert_eq!(encoding, Encoding::Utf8);
        let mut diagnostics = Diagnostics::new();
        let elements = parse(&source, Dialect::default(), &mut diagnostics);
        let told = render(&source, &diagnostics, false);
        assert_eq!(told, "", "{name}");
        check_spans(&source, &elements);
        assert_eq!(elements.len(), 1, "{name}");
        let root = &elements[0];
        let roots = ["configuration", "scenario", "protocol"];
        assert!(roots.contains(&root.name.as_str()), "{}", root.name);
        assert!(root.elements().next().is_some());
    }
}

#[test]
fn scenarios_of_the_seed_text_are_read_without_a_word() {
    let Some(bytes) = shared("seeds/003_078cb151b529b2dd.txt") else {
        return;
    };
    let text = String::from_utf8(bytes).expect("the seed text is UTF-8");
    let mut scenarios = 0;
    for (start, _) in text.match_indices("<?xml ") {
        let end = start + text[start..].find("</scenario>").expect("the end") + "</scenario>".len();
        let source = SourceFile::new("seed", &text[start..end]);
        let mut diagnostics = Diagnostics::new();
        let elements = parse(&source, Dialect::default(), &mut diagnostics);
        assert_eq!(render(&source, &diagnostics, false), "");
        assert_eq!(elements.len(), 1);
        scenarios += 1;
    }
    assert_eq!(scenarios, 2);
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn no_mixture_of_tokens_panics(pieces in prop::collection::vec(prop::sample::select(vec![
        "<", ">", "/", "!", "[", "]", "\\", "\"", "'", "=", "?", "-", "--", "<!--", "-->", "<![CDATA[",
        "]]>", "<a>", "</a>", "<b x=\"1\">", "</b>", "a", "xml", " ", "\n", "&gt;", "\u{e9}", "\u{1f4de}",
    ]), 0..60)) {
        read(&pieces.concat());
    }

    #[test]
    fn bytes_of_a_text_come_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (source, encoding) = source_from_bytes("f", &bytes);
        prop_assert_eq!(encoding.bytes(source.text()), bytes);
    }

    #[test]
    fn what_is_written_with_escapes_is_read(value in "\\PC{0,60}", text in "\\PC{0,60}") {
        let escape = |text: &str| text.replace('\\', "\\\\").replace(']', "\\]");
        let file = format!(
            "<a v=\"{}\"><![CDATA[{}]]></a>",
            value.replace('\\', "\\\\").replace('"', "\\\""),
            escape(&text),
        );
        let source = SourceFile::new("f", file.as_str());
        let mut diagnostics = Diagnostics::new();
        let elements = parse(&source, Dialect { entities: false }, &mut diagnostics);
        prop_assert!(!diagnostics.has_errors(), "{}", file);
        prop_assert_eq!(&elements[0].attribute("v").expect("there").value, &value);
        prop_assert_eq!(&elements[0].cdatas().next().expect("there").text, &text);
    }
}
