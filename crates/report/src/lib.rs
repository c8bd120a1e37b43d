//! gannet-report
