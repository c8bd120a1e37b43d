//! gannet-diag
