//! A little HTTP, for certificates: a server of a few pages on loopback, and a client with a cache.
//! Both are bounded in time and size, and block: who must not block asks a thread.

mod cache;
mod client;
mod server;

pub use cache::PageCache;
pub use client::{FetchError, Page, fetch};
pub use server::PageServer;
