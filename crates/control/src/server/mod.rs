//! The server.

mod connection;
mod error;
mod service;
mod slots;
mod thread;

pub use error::ServerError;
pub use slots::CONNECTIONS_MAX;
pub use thread::Server;
