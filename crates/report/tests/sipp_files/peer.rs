//! The same files by SIPp itself.
//!
//! Needs `GANNET_INTEROP=1` and SIPp; without them it says so and does nothing.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{env, fs, io};

use gannet_events::sipp::Layout;
use gannet_report::sipp::{Counts, FileKind, FileNames, Statistics};

use crate::support::{form, snapshot, text, uac, uas, varied};

/// What SIPp is told so that it writes its files and ends without a call.
const OPTIONS: [&str; 9] = [
    "-i",
    "127.0.0.1",
    "-r",
    "0",
    "-timeout",
    "1",
    "-nostdin",
    "-trace_stat",
    "-trace_counts",
];
/// Columns in which 3.6.1 has six significant digits.
const RATES: [&str; 3] = ["TargetRate", "CallRate(P)", "CallRate(C)"];

#[test]
fn columns_and_forms_are_those_of_sipp() {
    if env::var_os("GANNET_INTEROP").is_none() {
        let mut stderr = io::stderr();
        writeln!(stderr, "skipped: GANNET_INTEROP is not set").expect("stderr is open");
        return;
    }
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sipp_files/varied.xml");
    let scenario = scenario.to_str().expect("the checkout's path is text");
    let no_classes_missing = Layout {
        // SIPp gives each timer the classes of its scenario.
        timer_bounds_ms: vec![vec![10, 20]; 3],
        ..Layout::clone(&varied())
    };
    let rows: [(&[&str], &str, Arc<Layout>); 3] = [
        (&["-sn", "uac", "127.0.0.1:9"], "uac", uac()),
        (&["-sn", "uas"], "uas", uas()),
        (
            &["-sf", scenario, "127.0.0.1:9"],
            "varied",
            Arc::new(no_classes_missing),
        ),
    ];
    for (arguments, name, layout) in rows {
        compare(arguments, name, &layout);
    }
}

fn compare(arguments: &[&str], name: &str, layout: &Arc<Layout>) {
    let folder = tempfile::tempdir().expect("the temporary folder can be written");
    let mut sipp = Command::new("sipp")
        .args(arguments)
        .args(OPTIONS)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("GANNET_INTEROP is set, but sipp is not installed");
    let pid = sipp.id();
    sipp.wait().expect("sipp is a child of this process");
    let read = |kind| {
        let file = folder.path().join(FileNames::new(name, pid).of(kind));
        fs::read_to_string(file).expect("sipp wrote the file")
    };

    let theirs = read(FileKind::Statistics);
    let statistics = Statistics::new(Arc::clone(layout), form());
    let header = text(|out| statistics.header(out));
    let mut lines = theirs.split_inclusive('\n');
    assert_eq!(lines.next(), Some(header.as_str()), "{name}");
    let first = lines.next().expect("a line when the run begins");
    let ours = text(|out| statistics.line(out, None, &snapshot(layout, 0, 0)));
    let values = header.split(';').zip(first.split(';').zip(ours.split(';')));
    for (column, (their, our)) in values.filter(|(column, _)| !RATES.contains(column)) {
        assert_eq!(shape(our), shape(their), "{name}: {column}");
    }
    assert_eq!(first.split(';').count(), ours.split(';').count());

    let theirs = read(FileKind::Counts);
    let counts = text(|out| Counts::new(Arc::clone(layout), form()).header(out));
    let (theirs, nops) = without_nops(theirs.lines().next().unwrap_or_default(), layout);
    assert_eq!(theirs, counts.trim_end(), "{name}, {nops} columns of nop");
}

/// Each digit as 9.
fn shape(value: &str) -> String {
    let shape = |letter: char| if letter.is_ascii_digit() { '9' } else { letter };
    value.chars().map(shape).collect()
}

/// SIPp 3.6.1 has the columns of a pause for a step without messages.
fn without_nops(header: &str, layout: &Layout) -> (String, usize) {
    use gannet_events::sipp::CommandKind::Nop;
    let is_nop = |column: &&str| {
        let index = column
            .split('_')
            .next()
            .and_then(|index| index.parse().ok());
        let step = index.and_then(|index: usize| layout.steps.get(index));
        step.is_some_and(|step| step.kind == Nop)
    };
    let columns = header.split(';');
    let kept: Vec<&str> = columns.clone().filter(|column| !is_nop(column)).collect();
    (kept.join(";"), columns.filter(is_nop).count())
}
