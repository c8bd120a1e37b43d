//! The load sockets over real loopback sockets.

#![cfg(target_os = "linux")]

mod certificates;
mod datagrams;
mod end;
mod failures;
mod openssl;
mod others;
mod streams;
mod tls;
mod trust;
mod watching;
