//! gannet-net
