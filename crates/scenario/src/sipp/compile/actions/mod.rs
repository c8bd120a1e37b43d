//! `<action>` and what stands in it.

mod action;
mod ereg;
mod exec;
mod files;
mod identity;
mod values;

pub(super) use action::actions;
