//! The page of a run, for people and programs, by HTTP.
//!
//! [`WebServer`] has one thread of its own that neither plays calls nor waits for those who do. What
//! it shows is a [`Shown`], which the run replaces once a second; each client gets the newest one when
//! it is ready for it, so a slow client costs its buffers and nothing else.
//!
//! | request | answer |
//! |---|---|
//! | `GET /` | the dashboard |
//! | `GET /api/state` | the document of the run (JSON) |
//! | `GET /api/events` | its figures each second (server-sent events) |
//! | `POST /api/control` | an order: [`WebOrder`] |
//! | `GET /metrics` | the figures as Prometheus reads them |
//! | `GET /report` | the report as it is now |

mod access;
mod address;
mod error;
mod events;
mod order;
mod server;
mod service;
mod shown;

pub use access::Access;
pub use address::{HttpAddress, HttpAddressError};
pub use error::WebError;
pub use events::EVENT_STREAMS_MAX;
pub use order::WebOrder;
pub use server::{CONNECTIONS_MAX, WebRun, WebServer};
pub use shown::{Face, Shown};
