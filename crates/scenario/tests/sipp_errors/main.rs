//! Every kind of complaint about SIPp's scenarios, with its place. In the inputs « and » stand
//! around what is complained about.

mod actions;
mod elements;
mod files;
mod marked;
mod mutations;
mod texts;
mod xml;
