//! When calls start.
//!
//! [`Pacer`] follows Seagull's three models. Its arithmetic is in whole numbers (`schedule`), so that
//! a rate is met exactly however long the run, and so that the shares of several shards add up to
//! what one shard would start; only the Poisson model draws (`arrivals`).

mod arrivals;
mod pacer;
mod ramp;
mod schedule;
mod settings;

pub use pacer::Pacer;
pub(crate) use settings::START_GRAIN_NS;
pub use settings::{Model, PacerSettings, RATE_MAX, Share};
