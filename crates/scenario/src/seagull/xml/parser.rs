use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};

use super::scanner::{Ahead, Scanner};
use super::{Cdata, Element, Node, escapes};

/// What is read in other ways than Seagull does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// `&lt;`, `&gt;`, `&amp;`, `&quot;` and `&apos;` in attribute values stand for a character.
    pub entities: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { entities: true }
    }
}

/// Reads a file: its top-level elements without the `xml` declaration, and every problem.
///
/// After a problem the rest of the file is read as far as it can be made sense of, so the elements
/// are those that its author probably meant. Takes time in proportion to the length of the file.
pub fn parse(source: &SourceFile, dialect: Dialect, diagnostics: &mut Diagnostics) -> Vec<Element> {
    let mut parser = Parser {
        scanner: Scanner::new(source.text()),
        dialect,
        source,
        diagnostics,
        errors: 0,
        open: Vec::new(),
        top: Vec::new(),
    };
    parser.run();
    parser.top
}

/// Problems of one file that are told. Each may cost a look over the rest of the file.
const ERRORS_MAX: usize = 100;

/// Elements within elements; Seagull's files need six.
const DEPTH_MAX: usize = 64;

pub(super) struct Parser<'a> {
    pub(super) scanner: Scanner<'a>,
    pub(super) dialect: Dialect,
    source: &'a SourceFile,
    diagnostics: &'a mut Diagnostics,
    errors: usize,
    /// Elements whose closing tag has not come yet, the outermost first.
    open: Vec<Element>,
    top: Vec<Element>,
}

impl Parser<'_> {
    fn run(&mut self) {
        while self.errors < ERRORS_MAX {
            self.scanner.skip_blanks();
            match self.scanner.ahead() {
                Ahead::End => break,
                Ahead::Comment => self.comment(),
                Ahead::Declaration => self.declaration(),
                Ahead::Cdata(text) => self.cdata(text),
                Ahead::Unknown => self.unknown(),
                Ahead::Closing(name) => self.closing_tag(name),
                Ahead::Opening(name) => self.opening_tag(name),
                Ahead::Text => self.stray_text(),
            }
        }
        if self.errors >= ERRORS_MAX {
            let at = self.scanner.at();
            self.diagnostics.push(Diagnostic::error(
                "xml-errors",
                format!("more than {ERRORS_MAX} errors: the rest of the file is not read"),
                at..at,
            ));
        }
        let unclosed: Vec<Range<usize>> = self
            .open
            .iter()
            .map(|element| element.name_span.clone())
            .collect();
        let end = self.scanner.at();
        for span in unclosed {
            self.not_closed(span, None);
        }
        while !self.open.is_empty() {
            self.close(end);
        }
    }

    /// Tells a problem, unless there are too many already.
    pub(super) fn error(&mut self, diagnostic: Diagnostic) {
        if self.errors < ERRORS_MAX {
            self.diagnostics.push(diagnostic);
        }
        self.errors += 1;
    }

    /// Goes over blanks and comments.
    pub(super) fn skip_filler(&mut self) {
        self.scanner.skip_blanks();
        while self.errors < ERRORS_MAX && self.scanner.ahead() == Ahead::Comment {
            self.comment();
            self.scanner.skip_blanks();
        }
    }

    fn comment(&mut self) {
        let start = self.scanner.at();
        if let Some(end) = self.scanner.comment_end() {
            self.scanner.go(end);
            return;
        }
        self.error(
            Diagnostic::error("xml-comment", "this comment never ends", start..start + 4)
                .with_label("opened here")
                .with_help("a comment ends with `-->`"),
        );
        // What follows on later lines is probably meant to be read.
        self.scanner.go(self.scanner.find(b'\n', start));
    }

    fn declaration(&mut self) {
        let start = self.scanner.at();
        let Some(end) = self.scanner.declaration_end() else {
            self.error(
                Diagnostic::error("xml-tag", "this declaration never ends", start..start + 1)
                    .with_label("opened here")
                    .with_help("it ends with `?>`"),
            );
            self.scanner.go(self.scanner.find(b'\n', start));
            return;
        };
        let inner = self.scanner.text()[start + 1..end].trim_ascii_start();
        let name = inner[1..].trim_ascii_start();
        if !name.starts_with("xml") {
            self.error(
                Diagnostic::error("xml-tag", "unknown declaration", start..end)
                    .with_help("Seagull's files know `<?xml ... ?>` only"),
            );
        }
        self.scanner.go(end);
    }

    /// `<!` and something else than a comment or a CDATA section.
    fn unknown(&mut self) {
        let start = self.scanner.at();
        let end = self.scanner.find(b'>', start);
        self.scanner.go((end + 1).min(self.scanner.text().len()));
        self.error(
            Diagnostic::error(
                "xml-tag",
                "this is neither a comment nor a CDATA section",
                start..start + 1,
            )
            .with_help("comments look like `<!-- ... -->`, texts like `<![CDATA[ ... ]]>`"),
        );
    }

    fn stray_text(&mut self) {
        let start = self.scanner.at();
        let end = self.scanner.find(b'<', start);
        let text = self.scanner.text()[start..end].trim_ascii_end();
        self.scanner.go(end);
        self.error(
            Diagnostic::error("xml-text", "text between tags", start..start + text.len())
                .with_label("only tags, comments and CDATA sections may stand here")
                .with_help("put text into `<![CDATA[ ... ]]>`, remarks into `<!-- ... -->`"),
        );
    }

    fn cdata(&mut self, text: usize) {
        let opener = self.scanner.at()..text;
        let Some((brackets, close, end)) = self.cdata_close(text) else {
            self.error(
                Diagnostic::error("xml-cdata", "this CDATA section never ends", opener)
                    .with_label("opened here")
                    .with_help("it ends with `]]>`; a `]` of its text is written `\\]`"),
            );
            let rest = &self.scanner.text()[text..];
            self.scanner.go(rest
                .find("</")
                .map_or(self.scanner.text().len(), |at| text + at));
            return;
        };
        for bracket in brackets {
            self.error(
                Diagnostic::error(
                    "xml-cdata",
                    "a `]` within a CDATA section",
                    bracket..bracket + 1,
                )
                .with_label("ends the text")
                .with_help("write `\\]` for a bracket of the text"),
            );
        }
        let raw = &self.scanner.text()[text..close];
        self.scanner.go(end);
        if let Some(inner) = raw.find("<![CDATA[").or_else(|| raw.find("<! [")) {
            let inner = text + inner;
            self.diagnostics.push(
                Diagnostic::warning(
                    "xml-cdata",
                    "a CDATA section seems to open within another one",
                    inner..inner + 3,
                )
                .with_help(format!(
                    "the outer one opens at {}; was its `]]>` forgotten?",
                    self.source.position(opener.start)
                )),
            );
        }
        let cdata = Cdata {
            text: escapes::cdata(raw),
            span: text..close,
        };
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(Node::Cdata(cdata));
        } else {
            self.error(
                Diagnostic::error("xml-cdata", "a CDATA section outside all elements", opener)
                    .with_help("it belongs between the tags of an element"),
            );
        }
    }

    /// The end of a CDATA section: brackets in its text that should be escaped, the end of the text
    /// and the end of the section.
    fn cdata_close(&self, text: usize) -> Option<(Vec<usize>, usize, usize)> {
        let mut wrong = Vec::new();
        let mut from = text;
        loop {
            let bracket = self.scanner.bracket(from)?;
            if let Some(end) = self.scanner.cdata_end(bracket) {
                return Some((wrong, bracket, end));
            }
            wrong.push(bracket);
            from = bracket + 1;
        }
    }

    fn closing_tag(&mut self, name_at: usize) {
        let start = self.scanner.at();
        self.scanner.go(name_at);
        self.skip_filler();
        let name_start = self.scanner.at();
        let name = self.scanner.take_word(b"<>/=\"");
        let name_span = name_start..self.scanner.at();
        self.skip_filler();
        if !self.scanner.take(b'>') {
            self.error(
                Diagnostic::error(
                    "xml-tag",
                    "this closing tag has no `>`",
                    start..name_span.end,
                )
                .with_help(format!("a closing tag looks like `</{name}>`")),
            );
            let end = self.scanner.find(b'\n', name_span.end);
            let end = end.min(self.scanner.find(b'<', name_span.end));
            let close = self.scanner.find(b'>', name_span.end);
            self.scanner.go(if close < end { close + 1 } else { end });
        }
        let depth = self.open.iter().rposition(|element| element.name == name);
        let end = self.scanner.at();
        if let Some(depth) = depth {
            for forgotten in (depth + 1..self.open.len()).rev() {
                let span = self.open[forgotten].name_span.clone();
                self.not_closed(span, Some(name_span.clone()));
            }
            while self.open.len() > depth {
                self.close(end);
            }
        } else {
            self.unmatched(name, name_span);
        }
    }

    /// A closing tag whose name no open element has.
    fn unmatched(&mut self, name: &str, span: Range<usize>) {
        let Some(last) = self.open.last() else {
            self.error(
                Diagnostic::error("xml-mismatch", format!("`</{name}>` closes nothing"), span)
                    .with_label("no element is open here"),
            );
            return;
        };
        let misspelt = !nearest(name, [&last.name], 1).is_empty();
        let help = format!(
            "`<{}>` was opened at {}",
            last.name,
            self.source.position(last.name_span.start)
        );
        let label = format!("expected `</{}>`", last.name);
        // A wrong name rather than a tag too many: spelt alike, or what follows closes the parent.
        let parent = self.open.iter().rev().nth(1);
        let stands_for_last =
            misspelt || parent.is_some_and(|parent| self.closes_next(&parent.name));
        self.error(
            Diagnostic::error(
                "xml-mismatch",
                format!("`</{name}>` does not close the element that is open"),
                span,
            )
            .with_label(label)
            .with_help(help),
        );
        if stands_for_last {
            self.close(self.scanner.at());
        }
    }

    /// Whether a closing tag of that name comes next.
    fn closes_next(&self, name: &str) -> bool {
        let mut ahead = self.scanner.clone();
        ahead.skip_blanks();
        let Ahead::Closing(at) = ahead.ahead() else {
            return false;
        };
        ahead.go(at);
        ahead.skip_blanks();
        ahead.take_word(b"<>/=\"") == name
    }

    fn not_closed(&mut self, name: Range<usize>, instead: Option<Range<usize>>) {
        let text = &self.scanner.text()[name.clone()];
        let found = match instead {
            Some(tag) => format!(
                "`</{}>` came first, at {}",
                &self.scanner.text()[tag.clone()],
                self.source.position(tag.start)
            ),
            None => "the file ends first".to_owned(),
        };
        self.error(
            Diagnostic::error("xml-mismatch", format!("`<{text}>` is never closed"), name)
                .with_label("opened here")
                .with_help(found),
        );
    }

    /// An opening tag has been read.
    pub(super) fn opened(&mut self, element: Element, empty: bool) {
        if self.open.len() >= DEPTH_MAX {
            self.error(Diagnostic::error(
                "xml-depth",
                format!("more than {DEPTH_MAX} elements within each other"),
                element.name_span.clone(),
            ));
            // Nothing that is said about the rest would be of use.
            self.scanner.go(self.scanner.text().len());
            return;
        }
        let end = self.scanner.at();
        self.open.push(element);
        if empty {
            self.close(end);
        }
    }

    /// The innermost open element ends.
    fn close(&mut self, end: usize) {
        let Some(mut element) = self.open.pop() else {
            return;
        };
        element.span.end = end;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.top.push(element),
        }
    }
}
