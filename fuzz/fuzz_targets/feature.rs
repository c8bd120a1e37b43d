//! Any text as a feature, plain and Markdown, and as a tag expression: nothing panics, every place
//! lies in the text, and a whole document gives pickles.

#![no_main]

use gannet_diag::{SourceFile, render};
use gannet_gherkin::ast::IdGenerator;
use gannet_gherkin::{Syntax, TagExpression, compile_pickles, messages, parse_with};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for syntax in [Syntax::Plain, Syntax::Markdown] {
        let mut ids = IdGenerator::new();
        let result = parse_with(text, syntax, &mut ids);
        let diagnostics = result.diagnostics();
        for diagnostic in diagnostics.iter() {
            assert!(diagnostic.span.start <= diagnostic.span.end);
            assert!(diagnostic.span.end <= text.len());
        }
        let source = SourceFile::new("fuzz.feature", text);
        let _ = render(&source, diagnostics.as_slice(), false);
        if let Ok(document) = result.into_result() {
            let _ = messages::gherkin_document(&document, "fuzz.feature").to_string();
            for pickle in compile_pickles(&document, "fuzz.feature", &mut ids) {
                let _ = messages::pickle(&pickle).to_string();
            }
        }
    }
    let line = text.lines().next().unwrap_or("");
    match TagExpression::parse(line) {
        Ok(expression) => {
            let printed = expression.to_string();
            let again = TagExpression::parse(&printed).expect("printed by us");
            for tags in [&[][..], &["@a"], &["@b", "@a"]] {
                assert_eq!(expression.matches(tags), again.matches(tags), "{printed}");
            }
        }
        Err(error) => assert!(error.span.end <= line.len()),
    }
});
