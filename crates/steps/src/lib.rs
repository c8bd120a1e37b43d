//! gannet-steps
