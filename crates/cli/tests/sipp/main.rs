//! `gannet sipp` as its users meet it: built-in scenarios, options, keys, remote control, files, exit
//! codes; and real SIPp on the other side where it is installed.

mod harness;

mod calls;
mod exits;
mod injection;
mod input;
mod keyboard;
mod media;
mod options;
mod outputs;
mod real;
mod remote;
mod twins;
