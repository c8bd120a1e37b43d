//! A file with what it takes to point into it and to get its bytes.

use std::ops::Range;

use gannet_diag::SourceFile;

use super::xml::{Attribute, Cdata, Dialect, Encoding};

/// A file that is being compiled.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextFile<'a> {
    /// Its text.
    pub(super) source: &'a SourceFile,
    /// What its characters were.
    pub(super) encoding: Encoding,
    /// How its elements were read.
    pub(super) dialect: Dialect,
}

impl TextFile<'_> {
    /// The file's own bytes for a piece of its text.
    pub(super) fn bytes(&self, text: &str) -> Vec<u8> {
        self.encoding.bytes(text)
    }

    /// Where bytes of an attribute's decoded value stand in the file.
    pub(super) fn in_value(&self, attribute: &Attribute, range: Range<usize>) -> Range<usize> {
        let entities = self.dialect.entities;
        self.locate(&attribute.value_span, range, |raw| {
            value_unit(raw, entities)
        })
    }

    /// Where bytes of a decoded CDATA text stand in the file.
    pub(super) fn in_cdata(&self, cdata: &Cdata, range: Range<usize>) -> Range<usize> {
        self.locate(&cdata.span, range, cdata_unit)
    }

    /// The character of `text` that holds the byte at `offset` of the file's own bytes.
    pub(super) fn text_offset(&self, text: &str, offset: usize) -> usize {
        match self.encoding {
            Encoding::Utf8 => text.floor_char_boundary(offset),
            Encoding::Bytes => text
                .char_indices()
                .nth(offset)
                .map_or(text.len(), |(at, _)| at),
        }
    }

    fn locate(
        &self,
        span: &Range<usize>,
        range: Range<usize>,
        unit: impl Fn(&str) -> (usize, usize),
    ) -> Range<usize> {
        let raw = self.source.text().get(span.clone()).unwrap_or_default();
        let (mut at, mut decoded) = (0, 0);
        let mut start = None;
        while at < raw.len() {
            let (raw_length, length) = unit(&raw[at..]);
            if start.is_none() && decoded >= range.start && length > 0 {
                start = Some(at);
            }
            if decoded >= range.end {
                break;
            }
            at += raw_length;
            decoded += length;
        }
        let start = start.unwrap_or(at);
        span.start + start..span.start + at.max(start)
    }
}

/// Lengths of what stands at the start of a value, in the file and decoded.
fn value_unit(raw: &str, entities: bool) -> (usize, usize) {
    match raw.as_bytes() {
        [b'\\', b'n' | b'r' | b't' | b'\\' | b'"', ..] => (2, 1),
        [b'&', ..] if entities => ["&lt;", "&gt;", "&amp;", "&quot;", "&apos;"]
            .iter()
            .find(|entity| raw.starts_with(*entity))
            .map_or((1, 1), |entity| (entity.len(), 1)),
        _ => character(raw),
    }
}

/// Lengths of what stands at the start of a CDATA text, in the file and decoded.
fn cdata_unit(raw: &str) -> (usize, usize) {
    match raw.as_bytes() {
        [b'\\', b'n' | b'r' | b't' | b'\\' | b']', ..] => (2, 1),
        [b'\\', rest @ ..] if rest.first().is_some_and(u8::is_ascii_whitespace) => {
            (1 + rest.len() - rest.trim_ascii_start().len(), 0)
        }
        _ => character(raw),
    }
}

fn character(raw: &str) -> (usize, usize) {
    let length = raw.chars().next().map_or(1, char::len_utf8);
    (length, length)
}

#[cfg(test)]
mod tests {
    use gannet_diag::Diagnostics;

    use super::*;
    use crate::seagull::xml;

    #[test]
    fn places_in_values_and_texts_are_those_of_the_file() {
        let cases = [
            // element, wanted
            (r#"<a x="one HERE"></a>"#, "HERE"),
            (r#"<a x="\"\n\\&gt;&x;HERE two"></a>"#, "HERE"),
            ("<a x=\"\\d\u{e9}HERE\"></a>", "HERE"),
            ("<a><! [CDATA[one\\]HERE]] ></a>", "HERE"),
            ("<a><![CDATA[one\\\n   HERE two\\\\]]></a>", "HERE"),
            ("<a><![CDATA[&gt;HERE]]></a>", "HERE"),
        ];
        for (text, wanted) in cases {
            let source = SourceFile::new("f", text);
            let dialect = Dialect::default();
            let elements = xml::parse(&source, dialect, &mut Diagnostics::new());
            let file = TextFile {
                source: &source,
                encoding: Encoding::Utf8,
                dialect,
            };
            let element = &elements[0];
            let found = if let Some(attribute) = element.attributes.first() {
                let at = attribute.value.find(wanted).expect("in the value");
                file.in_value(attribute, at..at + wanted.len())
            } else {
                let cdata = element.cdatas().next().expect("a text");
                let at = cdata.text.find(wanted).expect("in the text");
                file.in_cdata(cdata, at..at + wanted.len())
            };
            assert_eq!(&text[found], wanted, "{text}");
        }
    }
}
