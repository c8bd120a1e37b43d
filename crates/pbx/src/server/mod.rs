//! The server's state and what changes it.
//!
//! [`Server`] takes messages, commands and time, and gives messages to send; [`Task`] is the loop
//! around it that owns the sockets. A *call* is what a caller asked for, with one *leg* (a call of
//! the user-agent core) towards the caller and as many as there are phones to ring.

mod bridging;
mod call;
mod calling;
mod channels;
mod commands;
mod conferencing;
mod dialog_state;
mod directory;
mod diverting;
mod failure;
mod feature_codes;
mod flows;
mod forking;
mod forward_marks;
mod gruu;
mod holding;
mod hunting;
mod identity;
mod joining;
mod keeping;
mod mailbox;
mod messaging;
mod mwi;
mod opening;
mod packages;
mod parking;
mod pending;
mod pickup;
mod place;
mod pracking;
mod presence;
mod privacy;
mod programme;
mod publishing;
mod queueing;
mod rebridging;
mod referring;
mod registering;
mod registrations;
mod relay;
mod replacing;
mod retrieval;
mod screening;
mod serving;
mod session_timers;
mod signed;
mod state;
mod storing;
mod subscribing;
mod task;
mod timetable;
mod transferring;
mod watchers;

pub(crate) use directory::Directory;
pub(crate) use opening::open;
pub(crate) use packages::package_names;
pub(crate) use task::Task;
