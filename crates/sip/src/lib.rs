//! SIP messages, header fields and URIs: a raw view that keeps every byte, typed views on demand,
//! and a builder that can write anything.
//!
//! Invariant: every received byte can be given back; nothing here fails on bytes, it only reports.
//! No I/O, no clock, no randomness.

mod builder;
mod check;
mod compact_layout;
mod cseq;
mod date;
mod field_error;
mod framing;
mod header;
mod header_name;
mod layout;
mod lex;
mod message;
mod method;
mod name_addr;
mod name_addr_parts;
mod octets;
mod params;
mod rack;
mod reason;
mod span;
mod start_line;
mod transport;
mod uri;
mod uri_compare;
mod uri_parts;
mod via;
mod via_view;

pub use builder::{ContentLength, FieldName, Line, MessageBuilder};
pub use check::{
    Carrier, Deviation, REQUEST_URI_BYTES_MAX, Refusal, Rule, Severity, check, check_on, refusal,
};
pub use compact_layout::CompactLayout;
pub use cseq::CSeq;
pub use date::{date_text, parse_date};
pub use field_error::FieldError;
pub use framing::{Frame, FramingError, FramingLimits, StreamFramer};
pub use header::Header;
pub use header_name::HeaderName;
pub use layout::{HeaderSpan, Layout};
pub use message::Message;
pub use method::Method;
pub use name_addr::NameAddr;
pub use params::Params;
pub use rack::RAck;
pub use reason::reason_phrase;
pub use span::Span;
pub use start_line::StartLine;
pub use transport::Transport;
pub use uri::{Scheme, Uri, UriError, host_text, parse_ip};
pub use via::{BRANCH_COOKIE, Via};
pub use via_view::ViaView;
