//! SIPp's way of playing: each call is a cursor in one list of steps.
//!
//! It stands beside [`crate::shard`], which plays Seagull's sections: what a message may do to a call
//! differs in almost every rule. Timers, pacing, the map from Call-ID to call, and sockets are the
//! same.

mod actions;
mod answered;
mod call;
mod commands;
mod congestion;
mod connections;
mod control;
mod core;
mod dead;
mod defaults;
mod ending;
mod framing;
mod input;
mod layout;
mod matching;
mod memory;
mod plan;
mod player;
mod ports;
mod received;
mod repeat;
mod routing;
mod running;
mod sending;
mod settings;
mod starting;
mod state;
mod taking;
mod text;
mod timers;
mod unexpected;
mod users;
mod values;
mod world;

pub use layout::layout;
pub use plan::Scenarios;
pub use player::Player;
pub use settings::{
    Behaviours, CallIds, DynamicId, Facts, Reconnect, Retransmission, Settings, Sockets,
    Strictness, TdmMap, Watchdog,
};
pub use world::{CallEvent, Levels, LogEntry, MediaOrder, OpenError, OpenRequest, Protocol, World};
