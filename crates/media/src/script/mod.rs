//! What scenarios send as media: packets planned beforehand, streams of payload without end.

mod datagrams;
mod dtmf;
mod payload_format;
mod payload_stream;
mod stored_audio;

pub use datagrams::{Datagrams, DatagramsError, PlannedDatagram};
pub use dtmf::{DTMF_PAYLOAD_TYPE, DtmfError, DtmfKeys};
pub use payload_format::PayloadFormat;
pub use payload_stream::{Payload, PayloadStream, Rounds, StreamIdentity};
pub use stored_audio::{StoredAudio, StoredAudioError};
