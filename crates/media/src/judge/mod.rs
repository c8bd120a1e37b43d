//! Judging what came: quality by the E-model, likeness with a file, faults by name.
//!
//! - [`EModel`], [`mos`]: ITU-T G.107; [`robustness`]: what codecs bear (ITU-T G.113);
//!   [`quality`]: both for the figures of a session.
//! - [`Reference`]: how much what was heard is like a file.
//! - [`sweep`]: a sound by which delay is measured.
//! - [`media_faults`]: what is wrong with the media of a call, each fault with its name.

mod compare;
mod correlate;
mod emodel;
mod fault;
mod faults;
mod playout;
mod probe;
mod quality;
mod robustness;

pub use compare::{Likeness, Reference, ReferenceError};
pub use emodel::{EModel, delay_impairment, mos};
pub use fault::MediaFault;
pub use faults::{FaultLimits, media_faults};
pub(crate) use playout::Playout;
pub use playout::{JITTER_BUFFER, PlayoutFigures};
pub use probe::sweep;
pub use quality::{Quality, quality};
pub use robustness::{Robustness, robustness};
