//! What Seagull cannot do.

mod background;
mod grain;
mod optional;
mod peers;
mod retransmissions;
mod returning;
mod two_parties;
