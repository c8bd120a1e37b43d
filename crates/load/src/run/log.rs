//! Where log entries of a run go.

use std::time::Duration;

use gannet_traffic::shard::LogEntry;

/// Takes the log entries of all shards, as they happen.
pub trait LogSink: Send + Sync {
    /// An entry of a shard, at a time since the run began. Called on the shard's thread: what
    /// takes long here holds up its calls.
    fn entry(&self, at: Duration, entry: &LogEntry<'_>);

    /// Something about the sockets that is worth a line (level E).
    fn trouble(&self, at: Duration, text: &str);
}

/// No log.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLog;

impl LogSink for NoLog {
    fn entry(&self, _at: Duration, _entry: &LogEntry<'_>) {}

    fn trouble(&self, _at: Duration, _text: &str) {}
}
