//! `gannet seagull` as its users meet it: files, options, keys, signals, logs and exit codes.
//!
//! The tests with Seagull's own example files need its fixed ports; one test at a time uses them.

mod harness;

mod background;
mod beyond;
mod exits;
mod fixtures;
mod input;
mod keyboard;
mod logs;
mod noise;
mod outputs;
mod remote;
mod seed;
mod transports;
