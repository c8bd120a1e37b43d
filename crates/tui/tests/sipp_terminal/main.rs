//! SIPP.md 1.22: screens, keys and commands.

mod keys;
mod peer;
mod screens;
mod summary;
mod support;
