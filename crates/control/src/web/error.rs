//! Why there is no page.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;

/// Why the page cannot be served.
#[derive(Debug, Error)]
pub enum WebError {
    /// The address is taken, is not of this machine, or needs rights.
    #[error(
        "option http: cannot listen on {address}: {source}; give another address, or port 0 for any free one"
    )]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The system has no more descriptors or threads.
    #[error("option http: the server cannot start: {0}")]
    Start(#[source] io::Error),
}
