//! Hearing: from packets in order to what sounded when.
//!
//! Packets of a stream pass the [`ReorderBuffer`], their audio is cut into
//! blocks of 40 ms ([`Assembler`]), each block is described by its level and
//! its strongest tones ([`Analyser`]), and the [`Listener`] keeps the blocks on
//! a bounded timeline and answers questions about it. The timeline has units of its own
//! ([`timeline`]), whatever rates the codecs have.

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
mod timeline;

pub(crate) use analyser::Analyser;
pub(crate) use assembler::{Assembler, Portion};
pub use keys::{HeardKey, render_dtmf};
pub use listener::{LISTEN_DELAY, Listener};
pub(crate) use recorder::Recorder;
pub(crate) use reorder::{Arrived, ReorderBuffer};
pub use sound::{DominantTone, Heard, Quiet, Sound};
pub(crate) use tap::Tap;
pub(crate) use timeline::{duration_of, units_of};
