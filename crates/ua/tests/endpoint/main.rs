//! The user-agent core, its peer played by the test: calls, forks, CANCEL, BYE, re-INVITE, refusals,
//! challenges, registration, subscriptions of both sides, REFER, Replaces.

mod auth;
mod callee;
mod caller;
mod cancel;
mod dialog_harness;
mod forking;
mod harness;
mod in_call;
mod notices;
mod refer;
mod refusals;
mod registration;
mod reinvite;
mod replaces;
mod subscription;
mod transport;
mod usages;
