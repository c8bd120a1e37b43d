//! The keyword table of the crate says what the official list of languages says.
//!
//! `BLESS=1 cargo test -p gannet-gherkin --test dialects_in_sync` writes the table again.

#![expect(
    clippy::disallowed_methods,
    reason = "the official list is a fixture file, the table a file of the crate"
)]

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

mod shared;

/// Order of the groups in a row of the table.
const GROUPS: [&str; 11] = [
    "feature",
    "rule",
    "background",
    "scenario",
    "scenarioOutline",
    "examples",
    "given",
    "when",
    "then",
    "and",
    "but",
];

#[test]
fn table_equals_the_official_list() {
    let Some(fixtures) = shared::gherkin_fixtures() else {
        return;
    };
    let json = std::fs::read_to_string(fixtures.join("gherkin-languages.json")).unwrap();
    let wanted = table(&serde_json::from_str(&json).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/dialects.rs");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let present = std::fs::read_to_string(&path).unwrap();
    assert!(
        present == wanted,
        "src/dialects.rs is out of date; run this test with BLESS=1"
    );
}

fn table(languages: &Value) -> String {
    let languages = languages.as_object().unwrap();
    let mut rows: Vec<_> = languages.iter().collect();
    rows.sort_by_key(|(code, _)| code.as_str());
    let mut out = String::from(
        "//! Keywords of the official languages. Generated, do not edit: \
         `tests/dialects_in_sync.rs`\n//! checks this file and writes it again with `BLESS=1`.\n\n\
         /// Between the groups of a row: feature, rule, background, scenario, scenario outline,\n\
         /// examples, given, when, then, and, but.\n\
         pub(crate) const GROUP_SEPARATOR: char = ';';\n\n\
         /// Between the keywords of a group.\n\
         pub(crate) const WORD_SEPARATOR: char = '|';\n\n\
         /// Code, English name, own name and keywords of every language, ordered by code.\n",
    );
    writeln!(
        out,
        "#[expect(clippy::unicode_not_nfc, reason = \"these are the official spellings\")]\n\
         #[rustfmt::skip]\npub(crate) const CODE_NAME_NATIVE_KEYWORDS: \
         [(&str, &str, &str, &str); {}] = [",
        rows.len()
    )
    .unwrap();
    for (code, language) in rows {
        let groups: Vec<String> = GROUPS
            .iter()
            .map(|group| {
                let words = language[*group].as_array().unwrap().iter();
                let words: Vec<_> = words.map(|word| word.as_str().unwrap()).collect();
                assert!(!words.is_empty());
                assert!(
                    !words
                        .iter()
                        .any(|word| word.contains([';', '|', '"', '\\']))
                );
                words.join("|")
            })
            .collect();
        let name = language["name"].as_str().unwrap();
        let native = language["native"].as_str().unwrap();
        writeln!(out, "    ({code:?}, {name:?}, \"{native}\",").unwrap();
        writeln!(out, "     \"{}\"),", groups.join(";")).unwrap();
    }
    out.push_str("];\n");
    out
}
