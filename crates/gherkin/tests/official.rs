//! The official test data: every good file gives its syntax tree and pickles, every bad file all
//! its errors.

#![expect(
    clippy::disallowed_methods,
    reason = "the official test data are fixture files"
)]

use std::collections::BTreeSet;
use std::path::Path;

use gannet_gherkin::ast::IdGenerator;
use gannet_gherkin::{Syntax, compile_pickles, messages, parse_with};
use serde_json::Value;

mod shared;

#[test]
fn good_files_give_their_tree_and_pickles() {
    let Some(fixtures) = shared::gherkin_fixtures() else {
        return;
    };
    let mut failures = Vec::new();
    let files = features(&fixtures.join("good"));
    for path in &files {
        let (name, text, syntax) = read(path);
        let uri = format!("../testdata/good/{name}");
        let mut ids = IdGenerator::new();
        let result = parse_with(&text, syntax, &mut ids);
        if !result.errors.is_empty() {
            failures.push(format!("{name}: {:?}", result.errors));
        }
        let pickles = compile_pickles(&result.document, &uri, &mut ids);
        let pickles: Vec<_> = pickles.iter().map(messages::pickle).collect();
        let document = vec![messages::gherkin_document(&result.document, &uri)];
        let source = vec![messages::source(&text, &uri, syntax)];
        for (kind, found) in [("ast", document), ("pickles", pickles), ("source", source)] {
            let expected = ndjson(&path.with_file_name(format!("{name}.{kind}.ndjson")));
            if let Some(difference) = difference(&expected, &found) {
                failures.push(format!("{name} {kind}: {difference}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(files.len() >= 55, "only {} files", files.len());
}

#[test]
fn bad_files_give_all_their_errors() {
    let Some(fixtures) = shared::gherkin_fixtures() else {
        return;
    };
    let mut failures = Vec::new();
    let files = features(&fixtures.join("bad"));
    for path in &files {
        let (name, text, syntax) = read(path);
        let uri = format!("../testdata/bad/{name}");
        let result = parse_with(&text, syntax, &mut IdGenerator::new());
        let found: Vec<_> = result
            .errors
            .iter()
            .map(|error| messages::parse_error(error, &uri))
            .collect();
        let expected = ndjson(&path.with_file_name(format!("{name}.errors.ndjson")));
        if let Some(difference) = difference(&expected, &found) {
            failures.push(format!("{name}: {difference}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(files.len() >= 12, "only {} files", files.len());
}

#[test]
fn good_files_cause_no_warnings() {
    let Some(fixtures) = shared::gherkin_fixtures() else {
        return;
    };
    for path in features(&fixtures.join("good")) {
        let (name, text, syntax) = read(&path);
        let result = parse_with(&text, syntax, &mut IdGenerator::new());
        assert_eq!(result.warnings, [], "{name}");
    }
}

fn features(folder: &Path) -> BTreeSet<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.strip_suffix(".md")
                .unwrap_or(name)
                .ends_with(".feature")
        })
        .collect()
}

fn read(path: &Path) -> (String, String, Syntax) {
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let is_markdown = path.extension().is_some_and(|extension| extension == "md");
    let syntax = if is_markdown {
        Syntax::Markdown
    } else {
        Syntax::Plain
    };
    (name, std::fs::read_to_string(path).unwrap(), syntax)
}

fn ndjson(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn difference(expected: &[Value], found: &[Value]) -> Option<String> {
    if expected.len() != found.len() {
        return Some(format!(
            "{} lines instead of {}: {found:?}",
            found.len(),
            expected.len()
        ));
    }
    expected
        .iter()
        .zip(found)
        .find(|(expected, found)| expected != found)
        .map(|(expected, found)| format!("\n  expected {expected}\n  received {found}"))
}
