//! Header fields by the name that a scenario writes.

use gannet_sip::{HeaderName, HeaderSpan, Layout};

/// The header fields of one name.
#[derive(Debug, Clone)]
pub(in crate::sipp) struct HeaderLines<'a> {
    bytes: &'a [u8],
    headers: std::slice::Iter<'a, HeaderSpan>,
    id: HeaderName,
    name: &'a [u8],
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
        Self {
            bytes,
            headers: layout.headers.iter(),
            id: HeaderName::from_bytes(name),
            name,
        }
    }
}

impl<'a> Iterator for HeaderLines<'a> {
    type Item = HeaderLine<'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (bytes, id, name) = (self.bytes, self.id, self.name);
        let header = self.headers.find(|header| {
            header.id == id
                && (id != HeaderName::Other
                    || bytes[header.name.range()].eq_ignore_ascii_case(name))
        })?;
        let start = header.line.start as usize;
        let end = header.value.end as usize;
        Some(HeaderLine {
            whole: &bytes[start..end],
            value: &bytes[header.value.range()],
        })
    }
}
