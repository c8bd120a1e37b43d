//! Races: two acts that cross on the wire, from a seed.
//!
//! Each [`Race`] sets up two parties on a virtual clock, lets both act within one short window (or
//! lets a deadline and the message that is to prevent it come close to each other), and lets
//! everything run out. The judges of [`agreement`](crate::agreement) say whether both sides came to
//! the same end. [`RaceReport::crossed`] says whether the two messages really were under way at the
//! same time: a race that never happens would prove nothing, so its test counts them.
//!
//! One more race of two acts in a call is one variant of [`Race`] with its name, one arm in
//! `duels::duel`, and a [`Deed`](crate::Deed) for what is new.

mod aim;
mod contest;
mod duels;
mod registrations;
mod sessions;
mod subscriptions;
mod transfers;

pub use contest::{Race, RaceReport};
