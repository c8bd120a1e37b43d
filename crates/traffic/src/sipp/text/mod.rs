//! Texts with keywords: what a scenario sends, logs and compares.
//!
//! [`bake`] turns into bytes once what is the same for the whole run; [`render`] fills the rest for
//! one call. Neither a message nor a number is ever formatted: all is appended to one buffer.

mod bake;
mod call_ids;
mod common;
mod env;
mod error;
mod lines;
mod needs;
mod render;
mod scratch;

pub(super) use bake::{bake, bake_scenario};
pub(super) use call_ids::CallIdMaker;
pub(super) use common::Common;
pub(super) use env::{At, Env};
pub(super) use error::RenderError;
pub(super) use lines::Lines;
pub(super) use needs::Needs;
pub(super) use render::render;
pub(super) use scratch::Scratch;
