//! The load sockets over real loopback sockets.

#![cfg(target_os = "linux")]

mod datagrams;
mod end;
mod failures;
mod streams;
