//! The task of a phone: owns its sockets and its user-agent core.
//!
//! It takes commands, messages and deadlines, one at a time, and never waits for anything else.
//! After each of them it sends what the core wants sent and carries what happened into the state.

mod auto_answer;
mod background;
mod by_hand;
mod core;
mod happenings;
mod incoming;
mod info;
mod leg;
mod outgoing;
mod referral;
mod registration;
mod session_change;
mod setup;
mod single;
mod summaries;
mod texts;
mod transfer;
mod wire;

pub(crate) use by_hand::RequestDraft;
pub(crate) use core::{Act, Actor};
