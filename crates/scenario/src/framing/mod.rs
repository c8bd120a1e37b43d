//! Where a message ends: the receiving side of a [`Protocol`](crate::model::Protocol).
//!
//! A header ends with the field separator and the body separator. How long the body is, the
//! protocol's body methods say. Nothing that a peer sends can stop what comes after it: blank lines
//! are skipped, and what cannot become a message is given up.

mod body;
mod frame;

pub use frame::{BODY_BYTES_MAX, Frame, HEADER_BYTES_MAX};
