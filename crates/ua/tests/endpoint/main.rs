//! The user-agent core, its peer played by the test: calls, forks, CANCEL, BYE, re-INVITE, refusals,
//! challenges, registration, subscriptions of both sides, REFER, Replaces.

mod auth;
mod callee;
mod callee_forks;
mod caller;
mod cancel;
mod dialog_harness;
mod failover;
mod fixed_replies;
mod flows;
mod forking;
mod harness;
mod in_call;
mod notice_forks;
mod notices;
mod prack;
mod publication;
mod refer;
mod refusals;
mod registration;
mod reinvite;
mod reliable;
mod replaces;
mod resubscribe;
mod session_expiry;
mod session_harness;
mod session_timers;
mod subscription;
mod transport;
mod update;
mod upkeep;
mod usages;
