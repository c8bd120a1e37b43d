//! The first line of an injection file.

use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, nearest};

use crate::sipp::numbers::integer;

/// In which order calls get lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// One after the other, and from the start again.
    Sequential,
    /// Any.
    Random,
    /// Each user of `-users` has a line.
    User,
}

/// Lines that are counted: `PRINTF`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Printf {
    /// How many lines there are for calls.
    pub lines: usize,
    /// The number of the first line.
    pub offset: i64,
    /// How far numbers are apart.
    pub multiple: i64,
}

impl Printf {
    /// The number of a line.
    pub(super) fn number(&self, line: usize) -> i64 {
        let line = i64::try_from(line).unwrap_or(i64::MAX);
        self.offset
            .saturating_add(line.saturating_mul(self.multiple))
    }
}

/// The orders, in the order in which they are looked for.
const ORDERS: [(&str, Order); 3] = [
    ("RANDOM", Order::Random),
    ("SEQUENTIAL", Order::Sequential),
    ("USER", Order::User),
];

const OPTIONS: [&str; 3] = ["PRINTF", "PRINTFOFFSET", "PRINTFMULTIPLE"];

/// Reads the first line. `None` after a complaint.
pub(super) fn read(line: &str, diagnostics: &mut Diagnostics) -> Option<(Order, Option<Printf>)> {
    let order = ORDERS
        .iter()
        .find(|(word, _)| line.contains(word))
        .map(|(_, order)| *order);
    if order.is_none() {
        let first = words(line).next().map(|place| &line[place]);
        let names = ORDERS.iter().map(|(word, _)| *word);
        diagnostics.push(
            Diagnostic::error(
                "bad-injection-file",
                "the first line does not say in which order lines are taken",
                0..line.len(),
            )
            .with_suggestions(&nearest(first.unwrap_or_default(), names, 1))
            .with_help("the first line is SEQUENTIAL, RANDOM or USER"),
        );
    }
    let mut values = [None; 3];
    let mut is_good = true;
    for place in words(line) {
        let word = &line[place.clone()];
        let Some((name, value)) = word.split_once('=') else {
            if OPTIONS.contains(&word) {
                is_good = false;
                diagnostics.push(Diagnostic::error(
                    "bad-injection-file",
                    format!("`{word}` needs `=` and a number"),
                    place,
                ));
            }
            continue;
        };
        let value_place = place.start + name.len() + 1..place.end;
        match OPTIONS.iter().position(|known| *known == name) {
            Some(at) => {
                values[at] = integer(value).filter(|number| *number >= 0 && !value.is_empty());
                if values[at].is_none() || (at == 0 && values[at] == Some(0)) {
                    is_good = false;
                    diagnostics.push(number_fault(name, at == 0, value_place));
                }
            }
            None => diagnostics.push(
                Diagnostic::warning(
                    "bad-injection-file",
                    format!("`{name}` has no effect"),
                    place.start..place.start + name.len(),
                )
                .with_suggestions(&nearest(name, OPTIONS, 1)),
            ),
        }
    }
    let [lines, offset, multiple] = values;
    if lines.is_none() && is_good && (offset.is_some() || multiple.is_some()) {
        is_good = false;
        diagnostics.push(Diagnostic::error(
            "bad-injection-file",
            "lines are counted only with PRINTF=, which says how many there are",
            0..line.len(),
        ));
    }
    let printf = lines.map(|lines| Printf {
        lines: usize::try_from(lines).unwrap_or(usize::MAX),
        offset: offset.unwrap_or(0),
        multiple: multiple.unwrap_or(1),
    });
    order.filter(|_| is_good).map(|order| (order, printf))
}

fn number_fault(name: &str, from_one: bool, place: Range<usize>) -> Diagnostic {
    let from = if from_one { " from 1" } else { "" };
    Diagnostic::error(
        "bad-injection-file",
        format!("`{name}` needs a number{from}"),
        place,
    )
}

/// The words of the line, divided by commas and blanks.
fn words(line: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    line.split([',', ' ', '\t']).filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some(start..start + word.len())
    })
}
