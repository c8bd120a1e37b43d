//! Figures as a line of text.

use gannet_events::traffic::Figures;

/// All counts of calls that are not 0, and those of messages that are out of the ordinary.
pub(crate) fn tally(figures: &Figures) -> String {
    let counts = [
        ("open", figures.calls_open),
        ("init", figures.init_successful),
        ("traffic", figures.traffic_successful),
        ("default", figures.default_successful),
        ("abort", figures.abort_successful),
        ("failed", figures.failed),
        ("refused", figures.failed_refused),
        ("timeout", figures.failed_timeout),
        ("unexpected", figures.unexpected_messages),
        ("absorbed", figures.retransmissions_absorbed),
        ("answered", figures.background_answers),
        ("trying", figures.trying_skipped),
        ("malformed", figures.malformed),
        ("blank", figures.keep_alives),
    ];
    let words: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    words.join(", ")
}
