//! The statistics of `gannet sipp` beside SIPp's, column by column.

use crate::harness::{Counted, Ports, Program, SippRun, Site};
use crate::sipp_built_in::printed;

/// What a script may take a cell for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    /// `2026-01-31<TAB>12:00:00.000000<TAB>1769860800.000000`.
    Time,
    /// `00:00:59`.
    Seconds,
    /// `00:00:59:999999`.
    Microseconds,
    Number,
    /// Rates, which SIPp 3.6 writes without decimals if there are none.
    Decimal,
}

const CALLS: u64 = 20;

#[test]
fn statistics_have_the_columns_and_the_cells_of_sipp() {
    let name = "statistics_have_the_columns_and_the_cells_of_sipp";
    let Some(site) = Site::open(name, &["sipp"]) else {
        return;
    };
    let [callee, caller] = ["uas", "uac"].map(|name| printed(&site, name));
    let [ours, theirs] =
        [Program::Gannet, Program::Sipp].map(|program| start(&site, program, &callee, &caller));
    for (ours, theirs) in ours.into_iter().zip(theirs) {
        compare(&ours.wait(), &theirs.wait());
    }
}

/// The callee and the caller, both of the same program.
fn start(site: &Site, program: Program, callee: &str, caller: &str) -> [SippRun; 2] {
    let at = Ports::free();
    let common = format!("-m {CALLS} -fd 1");
    let callee = program.start(site, &at, &format!("{callee} {common}"));
    let callee = callee.listening(at.nth(0));
    let caller = format!("{caller} {common} -r 10 127.0.0.1:{}", at.nth(0));
    [callee, program.start(site, &Ports::free(), &caller)]
}

#[track_caller]
fn compare(ours: &Counted, theirs: &Counted) {
    let (names, cells) = (&ours.statistics[0], &ours.statistics[1..]);
    assert_eq!(*names, theirs.statistics[0]);
    assert!(names.len() > 90 && cells.len() > 2, "{ours}");
    let cells = cells.iter().chain(&theirs.statistics[1..]);
    for line in cells {
        assert_eq!(line.len(), names.len(), "{line:?}");
        for ((name, cell), model) in names.iter().zip(line).zip(&theirs.statistics[1]) {
            assert_eq!(
                kind(name, cell),
                kind(name, model),
                "{name}: {cell:?}, {model:?}"
            );
        }
    }
    for name in [
        "TotalCallCreated",
        "SuccessfulCall(C)",
        "FailedCall(C)",
        "CurrentCall",
    ] {
        assert_eq!(ours.figure(name), theirs.figure(name), "{name}");
    }
}

fn kind(name: &str, cell: &str) -> Kind {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let parts: Vec<&str> = cell.split(':').collect();
    let clock = parts.len() > 2 && parts.iter().all(|it| digits(it));
    if cell.is_empty() {
        Kind::Nothing
    } else if clock && parts.len() == 3 {
        Kind::Seconds
    } else if clock && parts.len() == 4 && parts[3].len() == 6 {
        Kind::Microseconds
    } else if cell.split('\t').count() == 3 {
        Kind::Time
    } else if name.contains("Rate") && cell.parse::<f64>().is_ok() {
        Kind::Decimal
    } else {
        assert!(digits(cell), "{name}: {cell:?}");
        Kind::Number
    }
}
