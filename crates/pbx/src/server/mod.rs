//! The server's state and what changes it.
//!
//! [`Server`] takes messages, commands and time, and gives messages to send; [`Task`] is the loop
//! around it that owns the sockets. A *call* is what a caller asked for, with one *leg* (a call of
//! the user-agent core) towards the caller and as many as there are phones to ring.

mod bridging;
mod call;
mod calling;
mod commands;
mod conferencing;
mod directory;
mod diverting;
mod failure;
mod forking;
mod holding;
mod identity;
mod mailbox;
mod messaging;
mod notifying;
mod opening;
mod place;
mod programme;
mod registering;
mod relay;
mod retrieval;
mod serving;
mod state;
mod storing;
mod task;
mod timetable;
mod watchers;

pub(crate) use directory::Directory;
pub(crate) use opening::open;
pub(crate) use task::Task;
