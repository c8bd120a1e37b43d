//! Impairment on purpose: what a bad network, or a broken sender, does to the RTP of a phone.
//!
//! - [`Impairments`]: loss (random or in bursts), delay, jitter, reordering, duplicates, a pause,
//!   for each direction; and what a broken sender does wrong.
//! - [`ImpairedLine`]: carries them out on datagrams, seeded, with the time passed in.

mod line;
mod link;
mod settings;

pub use line::ImpairedLine;
pub use settings::{Impairments, Loss, SenderFaults, Way};
