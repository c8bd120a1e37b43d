//! A bench for shards: small files of Seagull's, a world that notes everything, a clock in
//! nanoseconds, and peers that are played by strings or by another shard.

mod commands;
mod files;
mod pair;
mod player;
mod tally;
mod wire;
mod world;

pub(crate) use commands::{client, receive, section, send, server, wait};
pub(crate) use files::Script;
pub(crate) use pair::{Link, Pair};
pub(crate) use player::{MS, PEER, Player};
pub(crate) use tally::tally;
pub(crate) use wire::{message, name_of, value_of, wire};
pub(crate) use world::{FakeWorld, Sent};
