//! The event socket of FreeSWITCH: the text protocol by which programs command that server.
//!
//! Invariant: a peer can make no side wait for ever, nor keep more than the bounds of [`Decoder`].
//!
//! - [`Message`], [`Decoder`]: what crosses the wire, and how it is cut out of the stream.
//! - [`Client`]: asks a server, each question with a bound on its answer.
//! - [`serve`], [`Service`]: the side of the server.

mod client;
mod error;
mod message;
mod server;

pub use client::{Client, JobResult};
pub use error::{EslError, FramingError};
pub use message::{BODY_MAX, Decoder, HEAD_MAX, Message};
pub use server::{Service, serve};
