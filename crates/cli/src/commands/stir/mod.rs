//! `gannet stir`: keys, certificates and tokens of signed calls.

mod certificates;
mod command;
mod files;
mod show;
mod sign;
mod verify;

pub(crate) use command::{StirArguments, execute};
