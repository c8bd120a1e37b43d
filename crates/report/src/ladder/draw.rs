//! Laying a ladder out in columns of text.

use super::diagram::{Ladder, Row, RowKind};
use crate::palette::{Ink, Palette};
use crate::text;

/// Columns of the time offset and the space after it.
const TIME_COLUMNS: usize = 11;
/// What an arrow needs beside its label: a dash and a space at either side, and the head.
const ARROW_COLUMNS: usize = 5;
/// What points at the nearest message.
const NEAREST: &str = "<- nearest";
/// Space between two lanes below which the ladder becomes a list.
const GAP_COLUMNS_MIN: usize = 12;

pub(super) fn render(ladder: &Ladder, width: Option<usize>, palette: Palette) -> String {
    if ladder.is_empty() {
        return String::new();
    }
    let lines = match Layout::new(ladder, width) {
        Some(layout) => layout.lines(ladder, palette),
        None => list(ladder, palette),
    };
    let mut out = String::new();
    for line in lines {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Where the lanes stand.
struct Layout {
    /// Columns before the first lane, after the time.
    margin: usize,
    /// Columns between a lane and the next.
    gaps: Vec<usize>,
}

impl Layout {
    /// The layout that fits, or none.
    fn new(ladder: &Ladder, width: Option<usize>) -> Option<Self> {
        let names: Vec<usize> = ladder.names.iter().map(|name| text::width(name)).collect();
        let margin = names.first().map_or(0, |name| name / 2);
        let mut gaps: Vec<usize> = names
            .windows(2)
            .map(|pair| GAP_COLUMNS_MIN.max((pair[0] - pair[0] / 2) + pair[1] / 2 + 1))
            .collect();
        let narrowest = gaps.clone();
        for row in &ladder.rows {
            let need = text::width(&caption(row)) + ARROW_COLUMNS;
            let (left, right) = (row.from.min(row.to), row.from.max(row.to));
            let span = gaps.get_mut(left..right.max(left + 1)).unwrap_or_default();
            let have = span.iter().sum::<usize>() + span.len().saturating_sub(1);
            let missing = need.saturating_sub(have);
            let share = missing.div_ceil(span.len().max(1));
            for gap in span {
                *gap += share;
            }
        }
        let last = names.last().map_or(0, |name| name - name / 2);
        let pointer = if ladder.rows.iter().any(|row| row.nearest) {
            2 + NEAREST.len()
        } else {
            0
        };
        let right = last.saturating_sub(1).max(pointer);
        let around = TIME_COLUMNS + margin + names.len() + right;
        if let Some(width) = width {
            let room = width.checked_sub(around)?;
            shrink(&mut gaps, &narrowest, room)?;
        }
        Some(Self { margin, gaps })
    }

    fn lines(&self, ladder: &Ladder, palette: Palette) -> Vec<String> {
        let mut lines = vec![self.heading(&ladder.names, palette)];
        let zero = ladder
            .rows
            .first()
            .map_or_else(Default::default, |row| row.at);
        for (index, row) in ladder.rows.iter().enumerate() {
            if let Some((count, before)) = ladder.cut
                && before == index
            {
                lines.push(left_out(count, palette));
            }
            lines.push(format!(
                "{}{}{}",
                time(row, zero, palette),
                " ".repeat(self.margin),
                self.lanes(row, ladder.names.len(), palette)
            ));
            lines.extend(notes(row, palette));
        }
        lines
    }

    /// The names, each centred over its lane.
    fn heading(&self, names: &[String], palette: Palette) -> String {
        let mut line = " ".repeat(TIME_COLUMNS);
        let mut used = 0;
        let mut lane = self.margin;
        for (index, name) in names.iter().enumerate() {
            let start = lane.saturating_sub(text::width(name) / 2);
            line.push_str(&" ".repeat(start.saturating_sub(used)));
            line.push_str(&palette.paint(Ink::Strong, name));
            used = start.max(used) + text::width(name);
            lane += 1 + self.gaps.get(index).copied().unwrap_or(0);
        }
        line
    }

    fn lanes(&self, row: &Row, count: usize, palette: Palette) -> String {
        let (left, right) = (row.from.min(row.to), row.from.max(row.to));
        let lane = palette.paint(Ink::Faint, "│");
        let mut line = String::new();
        let mut index = 0;
        while index < count {
            line.push_str(&lane);
            if index == left && left < right {
                let columns = self.gaps[left..right].iter().sum::<usize>() + (right - left - 1);
                line.push_str(&arrow(row, columns, palette));
                index = right;
                continue;
            }
            let gap = self.gaps.get(index).copied();
            if index == left && left == right {
                line.push_str(&to_itself(row, gap, palette));
            } else {
                line.push_str(&" ".repeat(gap.unwrap_or(0)));
            }
            index += 1;
        }
        line.push_str(&nearest(row, palette));
        line
    }
}

/// Takes columns from the widest gaps until they fit into `room`; none if they cannot.
fn shrink(gaps: &mut [usize], narrowest: &[usize], room: usize) -> Option<()> {
    while gaps.iter().sum::<usize>() > room {
        let widest = (0..gaps.len())
            .filter(|index| gaps[*index] > narrowest[*index])
            .max_by_key(|index| gaps[*index])?;
        gaps[widest] -= 1;
    }
    Some(())
}

/// The diagram without lanes, one line `from -> to` for each row.
fn list(ladder: &Ladder, palette: Palette) -> Vec<String> {
    let zero = ladder
        .rows
        .first()
        .map_or_else(Default::default, |row| row.at);
    let mut lines = Vec::new();
    for (index, row) in ladder.rows.iter().enumerate() {
        if let Some((count, before)) = ladder.cut
            && before == index
        {
            lines.push(left_out(count, palette));
        }
        lines.push(format!(
            "{}{} -> {}: {}{}",
            time(row, zero, palette),
            ladder.names[row.from],
            ladder.names[row.to],
            paint(row, &caption(row), palette),
            nearest(row, palette)
        ));
        lines.extend(notes(row, palette));
    }
    lines
}

/// What is wrong with a message, below it.
fn notes(row: &Row, palette: Palette) -> impl Iterator<Item = String> {
    let notes = row.notes.iter();
    notes.map(move |note| {
        let note = palette.paint(Ink::Warn, &format!("! {note}"));
        format!("{:TIME_COLUMNS$}{note}", "")
    })
}

/// Fills `columns` between two lanes.
fn arrow(row: &Row, columns: usize, palette: Palette) -> String {
    let dash = match row.kind {
        RowKind::Stream => "═",
        RowKind::Message | RowKind::Trouble => "─",
    };
    let caption = text::cut(&caption(row), columns.saturating_sub(ARROW_COLUMNS));
    // One dash at either side, a space at either side of the caption, and the head.
    let spare = columns.saturating_sub(text::width(&caption) + ARROW_COLUMNS);
    let before = dash.repeat(1 + spare / 2);
    let after = dash.repeat(1 + spare - spare / 2);
    let caption = paint(row, &caption, palette);
    let rightward = row.from < row.to;
    let head = match (row.dropped || row.ignored, rightward) {
        (true, _) => "x",
        (false, true) => ">",
        (false, false) => "<",
    };
    if rightward {
        format!("{before} {caption} {after}{head}")
    } else {
        format!("{head}{before} {caption} {after}")
    }
}

/// A message from a lane to the same lane.
fn to_itself(row: &Row, gap: Option<usize>, palette: Palette) -> String {
    let room = gap.map_or(usize::MAX, |gap| gap.saturating_sub(ARROW_COLUMNS));
    let caption = text::cut(&caption(row), room);
    let padding = gap.map_or(0, |gap| gap.saturating_sub(text::width(&caption) + 3));
    format!(
        "<> {}{}",
        paint(row, &caption, palette),
        " ".repeat(padding)
    )
}

fn caption(row: &Row) -> String {
    let again = if row.again { ", again" } else { "" };
    let dropped = if row.dropped { ", dropped" } else { "" };
    let ignored = if row.ignored { ", ignored" } else { "" };
    format!("{}{again}{dropped}{ignored}", row.label)
}

fn paint(row: &Row, caption: &str, palette: Palette) -> String {
    let ink = match row.kind {
        _ if row.nearest => Ink::Strong,
        _ if row.dropped || row.ignored => Ink::Bad,
        _ if row.again => Ink::Faint,
        RowKind::Trouble => Ink::Bad,
        RowKind::Stream => Ink::Good,
        RowKind::Message => return caption.to_owned(),
    };
    palette.paint(ink, caption)
}

fn nearest(row: &Row, palette: Palette) -> String {
    if row.nearest {
        format!("  {}", palette.paint(Ink::Warn, NEAREST))
    } else {
        String::new()
    }
}

fn left_out(count: usize, palette: Palette) -> String {
    let text = format!("{:TIME_COLUMNS$}... {count} lines left out ...", "");
    palette.paint(Ink::Faint, &text)
}

fn time(row: &Row, zero: std::time::Duration, palette: Palette) -> String {
    let offset = row.at.saturating_sub(zero).as_secs_f64();
    let columns = TIME_COLUMNS - 2;
    palette.paint(Ink::Faint, &format!("{offset:columns$.3}  "))
}
