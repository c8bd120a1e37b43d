use std::ops::Range;

use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};
use memchr::memmem;

use crate::xml::{Cdata, Element, Node};

/// Reads a file: its top-level elements, and every problem.
///
/// After a problem the rest is read as far as it can be made sense of. Takes time in proportion to
/// the length of the file.
pub(in crate::sipp) fn read(source: &SourceFile, diagnostics: &mut Diagnostics) -> Vec<Element> {
    let text = source.text();
    let mut reader = Reader {
        source,
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        diagnostics,
        errors: 0,
        open: Vec::new(),
        top: Vec::new(),
    };
    reader.run();
    reader.top
}

/// Problems of one file that are told.
const ERRORS_MAX: usize = 100;

/// Elements within elements; SIPp's files need five.
const DEPTH_MAX: usize = 64;

pub(super) struct Reader<'a> {
    pub(super) source: &'a SourceFile,
    pub(super) text: &'a str,
    pub(super) at: usize,
    diagnostics: &'a mut Diagnostics,
    errors: usize,
    /// Elements whose closing tag has not come yet, the outermost first.
    open: Vec<Element>,
    top: Vec<Element>,
}

impl Reader<'_> {
    fn run(&mut self) {
        while self.at < self.text.len() && self.errors < ERRORS_MAX {
            let rest = &self.text[self.at..];
            if rest.starts_with("<!--") {
                self.skip("<!--", "-->", "comment");
            } else if rest.starts_with("<![CDATA[") {
                self.cdata();
            } else if rest.starts_with("<?") {
                self.skip("<?", "?>", "declaration");
            } else if rest.starts_with("<!") {
                self.document_type();
            } else if rest.starts_with("</") {
                self.closing_tag();
            } else if rest.starts_with('<') {
                self.opening_tag();
            } else {
                self.outside_text();
            }
        }
        if self.errors >= ERRORS_MAX {
            self.diagnostics.push(Diagnostic::error(
                "xml-errors",
                format!("more than {ERRORS_MAX} errors: the rest of the file is not read"),
                self.at..self.at,
            ));
        }
        if let [root] = &self.open[..] {
            // Nothing is lost, and SIPp 3.6 runs such a file.
            let span = root.name_span.clone();
            let text = format!("`<{}>` is never closed", root.name);
            let told = Diagnostic::warning("xml-mismatch", text, span)
                .with_label("opened here")
                .with_help("SIPp 3.7 refuses such a file");
            self.tell(told);
        } else {
            for depth in (0..self.open.len()).rev() {
                let span = self.open[depth].name_span.clone();
                self.not_closed(span, None);
            }
        }
        while !self.open.is_empty() {
            self.close();
        }
    }

    /// Tells a problem, unless there are too many already.
    pub(super) fn tell(&mut self, diagnostic: Diagnostic) {
        if self.errors < ERRORS_MAX {
            self.diagnostics.push(diagnostic);
        }
        self.errors += 1;
    }

    /// Goes over blanks.
    pub(super) fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_ascii_start().len();
    }

    /// The place of a byte at or after `from`; the end of the file if there is none.
    pub(super) fn find(&self, byte: u8, from: usize) -> usize {
        memchr::memchr(byte, &self.text.as_bytes()[from..])
            .map_or(self.text.len(), |found| from + found)
    }

    /// Goes over what begins here and ends with `close`.
    fn skip(&mut self, open: &str, close: &str, what: &str) {
        let start = self.at;
        let from = start + open.len();
        if let Some(found) = memmem::find(&self.text.as_bytes()[from..], close.as_bytes()) {
            self.at = from + found + close.len();
            return;
        }
        self.tell(
            Diagnostic::error(
                "xml-comment",
                format!("this {what} never ends"),
                start..from,
            )
            .with_label("opened here")
            .with_help(format!("it ends with `{close}`")),
        );
        // What follows on later lines is probably meant to be read.
        self.at = self.find(b'\n', start);
    }

    /// `<!DOCTYPE ...>`, which may have declarations in brackets, or something like it.
    fn document_type(&mut self) {
        let start = self.at;
        let end = self.find(b'>', start);
        let bracket = self.find(b'[', start);
        let close = if bracket < end {
            let inner_end = self.find(b']', bracket);
            self.find(b'>', inner_end)
        } else {
            end
        };
        if close == self.text.len() || !self.text[start..].starts_with("<!DOCTYPE") {
            self.tell(
                Diagnostic::error(
                    "xml-tag",
                    "this is neither a comment nor a CDATA section",
                    start..start + 2,
                )
                .with_help("comments look like `<!-- ... -->`, texts like `<![CDATA[ ... ]]>`"),
            );
        }
        self.at = if close == self.text.len() {
            self.find(b'\n', start)
        } else {
            close + 1
        };
    }

    /// Text between tags, which SIPp passes over.
    fn outside_text(&mut self) {
        let end = self.find(b'<', self.at);
        let text = &self.text[self.at..end];
        let blank = text.len() - text.trim_ascii_start().len();
        let start = self.at + blank;
        let length = text.trim_ascii().len();
        if length > 0 {
            self.tell(
                Diagnostic::warning(
                    "xml-text",
                    "text between tags has no effect",
                    start..start + length,
                )
                .with_help("messages stand in `<![CDATA[ ... ]]>`, remarks in `<!-- ... -->`"),
            );
        }
        self.at = end;
    }

    fn cdata(&mut self) {
        let opener = self.at..self.at + "<![CDATA[".len();
        let start = opener.end;
        let Some(length) = memmem::find(&self.text.as_bytes()[start..], b"]]>") else {
            self.tell(
                Diagnostic::error("xml-cdata", "this CDATA section never ends", opener)
                    .with_label("opened here")
                    .with_help("it ends with `]]>`"),
            );
            let rest = &self.text[start..];
            self.at = rest
                .find("</")
                .map_or(self.text.len(), |found| start + found);
            return;
        };
        self.at = start + length + "]]>".len();
        let text = &self.text[start..start + length];
        if let Some(inner) = text.find("<![CDATA[") {
            let inner = start + inner;
            let position = self.source.position(opener.start);
            self.tell(
                Diagnostic::warning(
                    "xml-cdata",
                    "a CDATA section seems to open within another one",
                    inner..inner + "<![CDATA[".len(),
                )
                .with_help(format!(
                    "the outer one opens at {position}; was its `]]>` forgotten?"
                )),
            );
        }
        let cdata = Cdata {
            text: text.to_owned(),
            span: start..start + length,
        };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Cdata(cdata)),
            None => self.tell(
                Diagnostic::error("xml-cdata", "a CDATA section outside all elements", opener)
                    .with_help("it belongs between the tags of an element"),
            ),
        }
    }

    fn closing_tag(&mut self) {
        let start = self.at;
        self.at += 2;
        self.skip_blanks();
        let name_span = self.name();
        let name = &self.text[name_span.clone()];
        self.skip_blanks();
        if self.text[self.at..].starts_with('>') {
            self.at += 1;
        } else {
            self.tell(
                Diagnostic::error(
                    "xml-tag",
                    "this closing tag has no `>`",
                    start..name_span.end,
                )
                .with_help(format!("a closing tag looks like `</{name}>`")),
            );
            let end = self.find(b'<', self.at);
            let close = self.find(b'>', self.at);
            self.at = if close < end { close + 1 } else { end };
        }
        let Some(depth) = self.open.iter().rposition(|element| element.name == name) else {
            self.unmatched(name, name_span);
            return;
        };
        for forgotten in (depth + 1..self.open.len()).rev() {
            let span = self.open[forgotten].name_span.clone();
            self.not_closed(span, Some(name_span.clone()));
        }
        while self.open.len() > depth {
            self.close();
        }
    }

    /// A closing tag whose name no open element has.
    fn unmatched(&mut self, name: &str, span: Range<usize>) {
        let Some(last) = self.open.last() else {
            self.tell(
                Diagnostic::warning("xml-mismatch", format!("`</{name}>` closes nothing"), span)
                    .with_label("no element is open here"),
            );
            return;
        };
        let label = format!("expected `</{}>`", last.name);
        let help = format!(
            "`<{}>` was opened at {}",
            last.name,
            self.source.position(last.name_span.start)
        );
        let misspelt = !nearest(name, [&last.name], 1).is_empty();
        self.tell(
            Diagnostic::error(
                "xml-mismatch",
                format!("`</{name}>` does not close the element that is open"),
                span,
            )
            .with_label(label)
            .with_help(help),
        );
        if misspelt {
            self.close();
        }
    }

    fn not_closed(&mut self, name: Range<usize>, instead: Option<Range<usize>>) {
        let text = &self.text[name.clone()];
        let found = match instead {
            Some(tag) => format!(
                "`</{}>` came first, at {}",
                &self.text[tag.clone()],
                self.source.position(tag.start)
            ),
            None => "the file ends first".to_owned(),
        };
        self.tell(
            Diagnostic::error("xml-mismatch", format!("`<{text}>` is never closed"), name)
                .with_label("opened here")
                .with_help(found),
        );
    }

    /// An opening tag has been read.
    pub(super) fn opened(&mut self, element: Element, is_empty: bool) {
        if self.open.len() >= DEPTH_MAX {
            self.tell(Diagnostic::error(
                "xml-depth",
                format!("more than {DEPTH_MAX} elements within each other"),
                element.name_span.clone(),
            ));
            // Nothing that is said about the rest would be of use.
            self.at = self.text.len();
            return;
        }
        self.open.push(element);
        if is_empty {
            self.close();
        }
    }

    /// The innermost open element ends here.
    fn close(&mut self) {
        let Some(mut element) = self.open.pop() else {
            return;
        };
        element.span.end = self.at;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.top.push(element),
        }
    }
}
