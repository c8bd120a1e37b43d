//! What a run is worth.

use gannet_events::ExitCode;
use gannet_events::traffic::Figures;
use gannet_tui::{Verdict, counted};

/// What a run is judged by, beside its figures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// A person or a program ended it.
    pub(super) stopped: bool,
    /// How many calls were wanted.
    pub(super) calls_wanted: Option<u64>,
    /// A shard gave up.
    pub(super) broke: bool,
    /// A file could not be written.
    pub(super) unwritten: bool,
}

/// Judges a run: it passed if calls were made, all that were wanted, and none was lost.
pub(super) fn judge(figures: &Figures, facts: Facts) -> (ExitCode, Verdict) {
    let mut reasons = Vec::new();
    let mut say = |number: u64, noun: &str, what: &str| {
        if number > 0 {
            reasons.push(format!("{} {what}", counted(number, noun)));
        }
    };
    say(figures.failed, "call", "failed");
    let timed_out = figures.failed_timeout.saturating_sub(figures.failed);
    say(timed_out, "call", "timed out and went to the abort section");
    say(figures.failed_refused, "call", "not taken");
    say(
        figures.calls_open,
        "call",
        "still open when the run was ended",
    );
    let begun = figures.calls_started();
    if let Some(wanted) = facts.calls_wanted
        && facts.stopped
        && begun < wanted
    {
        say(
            wanted - begun,
            "call",
            "not begun before the run was stopped",
        );
    }
    if facts.unwritten {
        reasons.push("a file could not be written".to_owned());
    }
    let code = if facts.broke {
        reasons.insert(0, "the run could not go on".to_owned());
        ExitCode::Environment
    } else if begun == 0 && reasons.is_empty() {
        reasons.push("no call was made".to_owned());
        ExitCode::NothingExecuted
    } else if facts.unwritten && reasons.len() == 1 {
        ExitCode::Environment
    } else if reasons.is_empty() {
        ExitCode::Passed
    } else {
        ExitCode::Failed
    };
    let verdict = Verdict {
        passed: code == ExitCode::Passed,
        exit_code: code.code(),
        reasons,
    };
    (code, verdict)
}

#[cfg(test)]
mod tests {
    use gannet_events::traffic::Layout;

    use super::*;

    const FACTS: Facts = Facts {
        stopped: false,
        calls_wanted: None,
        broke: false,
        unwritten: false,
    };

    fn figures(begun: u64, change: impl FnOnce(&mut Figures)) -> Figures {
        let mut figures = Figures::new(&Layout::default());
        figures.outgoing_calls = begun;
        change(&mut figures);
        figures
    }

    #[test]
    fn every_lost_call_has_a_name() {
        let stopped = Facts {
            stopped: true,
            calls_wanted: Some(10),
            ..FACTS
        };
        for (figures, facts, code, reasons) in [
            (figures(10, |_| {}), FACTS, 0, vec![]),
            (figures(0, |_| {}), FACTS, 4, vec!["no call was made"]),
            (
                figures(10, |it| it.failed = 2),
                FACTS,
                1,
                vec!["2 calls failed"],
            ),
            (
                figures(10, |it| it.failed_refused = 1),
                FACTS,
                1,
                vec!["1 call not taken"],
            ),
            (
                figures(10, |it| it.failed_timeout = 1),
                FACTS,
                1,
                vec!["1 call timed out and went to the abort section"],
            ),
            (
                figures(10, |it| it.calls_open = 3),
                FACTS,
                1,
                vec!["3 calls still open when the run was ended"],
            ),
            (
                figures(7, |_| {}),
                stopped,
                1,
                vec!["3 calls not begun before the run was stopped"],
            ),
            (figures(10, |_| {}), stopped, 0, vec![]),
            (
                figures(10, |_| {}),
                Facts {
                    broke: true,
                    ..FACTS
                },
                3,
                vec!["the run could not go on"],
            ),
            (
                figures(10, |_| {}),
                Facts {
                    unwritten: true,
                    ..FACTS
                },
                3,
                vec!["a file could not be written"],
            ),
        ] {
            let (judged, verdict) = judge(&figures, facts);
            assert_eq!(judged.code(), code, "{reasons:?}");
            assert_eq!(verdict.reasons, reasons);
            assert_eq!(verdict.passed, code == 0);
        }
    }
}
