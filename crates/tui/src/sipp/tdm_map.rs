//! Circuits of `-tdmmap`.

use super::Circuits;

pub(super) fn draw(circuits: Option<&Circuits>) -> Vec<String> {
    let Some(circuits) = circuits else {
        return vec!["  No circuits: -tdmmap gives them".into()];
    };
    let mark = |in_use: &bool| if *in_use { '*' } else { '.' };
    let mut lines = vec!["TDM Circuits in use:".to_owned()];
    let rows = circuits.in_use.chunks(circuits.width.max(1));
    lines.extend(rows.map(|row| row.iter().map(mark).collect()));
    let total = circuits.in_use.len();
    let used = circuits.in_use.iter().filter(|in_use| **in_use).count();
    let percent = (100 * used).checked_div(total).unwrap_or(0);
    lines.push(String::new());
    lines.push(format!("{used}/{total} circuits ({percent}%) in use"));
    lines
}
