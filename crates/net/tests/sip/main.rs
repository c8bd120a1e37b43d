//! SIP transports over real loopback sockets.

mod end;
mod failures;
mod flows;
mod messages;
