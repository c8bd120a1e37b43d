//! `gannet sipp` as its users meet it: built-in scenarios, options, keys, remote control, files, exit
//! codes; media with real SIPp on the other side, where it is installed (more of that: `tests/interop`).

mod harness;

mod calls;
mod exits;
mod injection;
mod input;
mod keyboard;
mod media;
mod options;
mod outputs;
mod remote;
mod signed;
mod tls;
mod twins;
mod watch;
