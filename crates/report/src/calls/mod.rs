//! Messages out of files that others wrote, for ladders.
//!
//! [`read_calls`] takes captures (pcap, pcapng), message logs of SIPp (`-trace_msg`), and the results
//! of a run: a folder of `--out` or its `results.json`.

mod capture;
mod error;
mod read;
mod sipp_log;

pub use error::CallsError;
pub use read::{call_ids, read_calls};
