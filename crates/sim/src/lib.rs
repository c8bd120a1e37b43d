//! A bench for the protocol machines: user agents, a registrar and scripted peers on a virtual
//! clock, joined by a link that loses, delays, reorders and duplicates datagrams from a seed.
//!
//! Nothing here waits or opens a socket: an hour of virtual time takes milliseconds, and the same
//! seed always plays the same run. [`Scenario`] makes a whole run (register, call, CANCEL, BYE,
//! re-INVITE) of a seed; [`agreement`] says what its two sides must agree on; [`Bench`] holds one
//! endpoint whose peer is the test itself; [`races`] aims two acts at each other.

pub mod agreement;
mod bench;
mod events;
mod journal;
mod ladder;
mod link;
mod peer;
mod phone;
pub mod races;
mod registrar;
mod report;
mod scenario;
mod world;

pub use bench::Bench;
pub use journal::{Flight, Journal};
pub use ladder::ladder;
pub use link::{Conditions, Link};
pub use peer::{Peer, Step};
pub use phone::{
    CallRecord, Deed, Errand, Fate, Habits, Phone, ReferRecord, Registering, RequestRecord, Role,
};
pub use registrar::{Registrar, RegistrarHabits};
pub use report::{Report, Tally};
pub use scenario::Scenario;
pub use world::{Fault, Node, World};
