//! Every kind of error in dictionaries and scenarios, with its place. In the inputs « and » stand
//! around what is complained about.

#[path = "../seagull_files/mod.rs"]
mod seagull_files;

mod actions;
mod alone;
mod commands;
mod dictionaries;
mod files;
mod marked;
mod mutations;
