//! What Seagull cannot do.

mod background;
mod optional;
mod peers;
mod retransmissions;
mod returning;
mod two_parties;
