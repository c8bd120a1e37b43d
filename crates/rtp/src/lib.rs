//! RTP and RTCP packets (RFC 3550), telephone events (RFC 4733) and the
//! figures that a receiver keeps about a stream.
//!
//! - [`RtpPacket`] reads and [`RtpPacketBuilder`] writes an RTP packet; version,
//!   padding, extension and CSRC list are checked, no octets make them panic.
//! - [`parse_rtcp`] and [`write_rtcp`] do the same for compound RTCP packets.
//! - [`TelephoneEvent`] is the payload of a DTMF digit or another event.
//! - [`ReceiveStatistics`] extends sequence numbers, counts loss, duplicates
//!   and reordering, and keeps the interarrival jitter of one SSRC.
//!
//! No sockets and no clock: arrival times are passed in.

mod demux;
mod jitter;
mod receive;
mod rtcp;
mod telephone_event;

pub use demux::{DatagramKind, datagram_kind};
pub use receive::{Arrival, ReceiveStatistics};
pub use rtcp::{ReportBlock, RtcpError, RtcpPacket, SenderInfo, parse_rtcp, write_rtcp};
pub use rtp_types::{RtpPacket, RtpPacketBuilder, RtpParseError, RtpWriteError};
pub use telephone_event::TelephoneEvent;
