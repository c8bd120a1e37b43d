//! A ladder as an image.

use super::diagram::{Ladder, Row, RowKind};
use crate::html::escape;
use crate::text::{self, add};

/// Pixels of the times at the left.
const TIMES: usize = 86;
/// Pixels of a column of monospaced text of the size below.
const COLUMN: usize = 8;
/// Pixels between two lanes, at least.
const LANES_APART_MIN: usize = 220;
/// Pixels between two lanes, at most: longer labels are cut.
const LANES_APART_MAX: usize = 460;
/// Pixels of a row, and of a line of notes below it.
const ROW: usize = 34;
const NOTE: usize = 17;
/// Pixels of the names above the first row.
const HEAD: usize = 40;

/// What it looks like, also where no page is around it.
const STYLE: &str = "\
.ladder{background:#fff;font:13px ui-monospace,Menlo,Consolas,monospace}\
.ladder .lane{stroke:#c3c9d0;stroke-width:1}\
.ladder .name{font-weight:bold;text-anchor:middle;fill:#1d2733}\
.ladder .time{text-anchor:end;fill:#66717d}\
.ladder .label{text-anchor:middle;fill:#1d2733}\
.ladder .arrow{stroke:#33475b;fill:#33475b;stroke-width:1.5}\
.ladder .trouble{stroke:#c0262d;fill:#c0262d}\
.ladder .stream{stroke:#1f7a4d;fill:#1f7a4d;stroke-width:3}\
.ladder .again{stroke:#b26a00;fill:#b26a00;stroke-dasharray:5 3}\
.ladder .lost{stroke:#c0262d;fill:#c0262d;stroke-dasharray:2 3}\
.ladder text.arrow{stroke:none;text-anchor:middle}\
.ladder .note{fill:#b26a00}\
.ladder .cut{fill:#66717d;font-style:italic}";

pub(super) fn render(ladder: &Ladder) -> String {
    if ladder.is_empty() {
        return String::new();
    }
    let apart = lanes_apart(ladder);
    let first = first_lane(ladder);
    let width = width(ladder, first, apart);
    let mut body = String::new();
    let mut y = HEAD;
    let zero = ladder
        .rows
        .first()
        .map_or_else(Default::default, |row| row.at);
    for (index, row) in ladder.rows.iter().enumerate() {
        if let Some((count, before)) = ladder.cut
            && before == index
        {
            y += ROW;
            add!(
                body,
                "<text class=\"cut\" x=\"{}\" y=\"{}\">{count} lines left out</text>",
                first + 8,
                y - 8
            );
        }
        y += ROW;
        let seconds = row.at.saturating_sub(zero).as_secs_f64();
        add!(
            body,
            "<text class=\"time\" x=\"{}\" y=\"{}\">{seconds:.3} s</text>",
            TIMES - 8,
            y - 4
        );
        add!(body, "{}", arrow(row, first, apart, y - 8));
        for note in &row.notes {
            y += NOTE;
            add!(
                body,
                "<text class=\"note\" x=\"{}\" y=\"{}\">⚠ {}</text>",
                TIMES + 16,
                y - 6,
                escape(note)
            );
        }
    }
    let height = y + 16;
    let mut out = String::new();
    add!(
        out,
        "<svg class=\"ladder\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"><style>{STYLE}</style>"
    );
    add!(
        out,
        "<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>"
    );
    out.push_str(&lanes(ladder, (first, apart), height));
    out.push_str(&body);
    out.push_str("</svg>\n");
    out
}

fn lanes(ladder: &Ladder, (first, apart): (usize, usize), height: usize) -> String {
    let mut out = String::new();
    for (lane, name) in ladder.names.iter().enumerate() {
        let x = first + apart * lane;
        add!(
            out,
            "<text class=\"name\" x=\"{x}\" y=\"22\">{}</text>",
            escape(name)
        );
        add!(
            out,
            "<line class=\"lane\" x1=\"{x}\" y1=\"30\" x2=\"{x}\" y2=\"{height}\"/>"
        );
    }
    out
}

/// As wide as the lanes, and what stands to the right of them, need.
fn width(ladder: &Ladder, first: usize, apart: usize) -> usize {
    let lanes = ladder.names.len();
    // What a message to itself says stands to the right of its lane.
    let last = first + apart * (lanes - 1);
    let own = ladder.rows.iter().filter(|row| row.from == row.to);
    let own = own
        .map(|row| text::width(&caption(row)) * COLUMN + 30)
        .max();
    let name = ladder
        .names
        .last()
        .map_or(0, |name| text::width(name) * COLUMN / 2);
    let notes = ladder.rows.iter().flat_map(|row| &row.notes);
    let notes = notes
        .map(|note| TIMES + text::width(note) * COLUMN + 60)
        .max();
    (last + name.max(own.unwrap_or(0)) + 20).max(notes.unwrap_or(0))
}

/// As far apart as the longest label or name needs.
fn lanes_apart(ladder: &Ladder) -> usize {
    let labels = ladder.rows.iter().filter(|row| row.from != row.to);
    let labels = labels.map(|row| {
        let spanned = row.from.abs_diff(row.to);
        (text::width(&caption(row)) * COLUMN + 40) / spanned
    });
    let names = ladder
        .names
        .iter()
        .map(|name| text::width(name) * COLUMN + 24);
    let wanted = labels.chain(names).max().unwrap_or(0);
    wanted.clamp(LANES_APART_MIN, LANES_APART_MAX)
}

fn first_lane(ladder: &Ladder) -> usize {
    let name = ladder.names.first().map_or(0, |name| text::width(name));
    TIMES + (name * COLUMN / 2).max(10) + 6
}

fn arrow(row: &Row, first: usize, apart: usize, y: usize) -> String {
    let class = class(row);
    let (from, to) = (first + apart * row.from, first + apart * row.to);
    let mut out = String::new();
    if from == to {
        let caption = escape(&caption(row));
        add!(
            out,
            "<path class=\"arrow {class}\" fill=\"none\" d=\"M{from} {} h14 v10 h-10\" style=\"fill:none\"/>",
            y - 5
        );
        add!(
            out,
            "<text class=\"arrow {class}\" style=\"text-anchor:start\" x=\"{}\" y=\"{}\">{caption}</text>",
            from + 20,
            y + 4
        );
        return out;
    }
    let columns = (from.abs_diff(to) - 20) / COLUMN;
    let caption = escape(&text::cut(&caption(row), columns));
    // The head is 9 pixels long; what never arrived ends in a cross before the lane.
    let back = if to > from { -1 } else { 1 };
    let (tip, y) = (to as i64, y as i64);
    let is_lost = row.dropped || row.ignored;
    let end = tip + back * if is_lost { 24 } else { 2 };
    add!(
        out,
        "<line class=\"arrow {class}\" x1=\"{from}\" y1=\"{y}\" x2=\"{end}\" y2=\"{y}\"/>"
    );
    if is_lost {
        add!(
            out,
            "<path class=\"arrow {class}\" style=\"stroke-dasharray:none\" d=\"M{} {} l8 8 m-8 0 l8 -8\"/>",
            end - 4,
            y - 4
        );
    } else {
        let tip = tip + back;
        add!(
            out,
            "<path class=\"arrow {class}\" style=\"stroke-dasharray:none\" d=\"M{tip} {y} l{} -4 v8 z\"/>",
            back * 9
        );
    }
    let middle = usize::midpoint(from, to);
    add!(
        out,
        "<text class=\"arrow {class}\" x=\"{middle}\" y=\"{}\">{caption}</text>",
        y - 6
    );
    out
}

fn class(row: &Row) -> &'static str {
    match row.kind {
        _ if row.dropped || row.ignored => "lost",
        _ if row.again => "again",
        RowKind::Trouble => "trouble",
        RowKind::Stream => "stream",
        RowKind::Message => "label",
    }
}

fn caption(row: &Row) -> String {
    let mut out = row.label.clone();
    for (holds, text) in [
        (row.again, " · retransmission"),
        (row.dropped, " · lost"),
        (row.ignored, " · ignored"),
    ] {
        if holds {
            out.push_str(text);
        }
    }
    out
}
