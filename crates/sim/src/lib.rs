//! gannet-sim
