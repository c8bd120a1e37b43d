//! Cells of injection files, and variables that belong to users as lines do.

use gannet_scenario::sipp::model::Scope;

use super::super::bench::Bench;
use super::super::{Common, Needs};
use super::*;
use crate::sipp::state::CallState;

/// Variables of each type; `u` is never stored.
const VARIABLES: &str = r#"<assign assign_to="n" value="1.5"/><assign assign_to="z" value="0"/>
    <assignstr assign_to="t" value="text"/><assign assign_to="minus" value="-1"/>
    <ereg regexp="never" search_in="var" variable="t" assign_to="u"/><log message="[$n][$z][$t][$u][$minus]"/>"#;

#[track_caller]
fn check(bench: &mut Bench, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(bench.text(text).as_deref(), Ok(*expected), "{text}");
    }
}

#[test]
fn fields_come_from_the_line_of_the_call_or_from_another() {
    let files = [
        ("a.csv", "SEQUENTIAL\nalice;1;\nbob;2\n"),
        ("b.csv", "RANDOM\nx;y\n"),
    ];
    let mut bench = Bench::with_files(VARIABLES, &files);
    bench.act(None);
    bench.state.choose_line(0, 1);
    bench.state.choose_line(1, 0);
    check(
        &mut bench,
        &[
            ("[field0]|[field1]|[field1 file=\"b.csv\"]", "bob|2|y"),
            (
                "[field0 line=\"0\"]|[field0 file=\"a.csv\" line=\"[$z]\"]",
                "alice|alice",
            ),
            (
                "[field1 line=\"[$u]1\"]|[field0 line=\"9\"]|[field0 line=\"[$minus]\"]|",
                "2|||",
            ),
            ("A\n[field2 line=\"0\"]\nB", "A\r\nB"),
        ],
    );
    let warnings = bench.common.warnings;
    check(&mut bench, &[("[field2]", "")]);
    assert!(bench.common.warnings > warnings);
    assert!(matches!(
        bench.text("[field0 line=\"[$t]\"]"),
        Err(RenderError::Field(_))
    ));
    assert!(Needs::of(&bench.scenario).lines);
}

#[test]
fn variables_of_a_user_belong_to_the_user() {
    let mut bench = Bench::new(VARIABLES);
    bench.act(None);
    let variable = bench
        .scenario
        .variables
        .iter_mut()
        .find(|variable| variable.name == "n");
    variable.expect("n").scope = Scope::User;
    bench.common = Common::new([&bench.scenario], &bench.settings);
    bench.state = CallState::default();
    check(&mut bench, &[("[$n]", "")]);
    bench.act(None);
    check(&mut bench, &[("[$n]", "1.500000")]);
    // Without users they are the call's.
    bench.state.begin(4, None, 1);
    check(&mut bench, &[("[$n]", "")]);
    let mut bench = bench.of_user(5);
    bench.act(None);
    check(&mut bench, &[("[$n]", "1.500000")]);
    let mut bench = bench.of_user(6);
    check(&mut bench, &[("[$n]", "")]);
    let mut bench = bench.of_user(5);
    check(&mut bench, &[("[$n]", "1.500000")]);
}
