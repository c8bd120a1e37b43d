//! The error log (`-trace_err`) and what scenarios log themselves (`-trace_logs`).

use std::time::SystemTime;

use super::Stamp;

/// Warnings and errors.
#[derive(Debug, Clone, Copy)]
pub struct ErrorLog {
    stamp: Stamp,
}

impl ErrorLog {
    /// With dates of that form.
    pub fn new(stamp: Stamp) -> Self {
        Self { stamp }
    }

    /// The first line, written before the first error.
    pub fn header(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"The following events occurred:\n");
    }

    /// A warning or an error.
    pub fn line(self, out: &mut Vec<u8>, at: SystemTime, text: &[u8]) {
        self.stamp.append(out, at);
        out.extend_from_slice(b": ");
        append_log(out, text);
    }
}

/// The text of a `log` action.
pub fn append_log(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(text);
    out.push(b'\n');
}
