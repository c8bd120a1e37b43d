//! Seagull's remote control: HTTP requests that order, and that ask for figures.
//!
//! Bytes become a [`Request`] with [`Request::parse`], [`Desk::answer`] makes an [`Answer`] of it.
//! [`Query::of`] is the table of all URIs.

mod counters;
mod desk;
mod query;
mod request;
mod response;
mod structure;
mod table;
mod uri;

pub use desk::{Answer, Desk};
pub use query::{Query, Table};
pub use request::{BODY_MAX, HEADER_MAX, Parsed, Request};
pub use response::{BODY, Outcome, response};
