//! Players of SIPp scenarios on the bench.

mod bench;
mod smoke;
