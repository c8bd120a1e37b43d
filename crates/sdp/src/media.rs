//! One media description with what it inherits from the session.

use std::net::SocketAddr;

use crate::attribute::{Attribute, Direction, Fmtp, RtcpAddress, RtpMap};
use crate::description::{SessionDescription, attributes};
use crate::line::Line;
use crate::media_line_view::MediaLineView;
use crate::rtpmap_view::RtpMapView;
use crate::value::{Connection, MediaLine};

/// A view of one `m=` line and the lines up to the next one.
#[derive(Debug, Clone, Copy)]
pub struct MediaDescription<'a> {
    session: &'a SessionDescription,
    lines: &'a [Line],
    first_line: usize,
}

impl<'a> MediaDescription<'a> {
    pub(crate) fn new(
        session: &'a SessionDescription,
        lines: &'a [Line],
        first_line: usize,
    ) -> Self {
        Self {
            session,
            lines,
            first_line,
        }
    }

    /// The lines, of which the first is the `m=` line.
    pub fn lines(&self) -> &'a [Line] {
        self.lines
    }

    /// Number of the `m=` line in the description, from 1.
    pub fn first_line(&self) -> usize {
        self.first_line
    }

    /// The `m=` line, unless it is malformed.
    pub fn line(&self) -> Option<MediaLine> {
        MediaLine::parse(self.lines[0].value())
    }

    /// The same, to look at.
    pub fn line_view(&self) -> Option<MediaLineView<'a>> {
        MediaLineView::read(self.lines[0].value())
    }

    /// The `c=` line of this media, or else of the session (RFC 8866 5.7).
    pub fn connection(&self) -> Option<Connection> {
        self.lines
            .iter()
            .find(|line| line.kind() == Some('c'))
            .map_or_else(
                || self.session.connection(),
                |line| Connection::parse(line.value()),
            )
    }

    /// Where RTP is to be sent: connection address and port.
    pub fn rtp_address(&self) -> Option<SocketAddr> {
        Some(SocketAddr::new(
            self.connection()?.ip()?,
            self.line_view()?.port,
        ))
    }

    /// Where RTCP is to be sent: the RTP address with `a=rtcp-mux` (RFC 5761
    /// 5.1.1), the address of `a=rtcp` (RFC 3605), or else the next port
    /// (RFC 3550 11).
    pub fn rtcp_address(&self) -> Option<SocketAddr> {
        let rtp = self.rtp_address()?;
        if self.rtcp_mux() {
            return Some(rtp);
        }
        match self.rtcp() {
            Some(rtcp) => Some(SocketAddr::new(rtcp.address.unwrap_or(rtp.ip()), rtcp.port)),
            None => Some(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1)?)),
        }
    }

    /// The attributes of this media alone.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> {
        attributes(self.lines, self.first_line)
    }

    /// The first attribute of this media with this name.
    pub fn attribute(&self, name: &str) -> Option<Attribute<'a>> {
        self.attributes().find(|attribute| attribute.name == name)
    }

    /// The direction: of this media, else of the session, else `sendrecv`
    /// (RFC 8866 6.7).
    pub fn direction(&self) -> Direction {
        self.attributes()
            .find_map(|attribute| Direction::from_name(attribute.name))
            .or_else(|| self.session.direction())
            .unwrap_or_default()
    }

    /// All well-formed `a=rtpmap` lines.
    pub fn rtpmaps(&self) -> impl Iterator<Item = RtpMap> {
        self.attributes()
            .filter(|attribute| attribute.name == "rtpmap")
            .filter_map(|attribute| RtpMap::parse(attribute.value?))
    }

    /// What a payload type means here: its `a=rtpmap`, else its static
    /// assignment (RFC 3551 6).
    pub fn rtpmap(&self, payload_type: u8) -> Option<RtpMap> {
        self.rtpmap_view(payload_type).map(RtpMapView::to_map)
    }

    /// The same, to look at.
    pub fn rtpmap_view(&self, payload_type: u8) -> Option<RtpMapView<'a>> {
        self.attributes()
            .filter(|attribute| attribute.name == "rtpmap")
            .filter_map(|attribute| attribute.value)
            .filter(|value| RtpMapView::payload_type_of(value) == Some(payload_type))
            .find_map(RtpMapView::read)
            .or_else(|| RtpMapView::of_static(payload_type))
    }

    /// The parameters of the first `a=fmtp` for this payload type.
    pub fn fmtp(&self, payload_type: u8) -> Option<&'a str> {
        self.attributes()
            .filter(|attribute| attribute.name == "fmtp")
            .filter_map(|attribute| Fmtp::parse(attribute.value?))
            .find(|fmtp| fmtp.format.parse() == Ok(payload_type))
            .map(|fmtp| fmtp.parameters)
    }

    /// `a=ptime` in milliseconds (RFC 8866 6.4).
    pub fn ptime(&self) -> Option<u32> {
        self.number("ptime")
    }

    /// `a=maxptime` in milliseconds (RFC 8866 6.5).
    pub fn maxptime(&self) -> Option<u32> {
        self.number("maxptime")
    }

    /// `a=rtcp` (RFC 3605).
    pub fn rtcp(&self) -> Option<RtcpAddress> {
        self.attribute("rtcp")
            .and_then(|attribute| RtcpAddress::parse(attribute.value?))
    }

    /// Whether RTP and RTCP share a port (`a=rtcp-mux`, RFC 5761 5.1.1).
    pub fn rtcp_mux(&self) -> bool {
        self.attribute("rtcp-mux").is_some()
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.value?.trim().parse().ok()
    }
}
