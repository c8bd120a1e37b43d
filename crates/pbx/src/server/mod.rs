//! The server's state and what changes it.
//!
//! [`Server`] takes messages, commands and time, and gives messages to send; [`Task`] is the loop
//! around it that owns the sockets. A *call* is what a caller asked for, with one *leg* (a call of
//! the user-agent core) towards the caller and as many as there are phones to ring.

mod bridging;
mod call;
mod calling;
mod commands;
mod directory;
mod diverting;
mod failure;
mod feature_codes;
mod forking;
mod forward_marks;
mod hunting;
mod identity;
mod joining;
mod mailbox;
mod messaging;
mod notifying;
mod opening;
mod parking;
mod pickup;
mod place;
mod programme;
mod queueing;
mod rebridging;
mod registering;
mod relay;
mod replacing;
mod serving;
mod state;
mod storing;
mod task;
mod timetable;
mod transferring;
mod watchers;

pub(crate) use directory::Directory;
pub(crate) use opening::open;
pub(crate) use task::Task;
