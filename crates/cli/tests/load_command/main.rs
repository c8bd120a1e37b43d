//! `gannet load` as a user meets it: what it does with options and files, what it says, its exit
//! codes; and every example of `scenarios/seagull`, both sides.

mod ending;
mod examples;
mod examples_in_seagull;
mod files;
mod outputs;
mod process;
mod traffic;
