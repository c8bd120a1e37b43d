//! Injection files that scenarios name.

use gannet_diag::Severity;
use gannet_scenario::sipp::{InjectionInfo, Options};

use crate::marked::{acting, complains_with, read};

fn options() -> Options {
    let file = |name: &str, columns, is_indexed, is_printf| InjectionInfo {
        name: name.to_owned(),
        columns: Some(columns),
        is_indexed,
        is_printf,
    };
    Options {
        injection: Some(vec![
            file("dir/first.csv", 2, false, true),
            file("second.csv", 1, true, false),
        ]),
        ..Options::default()
    }
}

#[test]
fn files_and_fields_are_looked_for() {
    let error = Severity::Error;
    let cases = [
        (
            "<log message=\"[field0 file=&quot;«secnd.csv»&quot;]\"/>",
            error,
            "unknown-file: there is no injection file `secnd.csv`",
        ),
        (
            "<log message=\"[«field2»]\"/>",
            Severity::Warning,
            "missing-field: no line of first.csv has a field 2: it is empty",
        ),
        (
            "<log message=\"[field1 file=&quot;«second.csv»&quot;]\"/>",
            Severity::Warning,
            "missing-field: no line of second.csv has a field 1: it is empty",
        ),
        (
            "<lookup assign_to=\"a\" file=\"«first.csv»\" key=\"x\"/>",
            error,
            "no-index: the injection file `first.csv` has no index: see -infindex",
        ),
        (
            "<insert file=\"«first.csv»\" value=\"x\"/>",
            error,
            "printf-file: the lines of `first.csv` are counted: they cannot change",
        ),
        (
            "<replace file=\"«third»\" line=\"0\" value=\"x\"/>",
            error,
            "unknown-file: there is no injection file `third`",
        ),
    ];
    for (actions, severity, expected) in cases {
        complains_with(&acting(actions), &options(), severity, expected);
    }
    let none = Options {
        injection: Some(Vec::new()),
        ..Options::default()
    };
    complains_with(
        &acting("<log message=\"[«field0»]\"/>"),
        &none,
        error,
        "no-injection-file: there is no injection file",
    );
}

#[test]
fn files_that_are_there_are_found_with_and_without_folder() {
    let text = acting(
        "<log message=\"[field1] [field0 file=&quot;first.csv&quot;] \
         [field0 file=&quot;dir/first.csv&quot;] [field0 file=&quot;second.csv&quot;]\"/>",
    );
    let loaded = read(&text, &options());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let scenario = loaded.scenario.expect("a scenario");
    assert_eq!(scenario.files, ["dir/first.csv", "second.csv"]);
}

#[test]
fn files_that_are_not_known_are_taken_as_they_are_named() {
    let text = acting("<log message=\"[field7][field1 file=&quot;x.csv&quot;][field0]\"/>");
    let loaded = read(&text, &Options::default());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    assert!(loaded.scenario.is_some());
}
