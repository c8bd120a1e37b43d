//! What peers can do to a shard: bytes of all kinds, and messages in any order.

mod bytes;
mod order;
mod pieces;
