//! The logs of messages (`-trace_msg`, `-trace_shortmsg`).

use std::io::Write as _;
use std::time::SystemTime;

use super::Stamp;
use super::stamp::written;

/// What stands before the date of a message.
const RULE: &str = "-----------------------------------------------";

/// The direction of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// From here.
    Sent,
    /// To here.
    Received,
}

/// What carried a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried<'a> {
    /// `UDP`, `TCP`, `TLS` or `SCTP`.
    pub transport: &'a str,
    /// From or to the twin of a 3PCC scenario.
    pub twin: bool,
}

/// The log of whole messages.
#[derive(Debug, Clone, Copy)]
pub struct MessageLog {
    stamp: Stamp,
}

impl MessageLog {
    /// With dates of that form.
    pub fn new(stamp: Stamp) -> Self {
        Self { stamp }
    }

    /// A message.
    pub fn message(
        self,
        out: &mut Vec<u8>,
        at: SystemTime,
        carried: Carried<'_>,
        flow: Flow,
        message: &[u8],
    ) {
        out.extend_from_slice(RULE.as_bytes());
        out.push(b' ');
        self.stamp.append_short(out, at);
        let transport = carried.transport;
        let control = if carried.twin { "control " } else { "" };
        let size = message.len();
        written(match flow {
            Flow::Sent => writeln!(out, "\n{transport} {control}message sent [{size}] bytes:\n"),
            Flow::Received => writeln!(
                out,
                "\n{transport} {control}message received [{size}] bytes :\n"
            ),
        });
        out.extend_from_slice(message);
        out.push(b'\n');
    }
}

/// The log of a line for each message.
#[derive(Debug, Clone, Copy)]
pub struct ShortMessageLog {
    stamp: Stamp,
}

impl ShortMessageLog {
    /// With dates of that form.
    pub fn new(stamp: Stamp) -> Self {
        Self { stamp }
    }

    /// A message: its Call-ID and the value of its CSeq, as they stand in it.
    pub fn message(
        self,
        out: &mut Vec<u8>,
        at: SystemTime,
        flow: Flow,
        call_id: &[u8],
        cseq: &[u8],
        message: &[u8],
    ) {
        self.stamp.append(out, at);
        out.extend_from_slice(match flow {
            Flow::Sent => b"\tS\t",
            Flow::Received => b"\tR\t",
        });
        out.extend_from_slice(call_id);
        out.extend_from_slice(b"\tCSeq:");
        out.extend_from_slice(cseq);
        out.push(b'\t');
        let first = message.split(|byte| matches!(byte, b'\r' | b'\n')).next();
        out.extend_from_slice(first.unwrap_or_default());
        out.push(b'\n');
    }
}
