//! SIPp's way of playing: each call is a cursor in one list of steps.
//!
//! It stands beside [`crate::shard`], which plays Seagull's sections: what a message may do to a call
//! differs in almost every rule. Timers, pacing, the map from Call-ID to call, and sockets are the
//! same.

mod actions;
mod received;
mod settings;
mod state;
mod text;
mod values;
mod world;

pub use settings::{
    Behaviours, CallIds, DynamicId, Facts, Reconnect, Retransmission, Settings, Sockets,
    Strictness, TdmMap,
};
pub use world::{Levels, LogEntry, MediaOrder, OpenError, OpenRequest, Protocol, World};
