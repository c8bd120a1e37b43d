//! External data files, row by row of SEAGULL.md section 10.

mod common;

use common::shared;
use gannet_diag::{Diagnostics, render};
use gannet_scenario::model::DataTable;
use gannet_scenario::seagull::external::{ColumnType, ExternalData};
use gannet_scenario::seagull::xml::source_from_bytes;
use proptest::prelude::*;

fn read(bytes: &[u8]) -> (Option<ExternalData>, Diagnostics, String) {
    let (source, encoding) = source_from_bytes("data.csv", bytes);
    let mut diagnostics = Diagnostics::new();
    let data = ExternalData::read(&source, encoding, &mut diagnostics);
    let shown = render(&source, &diagnostics, false);
    (data, diagnostics, shown)
}

/// The values with `,` between, lines with `/` between.
fn shown(data: &ExternalData) -> String {
    (0..data.rows())
        .map(|row| {
            data.row(row)
                .map(|value| value.escape_ascii().to_string())
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn every_row_of_section_10() {
    let rows: [(&str, &[u8], &str); 24] = [
        ("blank lines are skipped", b"\n \t\n\"string\";\n\n\"a\";\n\n\"b\";\n\n", "a/b"),
        ("comments", b"# x\n // y\n\"string\";\n #\"no\";\n//\"no\";\n\"a\";\n", "a"),
        ("all types", b"\"string\";\"number\";\"signed\";\"number64\";\"signed64\";\n\"a\";\"1\";\"-2\";\"3\";\"-4\";\n", "a,1,-2,3,-4"),
        ("blanks around ;", b"\"string\"  ; \"string\"\t;  \n\"a\" ;   \"b\"  ; \n", "a,b"),
        ("; is needed after the last too", b"\"string\" ;\n\"a\";\n", "a"),
        ("\\\" is a quote", br#""string";"string";
"Digest realm=\"r\", nonce=\"n\"";"x";"#, "Digest realm=\\\"r\\\", nonce=\\\"n\\\",x"),
        ("other backslashes stay", b"\"string\";\n\"a\\b\\\\c\";\n", r"a\\b\\\\c"),
        ("; and # within a value", b"\"string\";\n\"a;b#c//d\";\n", "a;b#c//d"),
        ("what follows the last field", b"\"string\";\n\"a\"; # remark \"\n", "a"),
        ("empty values", b"\"string\";\"string\";\n\"\";\"\";\n", ","),
        ("0x: octets of a string", b"\"string\";\n\"0xCDC2ff\";\n", r"\xcd\xc2\xff"),
        ("0x: an odd number of digits", b"\"string\";\n\"0xabc\";\n", r"\n\xbc"),
        ("0x without digits", b"\"string\";\"string\";\n\"0x\";\"0xyz\";\n", "0x,0xyz"),
        ("0x: numbers", b"\"number\";\"signed64\";\n\"0x10\";\"-0xff\";\n", "16,-255"),
        ("numbers: leading zeros, blanks", b"\"number\";\n\" 007 \";\n", "7"),
        ("numbers: limits", b"\"number\";\"signed\";\"number64\";\"signed64\";\n\"4294967295\";\"-2147483648\";\"18446744073709551615\";\"-9223372036854775808\";\n", "4294967295,-2147483648,18446744073709551615,-9223372036854775808"),
        ("the last line without newline", b"\"string\";\n\"a\";\n\"a longer one\";", "a/a longer one"),
        ("CR LF", b"\"string\";\r\n\"a\";\r\n\r\n\"b\";\r\n", "a/b"),
        ("bytes stay as they are (UTF-8)", "\"string\";\n\"Zo\u{eb}\";\n".as_bytes(), r"Zo\xc3\xab"),
        ("bytes stay as they are", b"\"string\";\n\"Zo\xeb\";\n", r"Zo\xeb"),
        ("a byte order mark", "\u{feff}\"string\";\n\"a\";\n".as_bytes(), "a"),
        ("a byte order mark before a comment", "\u{feff}# x\n\"string\";\n\"a\";\n".as_bytes(), "a"),
        ("a byte order mark before ISO-8859-1", b"\xef\xbb\xbf\"string\";\n\"Zo\xeb\";\n", r"Zo\xeb"),
        ("lines in order", b"\"number\";\n\"1\";\n\"2\";\n\"3\";\n", "1/2/3"),
    ];
    for (row, bytes, expected) in rows {
        let (data, _, told) = read(bytes);
        assert_eq!(told, "", "{row}");
        assert_eq!(shown(&data.expect(row)), expected, "{row}");
    }
}

#[test]
fn rows_and_columns_are_found() {
    let (data, _, _) = read(b"\"string\";\"number\";\n\"a\";\"1\";\n\"\";\"2\";\n");
    let data = data.expect("good");
    assert_eq!(data.types, [ColumnType::String, ColumnType::Number]);
    assert_eq!((data.rows(), data.columns()), (2, 2));
    assert_eq!(data.value(1, 0), b"");
    assert_eq!(data.value(1, 1), b"2");
    assert_eq!(data.row(0).len(), 2);
}

#[test]
fn all_errors_are_told_with_their_places() {
    let cases: [(&str, &[&str]); 13] = [
        ("", &["data-types 1:1"]),
        ("# only\n", &["data-types 2:1"]),
        ("\"string\";\n", &["data-empty 2:1"]),
        (
            "\"strnig\";\"nubmer\";\n\"a\";\n",
            &["data-types 1:2", "data-types 1:11"],
        ),
        ("string;\n\"a\";\n", &["data-types 1:1"]),
        ("\"string\"\n\"a\";\n", &["data-types 1:1"]),
        (
            "\"string\";\"string\";\n\"a\";\n\"a\";\"b\";\n\"a\";\"b\";\"c\";\n",
            &["data-fields 2:1", "data-fields 4:1"],
        ),
        (
            "\"string\";\"string\";\n\"a\";\"b\"\n",
            &["data-fields 2:5"],
        ),
        (
            "\"string\";\"string\";\n\"a\" \" ; \"b\";\n",
            &["data-fields 2:1"],
        ),
        ("\"string\";\n\"a;\n\"b\";\n", &["data-fields 2:1"]),
        (
            "\"number\";\"signed\";\n\"x\";\"1.5\";\n\"4294967296\";\"\";\n\"-1\";\"0x\";\n",
            &[
                "data-number 2:2",
                "data-number 2:6",
                "data-number 3:2",
                "data-number 3:15",
                "data-number 4:2",
                "data-number 4:7",
            ],
        ),
        ("\"string\";\nno quotes;\n", &["data-fields 2:1"]),
        // As everywhere the mark is a character of the first line.
        (
            "\u{feff}\"strnig\";\"nubmer\";\n\"a\";\n",
            &["data-types 1:3", "data-types 1:12"],
        ),
    ];
    for (text, expected) in cases {
        let (source, encoding) = source_from_bytes("data.csv", text.as_bytes());
        let mut diagnostics = Diagnostics::new();
        let data = ExternalData::read(&source, encoding, &mut diagnostics);
        let found: Vec<String> = diagnostics
            .iter()
            .map(|one| format!("{} {}", one.code, source.position(one.span.start)))
            .collect();
        assert_eq!(found, expected, "{text}");
        assert!(data.is_none(), "{text}");
    }
}

#[test]
fn a_misspelt_type_is_helped() {
    let (_, _, told) = read(b"\"strng\";\n\"a\";\n");
    assert!(told.contains("data.csv:1:2"), "{told}");
    assert!(told.contains("did you mean `string`?"), "{told}");
}

#[test]
fn the_file_of_the_examples_is_read() {
    let Some(bytes) = shared("fixtures/seagull/run/external_data_client.csv") else {
        return;
    };
    let (data, _, told) = read(&bytes);
    assert_eq!(told, "");
    assert_eq!(
        shown(&data.expect("good")),
        "seagull,127.0.0.1:5060,server,127.0.0.1:5061,UDP"
    );
}

proptest! {
    #[test]
    fn no_file_panics(pieces in prop::collection::vec(prop::sample::select(vec![
        "\"", ";", "\n", "\\", "\"string\";", "\"number\";", "\"a\";", "\"1\";", " ", "#", "0x", "\u{e9}", "\r",
    ]), 0..40)) {
        read(pieces.concat().as_bytes());
    }

    #[test]
    fn values_come_back(values in prop::collection::vec("[ -!#-\\[\\]-~\u{e9}]{0,12}[ -!#-\\[\\]-~]", 1..20)) {
        let lines: Vec<String> = values
            .iter()
            .map(|value| format!("\"{}\";\n", value.replace('"', "\\\"")))
            .collect();
        let file = format!("\"string\";\n{}", lines.concat());
        let (data, _, told) = read(file.as_bytes());
        prop_assert_eq!(told, "");
        let data = data.expect("good");
        for (row, value) in values.iter().enumerate() {
            if !value.starts_with("0x") {
                prop_assert_eq!(data.value(row, 0), value.as_bytes());
            }
        }
    }
}
