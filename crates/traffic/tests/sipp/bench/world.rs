//! A world that notes everything and does nothing.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use gannet_scenario::sipp::model::MediaKind;
use gannet_traffic::shard::{PortKey, Way};
use gannet_traffic::sipp::{LogEntry, MediaOrder, OpenError, OpenRequest, World};

use super::value_of;

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

/// Notes what a player asks for.
#[derive(Debug)]
pub(crate) struct FakeWorld {
    pub(crate) now_ns: u64,
    pub(crate) sent: VecDeque<Sent>,
    pub(crate) opened: Vec<(PortKey, OpenRequest)>,
    pub(crate) closed: Vec<PortKey>,
    pub(crate) commands: Vec<(Option<String>, String)>,
    pub(crate) log: Vec<String>,
    pub(crate) media: Vec<String>,
    /// How many sockets may still be opened.
    pub(crate) room: usize,
    /// Twin commands can be sent.
    pub(crate) has_twin: bool,
    /// Connections take messages.
    pub(crate) takes: bool,
    /// The Call-ID of the last message, either way.
    pub(crate) call_id: String,
    /// The CSeq of the last request that was sent and that has a response.
    pub(crate) cseq: String,
    ports: u64,
}

impl FakeWorld {
    /// The peer answers this message.
    pub(crate) fn note_sent(&mut self, text: &str) {
        self.note_call_id(text);
        if !text.starts_with("SIP/2.0 ")
            && !text.starts_with("ACK ")
            && let Some(cseq) = value_of(text, "CSeq")
        {
            cseq.clone_into(&mut self.cseq);
        }
    }

    /// A message crosses the wire, either way.
    pub(crate) fn note_call_id(&mut self, text: &str) {
        if let Some(id) = value_of(text, "Call-ID") {
            id.clone_into(&mut self.call_id);
        }
    }
}

impl Default for FakeWorld {
    fn default() -> Self {
        Self {
            now_ns: 0,
            sent: VecDeque::new(),
            opened: Vec::new(),
            closed: Vec::new(),
            commands: Vec::new(),
            log: Vec::new(),
            media: Vec::new(),
            room: usize::MAX,
            has_twin: true,
            takes: true,
            call_id: "1@peer".to_owned(),
            cseq: "1 INVITE".to_owned(),
            ports: 0,
        }
    }
}

/// Ports that calls open have numbers from here.
pub(crate) const FIRST_OWN_PORT: u64 = 100;

impl World for FakeWorld {
    fn send(&mut self, way: Way, flow: u32, message: &[u8]) {
        self.note_sent(&String::from_utf8_lossy(message));
        self.sent.push_back(Sent {
            at_ns: self.now_ns,
            way,
            flow,
            bytes: message.to_vec(),
        });
    }

    fn takes(&mut self, _: Way) -> bool {
        self.takes
    }

    fn open(&mut self, request: OpenRequest) -> Result<PortKey, OpenError> {
        if self.room == 0 {
            return Err(OpenError::Full);
        }
        self.room -= 1;
        let port = PortKey(FIRST_OWN_PORT + self.ports);
        self.ports += 1;
        self.opened.push((port, request));
        Ok(port)
    }

    fn close(&mut self, port: PortKey) {
        self.closed.push(port);
    }

    fn local_addr(&self, port: PortKey) -> Option<SocketAddr> {
        Some(SocketAddr::from(([10, 0, 0, 1], port.0 as u16)))
    }

    fn time_of_day(&self) -> (u64, u32) {
        (1_700_000_000 + self.now_ns / 1_000_000_000, 0)
    }

    fn timestamp(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"now");
    }

    fn resolve(&mut self, host: &str) -> Option<IpAddr> {
        host.parse().ok()
    }

    fn read_file(&mut self, _: &[u8], _: &mut Vec<u8>) -> bool {
        false
    }

    fn execute(&mut self, command: &[u8]) {
        self.log
            .push(format!("execute {}", String::from_utf8_lossy(command)));
    }

    fn send_command(&mut self, to: Option<&str>, text: &[u8]) -> bool {
        let text = String::from_utf8_lossy(text).into_owned();
        self.commands.push((to.map(str::to_owned), text));
        self.has_twin
    }

    fn media_port(&mut self, call: u32, _: MediaKind) -> Option<u16> {
        Some(20_000 + call as u16)
    }

    fn media(&mut self, call: u32, order: MediaOrder<'_>) {
        self.media.push(format!("{call} {order:?}"));
    }

    fn log(&mut self, entry: LogEntry<'_>) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.log.push(match entry {
            LogEntry::Warning(words) => format!("warning {words}"),
            LogEntry::User(bytes) => format!("user {}", text(bytes)),
            other => format!("{other:?}"),
        });
    }
}
