//! Keywords: what fills the holes of a text.

use super::{FileId, VariableId};
use crate::model::Template;

/// A text with keywords.
pub type Text = Template<Keyword>;

/// A keyword of SIPp. Offsets (`+n`, `-n`) are added to the number that is printed.
#[derive(Debug, Clone, PartialEq)]
pub enum Keyword {
    /// `[service]`: the text of `-s`.
    Service,
    /// `[remote_ip]`: the peer's address, IPv6 in brackets.
    RemoteIp,
    /// `[remote_host]`: the peer as the command line writes it.
    RemoteHost,
    /// `[remote_port]`.
    RemotePort(i32),
    /// `[transport]`: `UDP`, `TCP`, `TLS`, `SCTP`.
    Transport,
    /// `[local_ip]`, IPv6 in brackets.
    LocalIp,
    /// `[local_ip_type]`: `4` or `6`.
    LocalIpType,
    /// `[local_port]`: of the call's socket.
    LocalPort(i32),
    /// `[server_ip]`: the local address of the call's socket.
    ServerIp,
    /// `[media_ip]`, IPv6 in brackets.
    MediaIp,
    /// `[media_ip_type]`: `4` or `6`.
    MediaIpType,
    /// `[media_port]` on a line that names that kind of media.
    MediaPort(i32, Option<MediaKind>),
    /// `[auto_media_port]`: `[media_port]` and four for each call before, as far as 10,000.
    AutoMediaPort(i32, Option<MediaKind>),
    /// `[rtpstream_audio_port]`, `[rtpstream_video_port]`: a port of the call's own.
    RtpStreamPort(MediaKind, i32),
    /// `[call_number]`, from 1.
    CallNumber,
    /// `[dynamic_id]`.
    DynamicId,
    /// `[call_id]`.
    CallId,
    /// `[cseq]`.
    Cseq(i32),
    /// `[pid]`.
    Pid,
    /// `[users]`: the number of `-users`, or -1.
    Users,
    /// `[userid]`, from 1; 0 without `-users`.
    UserId,
    /// `[branch]`: `z9hG4bK-PID-CALL-INDEX`, the offset counts on the index.
    Branch(i32),
    /// `[msg_index]`: index of the step.
    MsgIndex,
    /// `[len]`: octets of the body.
    Len(i32),
    /// `[next_url]`.
    NextUrl,
    /// `[routes]`: a Route header field, or nothing.
    Routes,
    /// `[peer_tag_param]`: `;tag=…` of the peer, or nothing.
    PeerTagParam,
    /// `[last_…]`: header fields of that name of the last received message, the name before them
    /// unless `value_only`.
    LastHeader {
        /// The name as written, without the colon.
        name: Box<str>,
        /// `[last_Name:value]`-like forms that print no name.
        value_only: bool,
    },
    /// `[last_message]`.
    LastMessage,
    /// `[last_Request_URI]`: the URI of its To.
    LastRequestUri,
    /// `[last_cseq_number]`.
    LastCseqNumber(i32),
    /// `[$name]`.
    Variable(VariableId),
    /// `[fieldN file=… line=…]`.
    Field(Box<FieldOf>),
    /// `[file name=…]`: the content of a file, read at each send.
    File(Box<Text>),
    /// `[fill variable=… text=…]`.
    Fill {
        /// How many bytes.
        variable: VariableId,
        /// What is repeated.
        text: Box<[u8]>,
    },
    /// `[authentication …]`: a line with credentials (RFC 3261 22.4).
    Authentication(Box<Credentials>),
    /// `[identity …]`: a value of Identity (RFC 8224).
    Identity(Box<IdentityOf>),
    /// `[clock_tick]`: milliseconds since the start.
    ClockTick,
    /// `[timestamp]`: local time as in logs.
    Timestamp,
    /// `[date]`: now, as in a Date header field (RFC 3261 20.17).
    Date,
    /// `[tdmmap]`: the call's circuit.
    TdmMap,
    /// `[sipp_version]`.
    SippVersion,
    /// `[cryptotag1audio]` and its relatives: SDES (RFC 4568).
    Crypto(Crypto),
}

/// A kind of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// `m=audio`.
    Audio,
    /// `m=video`.
    Video,
    /// `m=image` (T.38).
    Image,
}

/// A cell of an injection file.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldOf {
    /// Column, from 0.
    pub column: usize,
    /// The file.
    pub file: FileId,
    /// The line, as a text that gives a number; without it the line that was chosen for the call.
    pub line: Option<Text>,
}

/// Parameters of `[identity]`, and attributes of `<identity>`: what is signed, and by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct IdentityOf {
    /// The file with the private key.
    pub key: Text,
    /// Where the certificate is.
    pub x5u: Text,
    /// Who calls: a number or a URI.
    pub orig: Text,
    /// Who is called.
    pub dest: Text,
    /// `A`, `B` or `C`: makes it a shaken token (RFC 8588 4).
    pub attest: Option<Text>,
    /// Which origin it is; random without (RFC 8588 5).
    pub origid: Option<Text>,
}

/// Parameters of `[authentication]`. What is absent is the command line's.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Credentials {
    /// `username=`.
    pub username: Option<Text>,
    /// `password=`.
    pub password: Option<Text>,
    /// `aka_K=`, also hexadecimal after `0x`.
    pub aka_k: Option<Text>,
    /// `aka_OP=`.
    pub aka_op: Option<Text>,
    /// `aka_AMF=`.
    pub aka_amf: Option<Text>,
}

/// A keyword of SDES (RFC 4568).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crypto {
    /// What it prints.
    pub kind: CryptoKind,
    /// The first or the second crypto line: 1 or 2.
    pub slot: u8,
    /// Audio or video.
    pub media: MediaKind,
}

/// What a keyword of SDES prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CryptoKind {
    /// The tag.
    Tag,
    /// The name of a suite, which the slot then has.
    Suite {
        /// `AES_CM_128` or `NULL`.
        encrypts: bool,
        /// Authentication tag in bits: 80 or 32.
        tag_bits: u8,
    },
    /// `UNENCRYPTED_SRTP`, which the slot then is.
    Unencrypted {
        /// Authentication tag in bits: 80 or 32.
        tag_bits: u8,
    },
    /// Key and salt in base64; new ones, or with a negative offset those of before.
    KeyParams {
        /// The offset.
        offset: i32,
    },
}
