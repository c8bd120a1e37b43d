//! What a device offers and how its SDP is laid out.

use std::borrow::Cow;
use std::net::SocketAddr;

use gannet_sdp::Direction;

use super::dtls::LocalDtls;
use super::security::{Keyring, SrtpStyle};
use crate::codec::Codec;

/// One format of an `m=` line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Format {
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Encoding name.
    pub encoding: String,
    /// Clock rate in Hz.
    pub clock_rate: u32,
    /// Channels; 1 is not written.
    pub channels: u8,
    /// Parameters of `a=fmtp`, if it is written.
    pub fmtp: Option<String>,
    /// Whether `a=rtpmap` is written; static payload types may go without
    /// (RFC 3264 5.1).
    pub rtpmap: bool,
}

impl Format {
    /// A format with an `a=rtpmap` and no `a=fmtp`.
    pub fn new(payload_type: u8, encoding: &str, clock_rate: u32) -> Self {
        Self {
            payload_type,
            encoding: encoding.to_owned(),
            clock_rate,
            channels: 1,
            fmtp: None,
            rtpmap: true,
        }
    }

    /// A codec with its static payload type, or this one if it has none.
    pub fn of(codec: Codec, otherwise: u8) -> Self {
        let payload_type = codec.static_payload_type().unwrap_or(otherwise);
        Self {
            channels: codec.channels(),
            ..Self::new(payload_type, codec.encoding(), codec.clock_rate())
        }
    }

    /// PCMU with its static payload type 0.
    pub fn pcmu() -> Self {
        Self::new(0, "PCMU", 8000)
    }

    /// PCMA with its static payload type 8.
    pub fn pcma() -> Self {
        Self::new(8, "PCMA", 8000)
    }

    /// Telephone events 0 to 15 (RFC 4733).
    pub fn telephone_event(payload_type: u8) -> Self {
        Self::telephone_event_at(payload_type, 8000)
    }

    /// The same for audio of another RTP clock (RFC 4733 2.1): `telephone-event/48000` beside Opus.
    pub fn telephone_event_at(payload_type: u8, clock_rate: u32) -> Self {
        Self::new(payload_type, TELEPHONE_EVENT, clock_rate).with_fmtp("0-15")
    }

    /// Comfort noise (RFC 3389) with its static payload type 13.
    pub fn comfort_noise() -> Self {
        Self::new(13, COMFORT_NOISE, 8000)
    }

    /// The same with `a=fmtp` parameters.
    pub fn with_fmtp(mut self, parameters: &str) -> Self {
        self.fmtp = Some(parameters.to_owned());
        self
    }

    /// The codec, if it is implemented. Others can be offered, to look like a
    /// model, but never become the agreed codec.
    pub fn codec(&self) -> Option<Codec> {
        let channels: Cow<'_, str> = match self.channels {
            1 => "1".into(),
            2 => "2".into(),
            more => more.to_string().into(),
        };
        Codec::from_rtpmap(&self.encoding, self.clock_rate, Some(&channels))
    }

    /// Whether this is comfort noise.
    pub fn is_comfort_noise(&self) -> bool {
        self.encoding.eq_ignore_ascii_case(COMFORT_NOISE)
    }

    /// Whether this is telephone-event.
    pub fn is_telephone_event(&self) -> bool {
        self.encoding.eq_ignore_ascii_case(TELEPHONE_EVENT)
    }
}

/// What a device can do with audio, and how it writes that down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaCapabilities {
    /// Formats in the order of the `m=` line, telephone-event among them.
    pub formats: Vec<Format>,
    /// `a=ptime` in milliseconds, if it is written; also the packet time that
    /// is sent when the peer asks for none.
    pub ptime: Option<u32>,
    /// `a=maxptime` in milliseconds, if it is written.
    pub maxptime: Option<u32>,
    /// Whether an answer lists all common codecs or the first alone.
    pub answers_all_codecs: bool,
    /// Form of the text.
    pub layout: SdpLayout,
    /// What it makes of SRTP.
    pub srtp: SrtpStyle,
}

impl Default for MediaCapabilities {
    /// PCMU, PCMA, telephone-event 101, 20 ms, plain layout.
    fn default() -> Self {
        Self {
            formats: vec![Format::pcmu(), Format::pcma(), Format::telephone_event(101)],
            ptime: Some(20),
            maxptime: None,
            answers_all_codecs: true,
            layout: SdpLayout::default(),
            srtp: SrtpStyle::default(),
        }
    }
}

impl MediaCapabilities {
    /// Every codec that is implemented, as the services of a server have: narrow ones first, since
    /// all phones have those.
    pub fn every_codec() -> Self {
        let l16 = |(index, sample_rate): (u8, u32)| {
            let codec = Codec::L16 {
                sample_rate,
                channels: 1,
            };
            Format::of(codec, 112 + index)
        };
        let mut formats = vec![
            Format::pcmu(),
            Format::pcma(),
            Format::of(Codec::G722, 9),
            Format::of(Codec::Opus, 111),
        ];
        formats.extend((0..).zip(Codec::L16_RATES).map(l16));
        formats.push(Format::telephone_event(101));
        formats.push(Format::telephone_event_at(110, Codec::Opus.clock_rate()));
        Self {
            formats,
            srtp: SrtpStyle::accepting(),
            ..Self::default()
        }
    }
}

/// How the SDP of a device looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdpLayout {
    /// User name of `o=`.
    pub username: String,
    /// Text of `s=`.
    pub session_name: String,
    /// Where `c=` stands: with the media instead of the session.
    pub connection_at_media: bool,
    /// Where the direction stands.
    pub direction_place: DirectionPlace,
    /// Whether `a=sendrecv` is written although it is the default.
    pub writes_sendrecv: bool,
    /// Place of `a=fmtp` of codecs.
    pub fmtp: FmtpPlace,
    /// Place of `a=fmtp` of telephone-event.
    pub telephone_event_fmtp: FmtpPlace,
    /// Groups of media attributes in their order; what is not listed is not
    /// written.
    pub attributes: Vec<AttributeSlot>,
    /// Attributes of the session, as text after `a=`.
    pub session_attributes: Vec<String>,
}

impl Default for SdpLayout {
    fn default() -> Self {
        Self {
            username: "-".to_owned(),
            session_name: "-".to_owned(),
            connection_at_media: false,
            direction_place: DirectionPlace::Media,
            writes_sendrecv: true,
            fmtp: FmtpPlace::AfterRtpmap,
            telephone_event_fmtp: FmtpPlace::AfterRtpmap,
            attributes: vec![
                AttributeSlot::Formats,
                AttributeSlot::Ptime,
                AttributeSlot::MaxPtime,
                AttributeSlot::Direction,
            ],
            session_attributes: Vec::new(),
        }
    }
}

/// The level of the direction attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DirectionPlace {
    /// In the slot [`AttributeSlot::Direction`] of the media.
    #[default]
    Media,
    /// Before the first `m=` line.
    Session,
}

/// Where an `a=fmtp` stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FmtpPlace {
    /// Right after the `a=rtpmap` of its format.
    #[default]
    AfterRtpmap,
    /// Right before it.
    BeforeRtpmap,
    /// After the last `a=rtpmap` of the slot.
    AfterAllRtpmaps,
}

/// A group of media attributes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AttributeSlot {
    /// `a=rtpmap` and `a=fmtp` of the first format alone.
    FirstFormat,
    /// Those of all formats that no slot before has written.
    Formats,
    /// `a=ptime`.
    Ptime,
    /// `a=maxptime`.
    MaxPtime,
    /// The direction, when its place is the media.
    Direction,
    /// `a=rtcp:<port>` (RFC 3605) with the port after that of RTP.
    Rtcp,
    /// `a=rtcp-mux` (RFC 5761); an answer has it only if the offer had it.
    RtcpMux,
    /// `a=crypto` (RFC 4568); without this slot it stands before all others.
    Crypto,
    /// Any attribute, as text after `a=`.
    Text(String),
}

/// Our side of one description: what the call knows and the device does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalMedia {
    /// Session id of `o=`, digits.
    pub session_id: String,
    /// Session version of `o=`.
    pub session_version: u64,
    /// Address and port of our RTP socket.
    pub address: SocketAddr,
    /// What we want: `SendOnly` or `Inactive` puts the peer on hold.
    pub direction: Direction,
    /// Hold by RFC 2543: `c=` carries the zero address (RFC 3264 8.4).
    pub zero_address: bool,
    /// Our keys, without which there is no SRTP.
    pub keys: Option<Keyring>,
    /// Our side of handshakes, without which there is no DTLS-SRTP.
    pub dtls: Option<LocalDtls>,
    /// Index of the audio that was agreed on among the `m=` lines, for later offers; else it is the
    /// first one.
    pub media_index: Option<usize>,
}

impl LocalMedia {
    /// A call that sends and receives at `address`.
    pub fn new(address: SocketAddr, session_id: &str, session_version: u64) -> Self {
        Self {
            session_id: session_id.to_owned(),
            session_version,
            address,
            direction: Direction::SendRecv,
            zero_address: false,
            keys: None,
            dtls: None,
            media_index: None,
        }
    }

    /// The same with keys for SRTP.
    pub fn with_keys(mut self, keys: Keyring) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The same with another direction.
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }
}

const TELEPHONE_EVENT: &str = "telephone-event";
const COMFORT_NOISE: &str = "CN";
