//! Shards on the bench.

mod bench;
mod smoke;
