//! The files of a run.

use crate::bench::{Bench, feature};

#[test]
fn the_folder_has_all_results_and_a_capture() {
    let bench = Bench::new().with("f.feature", &feature(&["Alice registers"]));
    bench
        .run("test f.feature --out results")
        .expect(0, &["1 scenario: 1 passed"]);
    assert!(
        bench
            .read("results/junit.xml")
            .contains("<testcase name=\"S\"")
    );
    let results = bench.read("results/results.json");
    assert!(results.contains("\"exit_code\": 0"), "{results}");
    assert!(
        results.contains("\"capture\": \"f-L2-s.pcapng\""),
        "{results}"
    );
    let report = bench.read("results/report.html");
    assert!(
        report.contains("data-figure=\"scenarios.passed\">1<"),
        "{report}"
    );
    assert!(report.contains("Alice registers"), "{report}");
    std::fs::remove_file(bench.path().join("results/report.html")).unwrap();
    bench.run("report results").expect(0, &["report.html"]);
    assert_eq!(bench.read("results/report.html"), report);
    bench
        .run("ladder results")
        .expect(0, &["REGISTER", "200 OK"]);
    assert!(bench.read("results/events.jsonl").lines().count() > 4);
    let capture = std::fs::read(bench.path().join("results/f-L2-s.pcapng")).unwrap();
    // The section header block of pcapng.
    assert_eq!(capture[..4], [0x0a, 0x0d, 0x0d, 0x0a]);
}

#[test]
fn single_files_can_be_asked_for() {
    let bench = Bench::new().with("f.feature", &feature(&["fail"]));
    bench
        .run("test f.feature --junit j.xml --json r.json")
        .expect(1, &[]);
    assert!(bench.read("j.xml").contains("<failure"));
    assert!(bench.read("r.json").contains("\"verdict\": \"failed\""));
}

#[test]
fn colour_comes_only_when_asked_for_in_a_pipe() {
    let bench = Bench::new().with("f.feature", &feature(&["wait 1 ms"]));
    assert!(!bench.run("test f.feature").out.contains('\u{1b}'));
    assert!(
        bench
            .run("test f.feature --colour always")
            .out
            .contains('\u{1b}')
    );
}
