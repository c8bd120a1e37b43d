//! SIPP.md 1.20 and 1.21: the files that SIPp writes.

mod counts;
mod logs;
mod peer;
mod response_times;
mod statistics;
mod support;
