//! SIPp's scenario and injection files.
//!
//! - [`builtin`]: the scenarios that are part of the program.
//! - [`model`]: what a SIPp scenario does, resolved and checked.
//! - [`load()`]: a scenario file to the model, with everything that is wrong in it.
//! - [`injection`]: injection files.
//! - [`slave_cfg`], [`TdmMap`]: what `-slave_cfg` and `-tdmmap` say.
//! - [`dump`](dump()): the model as text; [`actions_by_step`] of it.
//! - [`compile_text`]: texts that come up while a scenario is played.

pub mod builtin;
pub mod injection;
pub mod model;

mod compile;
mod load;
mod numbers;
mod options;
mod peers;
mod text;
mod xml;

pub use crate::dump::sipp::{actions_by_step, dump};
pub use load::{Loaded, check, is_scenario, load};
pub use options::{InjectionInfo, Options};
pub use peers::{Peer, TdmMap, TdmMapError, slave_cfg};
pub use text::{TextError, compile_text};
