//! Texts with keywords: what a scenario sends, logs and compares.
//!
//! [`bake`] turns into bytes once what is the same for the whole run; [`render`] fills the rest for
//! one call. Neither a message nor a number is ever formatted: all is appended to one buffer.

mod authentication;
mod bake;
#[cfg(test)]
pub(super) mod bench;
mod call_ids;
mod circuits;
mod common;
mod constant;
mod crypto;
mod date;
mod env;
mod error;
mod field;
mod identity;
mod keyword;
mod last;
mod needs;
mod port;
mod render;
mod scratch;
mod tail;
#[cfg(test)]
mod tests;
mod writer;

pub(super) use authentication::Scheme;
pub(super) use bake::{bake, bake_scenario};
pub(super) use call_ids::CallIdMaker;
pub(super) use circuits::Circuits;
pub(super) use common::Common;
pub(super) use env::{At, Env};
pub(super) use error::RenderError;
pub(super) use needs::Needs;
pub(super) use render::{render, rendered};
pub(super) use scratch::Scratch;
