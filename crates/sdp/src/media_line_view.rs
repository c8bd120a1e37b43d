//! An `m=` line in place.

use std::str::SplitAsciiWhitespace;

use crate::value::MediaLine;

/// An `m=` line whose parts are pieces of the text (RFC 8866 5.14); see [`MediaLine`] for what they
/// mean. To look at it nothing is copied.
#[derive(Debug, Clone)]
pub struct MediaLineView<'a> {
    /// Media type.
    pub kind: &'a str,
    /// Transport port.
    pub port: u16,
    /// Number of port pairs.
    pub port_count: Option<u16>,
    /// Transport protocol.
    pub protocol: &'a str,
    formats: SplitAsciiWhitespace<'a>,
}

impl<'a> MediaLineView<'a> {
    pub(crate) fn read(value: &'a str) -> Option<Self> {
        let mut fields = value.split_ascii_whitespace();
        let kind = fields.next()?;
        let port = fields.next()?;
        let (port, port_count) = match port.split_once('/') {
            Some((port, count)) => (port.parse().ok()?, Some(count.parse().ok()?)),
            None => (port.parse().ok()?, None),
        };
        Some(Self {
            kind,
            port,
            port_count,
            protocol: fields.next()?,
            formats: fields,
        })
    }

    /// The formats that are RTP payload types (0 to 127).
    pub fn payload_types(&self) -> impl Iterator<Item = u8> + use<'a> {
        let numbers = self
            .formats
            .clone()
            .filter_map(|format| format.parse().ok());
        numbers.filter(|&pt: &u8| pt < 128)
    }

    /// A line of its own.
    pub fn to_line(&self) -> MediaLine {
        MediaLine {
            kind: self.kind.to_owned(),
            port: self.port,
            port_count: self.port_count,
            protocol: self.protocol.to_owned(),
            formats: self.formats.clone().map(str::to_owned).collect(),
        }
    }
}
