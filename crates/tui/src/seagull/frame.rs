//! Lines of a screen. Each is [`COLUMNS`] wide.

use std::fmt::Display;

/// Columns of a screen.
pub const COLUMNS: usize = 80;
/// Lines of a screen; one more is kept for the command line.
pub const ROWS: usize = 24;

/// Columns between the outermost bars.
const INNER: usize = COLUMNS - 2;

/// A line of dashes with crosses below each column of the given widths.
pub(super) fn rule(widths: &[usize]) -> String {
    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    format!("|{}|", dashes.join("+"))
}

/// The line between two rows of names and values.
pub(super) fn cross() -> String {
    rule(&[24, 27, 25])
}

/// A name and two values, their first columns below each other.
pub(super) fn row(name: &str, periodic: &str, cumulative: &str) -> String {
    format!("| {name:<22.22} | {periodic:<25.25} | {cumulative:<23.23} |")
}

/// A name and two counts.
pub(super) fn counts(name: &str, periodic: impl Display, cumulative: impl Display) -> String {
    row(name, &format!("{periodic:>8}"), &format!("{cumulative:>8}"))
}

/// A name and two values with three decimals.
pub(super) fn rates(name: &str, periodic: f32, cumulative: f32) -> String {
    counts(
        name,
        format_args!("{periodic:>8.3}"),
        format_args!("{cumulative:>8.3}"),
    )
}

/// A name and a text.
pub(super) fn entry(name: &str, text: &str) -> String {
    format!("| {name:<22.22} | {text:<52.52}|")
}

/// A text from bar to bar.
pub(super) fn line(text: &str) -> String {
    format!("| {text:<width$.width$}|", width = INNER - 1)
}

/// Dashes with a text near their left end and one near their right end.
pub(super) fn footer(left: &str, right: &str) -> String {
    let boxed = |text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!(" {text} ")
        }
    };
    let (left, right) = (boxed(left), boxed(right));
    let between = INNER.saturating_sub(6 + left.len() + right.len());
    format!("|---{left}{}{right}---|", "-".repeat(between))
}

/// The lines, with empty ones in front of the last so that there are [`ROWS`].
pub(super) fn filled(mut lines: Vec<String>, empty: &str, last: String) -> Vec<String> {
    lines.resize(ROWS - 1, empty.to_owned());
    lines.push(last);
    lines
}
