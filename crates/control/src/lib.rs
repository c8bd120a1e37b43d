//! Control of a run from outside, by HTTP.
//!
//! - [`seagull`]: Seagull's remote control: requests, their answers, the tables of figures.
//! - [`Server`]: one thread that listens, takes requests and hands what they order to the run.
//! - [`web`]: the live page, its JSON, events and metrics.
//!
//! The run is known only by two closures ([`Run`]): one takes an [`Order`], one gives the latest
//! [`Snapshot`](gannet_events::traffic::Snapshot).

mod order;
pub mod seagull;
mod server;
pub mod web;

pub use order::{Order, Run};
pub use server::{CONNECTIONS_MAX, Server, ServerError};
