//! Digest authentication: published examples, client against server.

mod bench;
mod client;
mod examples;
mod server;
