//! What a session plays.

mod capture;
mod echo;
mod kind;
mod mark;
mod path;
mod player;
mod replay;
mod signalling;
mod tone;
mod transcoder;
mod wav;

pub(crate) use capture::{is_known, link_types, read_frames, udp_of};
pub(crate) use echo::EchoBuffer;
pub use kind::{Samples, Source};
pub use mark::Mark;
pub(crate) use path::ReturnPath;
pub(crate) use player::Player;
pub(crate) use replay::ReplayPacket;
pub use replay::{Replay, ReplayError};
pub use signalling::{CapturedPacket, read_packets};
#[cfg(test)]
pub(crate) use tone::render_at;
pub use tone::{Tone, render, render_noise};
pub(crate) use transcoder::Transcoder;
pub use wav::{Audio, WavError, read_audio, read_wav, write_wav, write_wav_at};
