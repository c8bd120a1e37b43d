//! A failure in words, for the console and for JUnit.

use gannet_events::{Difference, Failure, FailureClass, Fault, NearestMessage, WireRecord};

use crate::ladder::{Ladder, LadderOptions};
use crate::palette::{Ink, Palette};
use crate::text;

/// Lines of the nearest message that are shown.
const NEAREST_LINES_MAX: usize = 20;
/// Rows of a failure's ladder.
const LADDER_ROWS_MAX: usize = 120;

/// The failure as lines: the summary, what was waited for, the nearest message.
pub(crate) fn describe(failure: &Failure, palette: Palette) -> Vec<String> {
    let mut lines = vec![palette.paint(Ink::Bad, &text::clean(&failure.summary))];
    let kind = match fault(failure.class) {
        "" => failure.class.name().to_owned(),
        fault => format!("{} ({fault})", failure.class),
    };
    lines.push(entry("failure", &kind));
    if let Some(what) = &failure.waited_for {
        let waited = text::seconds(failure.waited);
        lines.push(entry(
            "waited for",
            &format!("{}, for {waited}", text::clean(what)),
        ));
    }
    if let Some(phone) = &failure.phone {
        lines.push(entry("phone", &text::clean(phone)));
    }
    if let Some(call_id) = &failure.call_id {
        lines.push(entry("call", &text::clean(call_id)));
    }
    for detail in failure.details.iter().flat_map(|detail| detail.lines()) {
        lines.push(text::clean(detail));
    }
    if let Some(nearest) = &failure.nearest {
        lines.extend(describe_nearest(nearest, palette));
    }
    lines
}

/// The ladder of the failure's call, or of all messages if it names none that was captured.
pub(crate) fn ladder(failure: Option<&Failure>, wire: &[WireRecord]) -> Ladder {
    let nearest = failure.and_then(|failure| failure.nearest.as_ref());
    let options = LadderOptions {
        call_id: failure.and_then(|failure| failure.call_id.as_deref()),
        nearest: nearest.map(|nearest| &nearest.bytes[..]),
        rows_max: LADDER_ROWS_MAX,
        ..LadderOptions::default()
    };
    let ladder = Ladder::new(wire, &options);
    if ladder.is_empty() {
        let options = LadderOptions {
            call_id: None,
            ..options
        };
        return Ladder::new(wire, &options);
    }
    ladder
}

fn entry(name: &str, value: &str) -> String {
    format!("{name:<11} {value}")
}

fn fault(class: FailureClass) -> &'static str {
    match class.fault() {
        Fault::Peer => "look at the system under test",
        Fault::Scenario => "look at the feature",
        Fault::Environment => "look at this machine or the network",
        Fault::Gannet => "a fault of Gannet: please report it",
        Fault::User => "stopped by the user",
        Fault::Unclear => "",
    }
}

fn describe_nearest(nearest: &NearestMessage, palette: Palette) -> Vec<String> {
    let mut lines = Vec::new();
    lines.push("the message that came nearest:".to_owned());
    let message = String::from_utf8_lossy(&nearest.bytes);
    let all: Vec<&str> = message.trim_end().lines().collect();
    for line in all.iter().take(NEAREST_LINES_MAX) {
        let line = text::clean(line.trim_end_matches('\r'));
        lines.push(format!("  {} {line}", palette.paint(Ink::Faint, "|")));
    }
    if all.len() > NEAREST_LINES_MAX {
        let rest = text::count((all.len() - NEAREST_LINES_MAX) as u64, "more line");
        lines.push(format!("  {}", palette.paint(Ink::Faint, &rest)));
    }
    if !nearest.differences.is_empty() {
        lines.push("it differs in:".to_owned());
        lines.extend(
            nearest
                .differences
                .iter()
                .flat_map(|difference| describe_difference(difference, palette)),
        );
    }
    lines
}

fn describe_difference(difference: &Difference, palette: Palette) -> [String; 3] {
    [
        format!("  {}", text::clean(&difference.what)),
        format!(
            "    expected {}",
            palette.paint(Ink::Good, &text::clean(&difference.expected))
        ),
        format!(
            "    received {}",
            palette.paint(Ink::Bad, &text::clean(&difference.received))
        ),
    ]
}
