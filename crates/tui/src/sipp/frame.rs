//! Lines of a screen.

use std::fmt::Display;

/// Columns of the lines above and below a screen.
const COLUMNS: usize = 79;
/// Columns before the words at the right end of the first line.
const TITLE_COLUMNS: usize = 55;

/// The first line of a screen.
pub(super) fn title(name: &str) -> String {
    let name = format!(" {name} Screen ");
    let left = (TITLE_COLUMNS + 22).saturating_sub(name.len()) / 2;
    let right = TITLE_COLUMNS.saturating_sub(left + name.len());
    let dashes = |count: usize| "-".repeat(count);
    format!(
        "{}{name}{} [1-9]: Change Screen --",
        dashes(left),
        dashes(right)
    )
}

/// A text between dashes, as the last line of a screen.
pub(super) fn footer(text: &str) -> String {
    format!("{:-^COLUMNS$}", format!(" {text} "))
}

/// The line between groups of [`row`]s.
pub(super) fn cross() -> String {
    format!("{:-<25}+{:-<27}+{:-<26}", "", "", "")
}

/// A name and two values, their first columns below each other.
pub(super) fn row(name: &str, periodic: &str, cumulative: &str) -> String {
    format!("  {name:<22.22} | {periodic:<25.25} | {cumulative:<24.24} ")
}

/// A name and two counts.
pub(super) fn counts(name: &str, periodic: impl Display, cumulative: impl Display) -> String {
    row(name, &format!("{periodic:>8}"), &format!("{cumulative:>8}"))
}

/// A name and a text over both columns.
pub(super) fn entry(name: &str, text: &str) -> String {
    format!("  {name:<22.22} | {text:<52.52} ")
}

/// Two texts, the second from the middle on.
pub(super) fn halves(left: &str, right: &str) -> String {
    format!("  {left:<38}  {right:<37}")
}
