//! Transactions (RFC 3261 17, RFC 6026): four state machines and the layer that finds the right one
//! for every message.

mod effect;
mod event;
mod invite_client;
mod invite_server;
mod key;
mod layer;
mod non_invite_client;
mod non_invite_server;
mod table;

pub use event::{TransactionEvent, TransactionId};
pub use invite_client::build_ack;
pub use layer::TransactionLayer;
