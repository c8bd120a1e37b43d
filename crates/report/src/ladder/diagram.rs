//! The diagram: columns and rows.

use std::fmt;
use std::time::Duration;

use gannet_events::WireRecord;

use crate::palette::Palette;

use super::actors::{Actor, Columns};
use super::{draw, messages, streams, svg};

/// What a ladder shows.
#[derive(Debug, Clone)]
pub struct LadderOptions<'a> {
    /// Only this call. `None` shows all messages.
    pub call_id: Option<&'a str>,
    /// With `call_id`: also the calls that began while it went on and share an end with it. So
    /// the other leg of a call through a back-to-back user agent is shown, whose Call-ID differs.
    pub related_calls: bool,
    /// RTP streams as one line each.
    pub streams: bool,
    /// A message to mark as the one that came nearest to what was asked for.
    pub nearest: Option<&'a [u8]>,
    /// More rows than this are cut in the middle.
    pub rows_max: usize,
    /// What is wrong with each message by the RFCs.
    pub problems: bool,
}

impl Default for LadderOptions<'_> {
    fn default() -> Self {
        Self {
            call_id: None,
            related_calls: true,
            streams: true,
            nearest: None,
            rows_max: 200,
            problems: false,
        }
    }
}

/// A ladder diagram, ready to be drawn.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// Names of the columns, left to right.
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// How many rows are cut, and before which row.
    pub(super) cut: Option<(usize, usize)>,
}

/// One line of the diagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Wall-clock time since the Unix epoch.
    pub(super) at: Duration,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) label: String,
    pub(super) kind: RowKind,
    /// The same bytes went the same way before.
    pub(super) again: bool,
    /// Never delivered.
    pub(super) dropped: bool,
    /// Delivered, and ignored on purpose.
    pub(super) ignored: bool,
    pub(super) nearest: bool,
    /// What is wrong with it by the RFCs.
    pub(super) notes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    /// A request, a provisional or success response.
    Message,
    /// A failure response, or bytes that are no SIP.
    Trouble,
    Stream,
}

impl Ladder {
    /// Reads the records. They need not be in order; a packet that was captured at both ends is
    /// one row.
    pub fn new(records: &[WireRecord], options: &LadderOptions<'_>) -> Self {
        let mut columns = Columns::new(records);
        let messages = messages::read(records, &columns, options);
        let mut rows = messages::rows(&messages, options);
        if options.streams {
            let only = options.call_id.map(|_| streams::addresses(&messages));
            rows.extend(streams::rows(records, &columns, only.as_ref()));
        }
        rows.sort_by_key(|row| row.at);
        let mut rows: Vec<Row> = rows
            .into_iter()
            .map(|row| row.placed(&mut columns))
            .collect();
        let cut = cut_middle(&mut rows, options.rows_max);
        Self {
            names: columns.names(),
            rows,
            cut,
        }
    }

    /// True if there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The diagram as lines. With a `width` in columns it is made to fit: first the space between
    /// the columns shrinks, then labels are cut, then each message becomes a line `from -> to`.
    pub fn render(&self, width: Option<usize>, palette: Palette) -> String {
        draw::render(self, width, palette)
    }

    /// The diagram as an SVG image that needs nothing beside it.
    pub fn svg(&self) -> String {
        svg::render(self)
    }

    /// How many messages were sent again, were lost or ignored, or are against an RFC.
    pub fn problems(&self) -> usize {
        let is_odd = |row: &&Row| row.again || row.dropped || row.ignored || !row.notes.is_empty();
        self.rows.iter().filter(is_odd).count()
    }
}

impl fmt::Display for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(None, Palette::PLAIN))
    }
}

/// A row whose ends are actors, not yet columns.
pub(super) struct ActorRow {
    pub(super) at: Duration,
    pub(super) from: Actor,
    pub(super) to: Actor,
    pub(super) label: String,
    pub(super) kind: RowKind,
    pub(super) again: bool,
    pub(super) dropped: bool,
    pub(super) ignored: bool,
    pub(super) nearest: bool,
    pub(super) notes: Vec<String>,
}

impl ActorRow {
    fn placed(self, columns: &mut Columns) -> Row {
        Row {
            at: self.at,
            from: columns.place(&self.from),
            to: columns.place(&self.to),
            label: self.label,
            kind: self.kind,
            again: self.again,
            dropped: self.dropped,
            ignored: self.ignored,
            nearest: self.nearest,
            notes: self.notes,
        }
    }
}

/// Leaves at most `rows_max` rows, the first and the last ones and the nearest message.
fn cut_middle(rows: &mut Vec<Row>, rows_max: usize) -> Option<(usize, usize)> {
    if rows.len() <= rows_max {
        return None;
    }
    let head = rows_max / 2;
    let tail = rows.len() - (rows_max - head);
    let before = rows.len();
    let mut index = 0;
    rows.retain(|row| {
        let keep = index < head || index >= tail || row.nearest;
        index += 1;
        keep
    });
    Some((before - rows.len(), head))
}
