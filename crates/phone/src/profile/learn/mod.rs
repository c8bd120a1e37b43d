//! Writing a profile from what a real device sent.
//!
//! [`read_capture`] takes the SIP messages out of a capture; [`learn`] looks at those of one device
//! and writes what it does as a profile file. What profiles cannot say, or phones cannot do, is told
//! beside it, and nothing is guessed that the messages do not show.

mod address;
mod capture;
mod device;
mod document;
mod identifiers;
mod identity;
mod layout;
mod lines;
mod lists;
mod registration;
mod samples;
mod sdp;

pub use address::{DeviceAddress, NoAddress};
pub use capture::{CaptureError, Captured, read_capture};
pub use device::{LearnError, Learned, learn};
