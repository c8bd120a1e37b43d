//! Elements to the model.

mod actions;
mod attributes;
mod common;
mod context;
mod declarations;
mod distribution;
mod finish;
mod labels;
mod messages;
mod names;
mod receive;
mod scenario;
mod timing;
mod transactions;

pub(super) use scenario::compile;
