//! Phones on real sockets of the loopback, and device profiles.

mod calls;
mod failing_calls;
mod hold;
mod peer;
mod profiles;
mod registration;
mod scripted_peer;
mod support;
mod texts;
mod transfers;
