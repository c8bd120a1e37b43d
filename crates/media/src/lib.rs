//! Media of a call, without sockets and without a clock of its own.
//!
//! - [`offer_answer`]: SDP offers and answers (RFC 3264) in the layout of a
//!   device, and what was agreed, [`offer_answer::Negotiated`].
//! - [`RtpSession`]: plays a [`Source`] to the peer on an absolute schedule,
//!   receives, reports in RTCP, and listens. Its contract is at the type.
//! - [`Source`]: silence, tones, the [`Mark`] of a phone, WAV, a replayed
//!   capture, echo, nothing.
//! - [`Mixer`], [`SharedMixer`]: several sessions of which each hears all others.
//! - [`Listener`]: what was heard and when: a mark, a tone, a DTMF key, anything, silence.
//! - [`script`]: what SIPp's scenarios send: captures packet by packet, keys, stored octets.
//! - [`srtp`]: packets encrypted and authenticated, with keys from session descriptions.
//! - [`judge`]: quality by the E-model, likeness with a file, faults by name.
//! - [`impair`]: loss, delay, jitter and more, on purpose.
//! - [`Codec`], [`Encoder`], [`Decoder`]: G.711 with both laws, G.722, L16, Opus.
//!
//! All audio inside is mono, at the rate of the codec that carries it. Levels are in dBFS, where a sine
//! of full scale has 0.

#![cfg_attr(
    test,
    expect(clippy::disallowed_methods, reason = "tests need a first instant")
)]

mod codec;
mod dtmf;
pub mod impair;
pub mod judge;
mod level;
mod listen;
mod mix;
pub mod offer_answer;
mod resample;
pub mod script;
mod session;
mod source;
pub mod srtp;

pub use codec::{Codec, Decoder, Encoder, OpusWishes, SAMPLE_RATE};
pub use dtmf::{InfoKey, info_body, plain_info_body, read_info_key};
pub use level::{SILENCE_DBFS, level_dbfs};
pub use listen::{
    DominantTone, Heard, HeardKey, LISTEN_DELAY, Listener, Quiet, Sound, render_dtmf,
};
pub use mix::{LiveFeed, Mixer, Seat, SharedMixer, Voice};
pub use session::{
    Channel, HandshakeState, KeyHandshake, Mistaken, ReceivedEvent, ReceivedStream, RemoteReport,
    RtpReport, RtpSession, RtpSessionConfig, SentStream, SrtpFault, SrtpReport, Transmit, Watched,
    is_handshake, ntp_timestamp,
};
pub use source::{
    Audio, CapturedPacket, Mark, Replay, ReplayError, Samples, Source, Tone, WavError, read_audio,
    read_packets, read_wav, render, render_noise, write_wav, write_wav_at,
};
