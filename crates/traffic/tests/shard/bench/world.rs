//! A world that notes everything and does nothing.

use std::collections::VecDeque;

use gannet_scenario::model::{ChannelId, Endpoint, OpenArgs};
use gannet_traffic::shard::{LogEntry, PortKey, Way, World};

/// A message that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) at_ns: u64,
    pub(crate) way: Way,
    pub(crate) flow: u32,
    pub(crate) bytes: Vec<u8>,
}

impl Sent {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Notes what a shard asks for.
#[derive(Debug, Default)]
pub(crate) struct FakeWorld {
    pub(crate) now_ns: u64,
    pub(crate) sent: VecDeque<Sent>,
    /// Ports that were opened for calls, with the peer's address as it is written.
    pub(crate) opened: Vec<(PortKey, ChannelId, String)>,
    pub(crate) closed: Vec<PortKey>,
    pub(crate) log: Vec<String>,
    ports: u64,
}

/// Ports that calls open have numbers from here.
pub(crate) const FIRST_OWN_PORT: u64 = 100;

impl World for FakeWorld {
    fn send(&mut self, way: Way, flow: u32, parts: &[&[u8]]) {
        self.sent.push_back(Sent {
            at_ns: self.now_ns,
            way,
            flow,
            bytes: parts.concat(),
        });
    }

    fn open(&mut self, channel: ChannelId, args: &OpenArgs) -> PortKey {
        let port = PortKey(FIRST_OWN_PORT + self.ports);
        self.ports += 1;
        let dest = match &args.dest {
            Some(Endpoint::Address(address)) => address.to_string(),
            Some(Endpoint::Name(name, port)) => format!("{name}:{port}"),
            None => String::new(),
        };
        self.opened.push((port, channel, dest));
        port
    }

    fn close(&mut self, port: PortKey) {
        self.closed.push(port);
    }

    fn wall_seconds(&self) -> u64 {
        1_700_000_000 + self.now_ns / 1_000_000_000
    }

    fn log(&mut self, entry: LogEntry<'_>) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.log.push(match entry {
            LogEntry::Sent { message, .. } => format!("sent {message}"),
            LogEntry::Received { bytes, .. } => {
                format!(
                    "received {}",
                    text(bytes).lines().next().unwrap_or_default()
                )
            }
            LogEntry::Verdict { passed, key, .. } => {
                format!("{} {}", if passed { "passed" } else { "failed" }, text(key))
            }
            LogEntry::Unexpected {
                message,
                receiving,
                place,
                ..
            } => {
                let state = match (place, receiving) {
                    (None, _) => "without call",
                    (Some(_), true) => "while receiving",
                    (Some(_), false) => "while not receiving",
                };
                format!("unexpected {} {state}", text(message))
            }
            LogEntry::CallFailed { place, cause, .. } => {
                format!("call failed at {} by {cause:?}", place.step)
            }
            LogEntry::Warning { place, cause } => {
                format!("warning at {} by {cause:?}", place.step)
            }
            LogEntry::NoFreeCall => "no free call".to_owned(),
            LogEntry::Malformed { bytes, .. } => format!("malformed {} bytes", bytes.len()),
            LogEntry::User(bytes) => format!("user {}", text(bytes)),
        });
    }
}
