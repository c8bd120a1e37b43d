//! Writing a description in the layout of a device.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use gannet_sdp::{
    AddressType, Connection, Direction, MediaLine, Origin, SessionBuilder, SessionDescription,
};

use super::capabilities::{
    AttributeSlot, DirectionPlace, FmtpPlace, Format, LocalMedia, MediaCapabilities, SdpLayout,
};

/// One `m=` section of a description to be written.
#[derive(Debug, Clone)]
pub(super) enum Section<'a> {
    /// Our audio with these formats.
    Audio {
        /// The `m=` line.
        line: MediaLine,
        /// Formats of the line.
        formats: Cow<'a, [Format]>,
        /// Direction.
        direction: Direction,
        /// Whether `a=rtcp-mux` may be written.
        rtcp_mux: bool,
        /// Attributes that settle SRTP, without `a=`.
        security: Vec<String>,
    },
    /// A line with port 0 (RFC 3264 6).
    Rejected(MediaLine),
}

pub(super) fn write(
    caps: &MediaCapabilities,
    local: &LocalMedia,
    sections: &[Section<'_>],
) -> SessionDescription {
    let layout = &caps.layout;
    let connection = Connection::unicast(connection_address(local));
    let mut builder = SessionBuilder::new()
        .origin(&Origin {
            username: layout.username.clone(),
            session_id: local.session_id.clone(),
            session_version: local.session_version,
            address_type: AddressType::of(local.address.ip()),
            address: local.address.ip().to_string(),
        })
        .name(&layout.session_name);
    if !layout.connection_at_media {
        builder = builder.connection(&connection);
    }
    builder = builder.unbounded_time();
    let direction = sections.iter().find_map(|section| match section {
        Section::Audio { direction, .. } => Some(*direction),
        Section::Rejected(_) => None,
    });
    if let (DirectionPlace::Session, Some(direction)) = (layout.direction_place, direction) {
        builder = write_direction(builder, layout, direction);
    }
    for text in &layout.session_attributes {
        builder = builder.property(text);
    }
    for section in sections {
        match section {
            Section::Audio {
                line,
                formats,
                direction,
                rtcp_mux,
                security,
            } => {
                builder = builder.media(line);
                if layout.connection_at_media {
                    builder = builder.connection(&connection);
                }
                if !layout.attributes.contains(&AttributeSlot::Crypto) {
                    builder = write_all(builder, security);
                }
                let rest = (*direction, *rtcp_mux, &security[..]);
                builder = write_attributes(builder, caps, line.port, formats, rest);
            }
            Section::Rejected(line) => {
                builder = builder.media(line);
                // Each media needs a connection (RFC 8866 5.7), also a rejected one.
                if layout.connection_at_media {
                    builder = builder.connection(&connection);
                }
            }
        }
    }
    builder.build()
}

fn connection_address(local: &LocalMedia) -> IpAddr {
    match (local.zero_address, local.address.ip()) {
        (false, address) => address,
        (true, IpAddr::V4(_)) => Ipv4Addr::UNSPECIFIED.into(),
        (true, IpAddr::V6(_)) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

fn write_direction(
    builder: SessionBuilder,
    layout: &SdpLayout,
    direction: Direction,
) -> SessionBuilder {
    if direction == Direction::SendRecv && !layout.writes_sendrecv {
        builder
    } else {
        builder.direction(direction)
    }
}

fn write_attributes(
    mut builder: SessionBuilder,
    caps: &MediaCapabilities,
    port: u16,
    formats: &[Format],
    (direction, rtcp_mux, security): (Direction, bool, &[String]),
) -> SessionBuilder {
    let layout = &caps.layout;
    let mut unwritten = formats;
    for slot in &layout.attributes {
        builder = match slot {
            AttributeSlot::FirstFormat => {
                let (first, rest) = unwritten.split_at(unwritten.len().min(1));
                unwritten = rest;
                write_formats(builder, layout, first)
            }
            AttributeSlot::Formats => {
                write_formats(builder, layout, std::mem::take(&mut unwritten))
            }
            AttributeSlot::Ptime => match caps.ptime {
                Some(ms) => builder.attribute("ptime", ms),
                None => builder,
            },
            AttributeSlot::MaxPtime => match caps.maxptime {
                Some(ms) => builder.attribute("maxptime", ms),
                None => builder,
            },
            AttributeSlot::Direction => match layout.direction_place {
                DirectionPlace::Media => write_direction(builder, layout, direction),
                DirectionPlace::Session => builder,
            },
            AttributeSlot::Rtcp => match port.checked_add(1) {
                Some(port) => builder.attribute("rtcp", port),
                None => builder,
            },
            AttributeSlot::RtcpMux if rtcp_mux => builder.property("rtcp-mux"),
            AttributeSlot::RtcpMux => builder,
            AttributeSlot::Crypto => write_all(builder, security),
            AttributeSlot::Text(text) => builder.property(text),
        };
    }
    builder
}

fn write_all(builder: SessionBuilder, attributes: &[String]) -> SessionBuilder {
    attributes
        .iter()
        .fold(builder, |builder, text| builder.property(text))
}

fn write_formats(
    mut builder: SessionBuilder,
    layout: &SdpLayout,
    formats: &[Format],
) -> SessionBuilder {
    let place = |format: &Format| {
        if format.is_telephone_event() {
            layout.telephone_event_fmtp
        } else {
            layout.fmtp
        }
    };
    let fmtp = |builder: SessionBuilder, format: &Format, at: FmtpPlace| match &format.fmtp {
        Some(parameters) if place(format) == at => {
            builder.attribute("fmtp", format_args!("{} {parameters}", format.payload_type))
        }
        _ => builder,
    };
    for format in formats {
        builder = fmtp(builder, format, FmtpPlace::BeforeRtpmap);
        if format.rtpmap {
            let Format {
                payload_type,
                encoding,
                clock_rate,
                channels,
                ..
            } = format;
            builder = match channels {
                1 => builder.attribute(
                    "rtpmap",
                    format_args!("{payload_type} {encoding}/{clock_rate}"),
                ),
                _ => builder.attribute(
                    "rtpmap",
                    format_args!("{payload_type} {encoding}/{clock_rate}/{channels}"),
                ),
            };
        }
        builder = fmtp(builder, format, FmtpPlace::AfterRtpmap);
    }
    formats.iter().fold(builder, |builder, format| {
        fmtp(builder, format, FmtpPlace::AfterAllRtpmaps)
    })
}
