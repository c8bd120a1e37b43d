//! Header fields by the name that a scenario writes.

use gannet_sip::{HeaderName, HeaderSpan, Layout};

/// Header fields that are also found by their compact name; others, as Subject, are not, as in SIPp.
#[inline]
const fn is_compacted(id: HeaderName) -> bool {
    matches!(
        id,
        HeaderName::CallId
            | HeaderName::Contact
            | HeaderName::ContentEncoding
            | HeaderName::ContentLength
            | HeaderName::ContentType
            | HeaderName::From
            | HeaderName::To
            | HeaderName::Via
    )
}

/// The header fields of one name.
#[derive(Debug, Clone)]
pub(in crate::sipp) struct HeaderLines<'a> {
    bytes: &'a [u8],
    headers: std::slice::Iter<'a, HeaderSpan>,
    id: HeaderName,
    name: &'a [u8],
    by_id: bool,
}

/// Where a header field stands in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sipp) struct HeaderLine<'a> {
    /// Name, colon and value as written, without the line end.
    pub(in crate::sipp) whole: &'a [u8],
    /// The value.
    pub(in crate::sipp) value: &'a [u8],
}

impl<'a> HeaderLines<'a> {
    pub(in crate::sipp) fn new(bytes: &'a [u8], layout: &'a Layout, name: &'a [u8]) -> Self {
        let id = HeaderName::from_bytes(name);
        Self {
            bytes,
            headers: layout.headers.iter(),
            id,
            name,
            // Who asks for the compact name gets no other.
            by_id: name.len() > 1 && is_compacted(id),
        }
    }
}

impl<'a> Iterator for HeaderLines<'a> {
    type Item = HeaderLine<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (bytes, id, name, by_id) = (self.bytes, self.id, self.name, self.by_id);
        let header = self.headers.find(|header| {
            header.id == id && (by_id || bytes[header.name.range()].eq_ignore_ascii_case(name))
        })?;
        let start = header.line.start as usize;
        let end = header.value.end as usize;
        Some(HeaderLine {
            whole: &bytes[start..end],
            value: &bytes[header.value.range()],
        })
    }
}
