//! The task of a phone: owns its sockets and its user-agent core.
//!
//! It takes commands, messages and deadlines, one at a time, and never waits for anything else.
//! After each of them it sends what the core wants sent and carries what happened into the state.

mod auto_answer;
mod background;
mod by_hand;
mod change_offer;
mod core;
mod early_media;
mod filter;
mod flows;
mod forks;
mod happenings;
mod incoming;
mod info;
mod leg;
mod misbehaviour;
mod notifier;
mod orders;
mod outgoing;
mod prack;
mod publications;
mod referral;
mod registration;
mod security;
mod session_change;
mod session_timer;
mod setup;
mod single;
mod subscriptions;
mod summaries;
mod texts;
mod transfer;
mod wire;

pub(crate) use by_hand::RequestDraft;
pub(crate) use core::{Act, Actor};
pub(crate) use early_media::Progress;
pub use misbehaviour::Habits;
pub(crate) use session_change::{Carrier, Wish};
pub(crate) use setup::endpoint_for;
