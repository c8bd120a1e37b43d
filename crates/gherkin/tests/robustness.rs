//! Whatever the text, the parser answers, in time linear in its length.

#![expect(
    clippy::disallowed_methods,
    reason = "the test measures how long the parser takes"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use gannet_diag::{SourceFile, render};
use gannet_gherkin::ast::IdGenerator;
use gannet_gherkin::{
    Dialect, ERRORS_MAX, Syntax, TagExpression, compile_pickles, messages, parse, parse_with,
};

const ROUNDS: u64 = 3_000;

/// Pieces that mean something to the parser.
const PIECES: [&str; 40] = [
    "Feature: ",
    "Rule: ",
    "Background: ",
    "Scenario: ",
    "Scenario Outline: ",
    "Examples: ",
    "Given ",
    "When ",
    "Then ",
    "And ",
    "* ",
    "<a>",
    "|",
    "| a |",
    "| a | b |",
    "\\",
    "\\n",
    "\\|",
    "\"\"\"",
    "```",
    "````",
    "\\\"\\\"\\\"",
    "@tag",
    "@",
    "@a b",
    " #",
    "# language: fr",
    "# language:xx",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "  ",
    "\t",
    "\u{a0}",
    "\u{feff}",
    "\u{1f4de}",
    "Sc\u{e9}nario:",
    "`@x`",
    "## ",
];

/// Characters that mean something to the parser.
const MARKS: [char; 7] = ['|', '\n', '"', '@', '#', ' ', ':'];

fn check(text: &str, seed: u64) {
    for syntax in [Syntax::Plain, Syntax::Markdown] {
        let mut ids = IdGenerator::new();
        let result = parse_with(text, syntax, &mut ids);
        assert!(
            result.errors.len() <= ERRORS_MAX + 1,
            "seed {seed}: {} errors",
            result.errors.len()
        );
        for pickle in compile_pickles(&result.document, "x", &mut ids) {
            messages::pickle(&pickle);
            for step in &pickle.steps {
                assert!(text.get(step.text_span.clone()).is_some(), "seed {seed}");
            }
        }
        messages::gherkin_document(&result.document, "x");
        let diagnostics = result.diagnostics();
        for diagnostic in &diagnostics {
            assert!(
                text.get(diagnostic.span.clone()).is_some(),
                "seed {seed}: {diagnostic:?}"
            );
        }
        render(&SourceFile::new("x.feature", text), &diagnostics, false);
    }
}

#[test]
fn any_arrangement_of_pieces_is_answered() {
    for seed in 0..ROUNDS {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut text = String::new();
        for _ in 0..random.usize(..40) {
            text.push_str(random.choice(PIECES).expect("there are pieces"));
            if random.u8(..3) == 0 {
                text.push('\n');
            }
        }
        check(&text, seed);
    }
}

#[test]
fn any_damage_to_a_feature_is_answered() {
    let feature = "# language: en\n@a @b #c\nFeature: x\n  text\n\n  Background:\n    Given b\n\n  \
                   @c\n  Scenario Outline: <n>\n    When <n> calls\n      | a | \\| |\n      \"\"\"json\n      \
                   {\u{e9}}\n      \"\"\"\n    @d\n    Examples: e\n      | n |\n      | Bob |\n  Rule: r\n    \
                   Scenario: z\n      * s\n";
    assert_eq!(parse(feature).errors, []);
    for seed in 0..ROUNDS {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut characters: Vec<char> = feature.chars().collect();
        for _ in 0..random.usize(1..6) {
            let at = random.usize(..characters.len());
            let mark = random.choice(MARKS).expect("there are marks");
            match random.u8(..4) {
                0 if characters.len() > 1 => drop(characters.remove(at)),
                1 => characters.insert(at, random.char(..)),
                2 => characters[at] = mark,
                _ => characters.truncate(at.max(1)),
            }
        }
        let text: String = characters.into_iter().collect();
        check(&text, seed);
    }
}

#[test]
fn any_tag_expression_is_answered() {
    let pieces = [
        "@a", "and", "or", "not", "(", ")", "\\", " ", "\u{e9}", "@b",
    ];
    for seed in 0..ROUNDS {
        let mut random = fastrand::Rng::with_seed(seed);
        let length = random.usize(..12);
        let text: String = (0..length)
            .map(|_| *random.choice(pieces.iter()).expect("some"))
            .collect();
        match TagExpression::parse(&text) {
            Ok(expression) => drop(expression.matches(&["@a"])),
            Err(error) => assert!(text.get(error.span).is_some(), "seed {seed}: {text:?}"),
        }
    }
}

#[test]
fn every_language_can_write_a_feature() {
    for dialect in Dialect::all() {
        let mut text = format!("# language: {}\n{}: f\n", dialect.code, dialect.feature[0]);
        let scenarios = dialect.scenario.iter().chain(&dialect.scenario_outline);
        let mut steps = 0;
        for scenario in scenarios.clone() {
            writeln!(text, "{scenario}: s").unwrap();
            for step in &dialect.step_keywords {
                writeln!(text, "  {}x", step.keyword).unwrap();
                steps += 1;
            }
        }
        let mut ids = IdGenerator::new();
        let result = parse_with(&text, Syntax::Plain, &mut ids);
        assert_eq!(result.errors, [], "{}", dialect.code);
        let pickles = compile_pickles(&result.document, "x", &mut ids);
        assert_eq!(pickles.len(), scenarios.count(), "{}", dialect.code);
        let found: usize = pickles.iter().map(|pickle| pickle.steps.len()).sum();
        assert_eq!(found, steps, "{}", dialect.code);
    }
}

#[test]
fn time_is_linear_in_the_length() {
    let scenario =
        "  @a @b\n  # comment\n\n  Scenario: s\n    Given a\n      | a | b |\n    Then c\n";
    let many_scenarios = format!("Feature: x\n{}", scenario.repeat(8_000));
    let many_tags = format!("Feature: x\n{}Scenario: y\n", "@a\n".repeat(50_000));
    let long_table = format!("Feature: x\nScenario: y\n* z\n|{}\n", " a |".repeat(50_000));
    let many_lines_of_text = format!("Feature: x\n{}", "Scenari: text\n\n".repeat(10_000));
    for text in [
        &many_scenarios,
        &many_tags,
        &long_table,
        &many_lines_of_text,
    ] {
        let started = Instant::now();
        let result = parse(text);
        let taken = started.elapsed();
        assert_eq!(result.errors, []);
        // Quadratic behaviour takes minutes; a busy machine and a debug build do not.
        assert!(
            taken < Duration::from_secs(10),
            "{taken:?} for {:?}",
            &text[..40]
        );
    }
}

#[test]
fn a_file_that_is_no_feature_is_given_up_early() {
    let text = "binary \u{0}\n".repeat(100_000);
    assert_eq!(parse(&text).errors.len(), ERRORS_MAX);
}
