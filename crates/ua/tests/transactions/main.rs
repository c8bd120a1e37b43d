//! The four transaction machines against the tables of RFC 3261 17 and RFC 6026, timer by timer.

mod harness;
mod invite_client;
mod invite_server;
mod matching;
mod non_invite_client;
mod non_invite_server;
mod routing;
