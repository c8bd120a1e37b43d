//! Players of SIPp scenarios on the bench.

mod bench;
mod connections;
mod descriptions;
mod elements;
mod ends;
mod hostile;
mod matching;
mod pace;
mod retransmission;
mod smoke;
mod twins;
mod unexpected;
