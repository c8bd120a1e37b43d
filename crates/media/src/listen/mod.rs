//! Hearing: from packets in order to what sounded when.
//!
//! Packets of a stream pass the [`ReorderBuffer`], their audio is cut into
//! blocks of 40 ms ([`Assembler`]), each block is described by its level and
//! its strongest tones ([`Analyser`]), and the [`Listener`] keeps the blocks on
//! a bounded timeline and answers questions about it.

mod analyser;
mod assembler;
mod block;
mod keys;
mod listener;
mod recorder;
mod reorder;
mod sound;
mod span;
mod tap;

pub(crate) use analyser::Analyser;
pub(crate) use assembler::Assembler;
pub use keys::{HeardKey, render_dtmf};
pub use listener::{LISTEN_DELAY, Listener};
pub(crate) use recorder::Recorder;
pub(crate) use reorder::{Held, ReorderBuffer};
pub use sound::{DominantTone, Heard, Quiet, Sound};
pub(crate) use tap::Tap;
