//! What the two sides of a run must agree on.
//!
//! # Without excuse
//!
//! Whatever the link does, once everything is drained:
//!
//! - every call that an endpoint knew has ended, exactly once, and nothing was reported of it
//!   afterwards but the end of requests that were on their way;
//! - no call, transaction, request or deadline is left in any endpoint;
//! - every leg at a callee belongs to a call of a caller, with the same Call-ID;
//! - each side's tag of a standing call is the other's remote tag;
//! - a BYE that was answered was received: of two sides that talked, one ended by the other's BYE,
//!   or both sent one (table in `ends`).
//!
//! # The outcome
//!
//! | caller | callee |
//! |---|---|
//! | answered, then ended | accepted, then ended, as the table in `ends` says |
//! | gave up, the answer crossed | accepted, ended by the caller's BYE or told 481 on its own |
//! | gave up, final response c | refused with c, or cancelled where c is 487 |
//! | refused with c | refused with c |
//! | ended by BYE before it was answered | accepted, ended for want of an ACK |
//! | challenged, then any of these | an earlier leg refused with 407 |
//!
//! # Transfers
//!
//! A REFER ends as the other side told, once: accepted and followed by a call that both sides know, or
//! refused and followed by none.
//!
//! # On the wire
//!
//! Two sides can agree on nonsense, so the wire is judged, too (`wire`): CANCEL only after a
//! provisional response, BYE of a callee only after ACK, numbers that grow, an ACK for each 2xx
//! that came, a 2xx until its ACK, a final response to every request that arrived, 491 for an
//! INVITE that crossed one, no INVITE after the user gave up.
//!
//! # Asymmetries
//!
//! SIP repeats a message for 64*T1 and then gives up. If every repetition is lost the two sides
//! *cannot* agree: whoever waits ends with "no response" or "no ACK". Such a claim is never taken on
//! trust. It stands only if the journal of the link proves it: the claimant sent as often as its
//! timers ask for, and nothing that could have told it better arrived in time ([`Asymmetry`] names
//! the kinds). A claim without proof is a [`Violation`], and a run over a link that loses nothing
//! must have no asymmetry at all.

mod calls;
mod changes;
mod ends;
mod evidence;
mod findings;
mod registrations;
mod transfers;
mod wire;

pub use calls::judge_calls;
pub use changes::judge_changes;
pub use evidence::Evidence;
pub use findings::{Asymmetry, Findings, Violation};
pub use registrations::{judge_registration, judge_removal};
pub use transfers::judge_transfers;
pub use wire::judge_wire;
