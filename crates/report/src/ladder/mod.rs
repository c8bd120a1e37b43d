//! Ladder diagrams: who sent what to whom, one line per message.
//!
//! [`Ladder::new`] reads captured records into columns ([`actors`]) and rows ([`messages`] for
//! SIP, [`streams`] for RTP); [`draw`] lays them out as text, [`svg`] as an image. Nothing here needs a run: records of a
//! capture file serve as well.

mod actors;
mod diagram;
mod draw;
mod messages;
mod streams;
mod svg;
#[cfg(test)]
mod tests;

pub use diagram::{Ladder, LadderOptions};
