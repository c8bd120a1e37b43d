//! RTP and RTCP sockets on threads of their own that keep the send times.
//!
//! A thread sleeps in `epoll` until a datagram comes, a port's deadline is due, or someone wakes it.
//! The deadline is a timer descriptor in the same `epoll`, so it is kept to within the wake-up time
//! of the thread, not to whole milliseconds.

mod open;
mod port;
mod scheduler;
mod socket;
mod stream;
mod timer;
mod worker;

pub use port::{MediaKind, MediaPort};
pub use scheduler::MediaScheduler;
pub use socket::{MediaCounters, MediaSocket};
