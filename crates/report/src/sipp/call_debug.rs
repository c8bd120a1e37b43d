//! What happened in calls that were given up (`-trace_calldebug`).

use std::io::Write as _;
use std::time::SystemTime;

use super::Stamp;
use super::stamp::written;

/// What stands before a call.
const RULE: &str =
    "-------------------------------------------------------------------------------";

/// The inner history of calls that were given up, one block each.
#[derive(Debug, Clone, Copy)]
pub struct CallDebugLog {
    stamp: Stamp,
}

impl CallDebugLog {
    /// With dates of that form.
    pub fn new(stamp: Stamp) -> Self {
        Self { stamp }
    }

    /// The beginning of a call's block.
    pub fn call(self, out: &mut Vec<u8>, call_id: &[u8]) {
        written(writeln!(out, "{RULE}"));
        out.extend_from_slice(b"Call debugging information for call ");
        out.extend_from_slice(call_id);
        out.extend_from_slice(b":\n");
    }

    /// Something that happened in the call.
    pub fn event(self, out: &mut Vec<u8>, at: SystemTime, text: &[u8]) {
        self.stamp.append(out, at);
        out.push(b' ');
        out.extend_from_slice(text);
        out.push(b'\n');
    }

    /// A message that was sent, received or refused in the call: what happened, then its bytes.
    pub fn message(self, out: &mut Vec<u8>, at: SystemTime, text: &[u8], message: &[u8]) {
        self.event(out, at, text);
        out.extend_from_slice(message);
        out.extend_from_slice(b"\n\n");
    }
}
