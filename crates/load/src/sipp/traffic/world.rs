//! The world of a player: sockets, date, files, commands, twins, media, logs.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use gannet_net::load::{PortId, Ports};
use gannet_report::sipp::Stamp;
use gannet_scenario::sipp::model::MediaKind;
use gannet_traffic::shard::{PortKey, Way};
use gannet_traffic::sipp::{LogEntry, MediaOrder, OpenError, OpenRequest, World};

use super::super::logs::Logs;
use super::commands::Commands;
use super::media::Media;
use super::sockets::SocketPlan;
use super::twins::Twins;

/// What the world keeps between turns.
#[derive(Debug)]
pub(super) struct WorldState {
    pub(super) begun: Instant,
    pub(super) logs: Logs,
    pub(super) stamp: Stamp,
    pub(super) sockets: SocketPlan,
    pub(super) twins: Twins,
    pub(super) media: Box<dyn Media>,
    pub(super) commands: Commands,
    /// Names that were looked up.
    pub(super) names: HashMap<String, Option<IpAddr>>,
    /// Sockets that calls have opened.
    pub(super) opened: HashSet<u64>,
    /// The peer that was told of last as unreachable, and in which second of the run.
    pub(super) unreachable: Option<(Option<SocketAddr>, u64)>,
}

/// The world as a player sees it during a turn.
pub(super) struct SippWorld<'w> {
    pub(super) ports: &'w mut Ports,
    pub(super) state: &'w mut WorldState,
}

impl WorldState {
    /// Time since the run began, in nanoseconds.
    pub(super) fn now_ns(&self) -> u64 {
        self.begun.elapsed().as_nanos() as u64
    }

    /// Passes on what the media have to say.
    fn tell_of_media(&mut self) {
        for text in self.media.take_warnings() {
            self.logs.warn(&text);
        }
    }

    /// Tells that a peer takes no datagrams, once a second: there may be a report for each of them.
    pub(super) fn tell_unreachable(&mut self, to: Option<SocketAddr>, error: &std::io::Error) {
        let told = Some((to, self.begun.elapsed().as_secs()));
        if self.unreachable == told {
            return;
        }
        self.unreachable = told;
        let peer = to.map_or_else(|| "a peer".to_owned(), |to| to.to_string());
        let text = format!("{peer} does not take datagrams: {error}");
        self.logs.warn(&text);
    }
}

/// A connection on which more waits takes no further messages until the peer has read some.
const UNSENT_BYTES_MAX: usize = 256 << 10;

impl World for SippWorld<'_> {
    #[inline]
    fn send(&mut self, way: Way, flow: u32, message: &[u8]) {
        let port = PortId::from_number(way.port.0);
        self.ports.send_in_flow(port, way.to, flow, &[message]);
    }

    #[inline]
    fn takes(&mut self, way: Way) -> bool {
        let port = PortId::from_number(way.port.0);
        self.ports.unsent_bytes(port) < UNSENT_BYTES_MAX
    }

    fn open(&mut self, request: OpenRequest) -> Result<PortKey, OpenError> {
        let state = &mut *self.state;
        let opened = state
            .sockets
            .open_for_call(self.ports, request, state.opened.len())?;
        state.opened.insert(opened.number());
        Ok(PortKey(opened.number()))
    }

    fn close(&mut self, port: PortKey) {
        self.state.opened.remove(&port.0);
        self.ports.close(PortId::from_number(port.0));
    }

    fn local_addr(&self, port: PortKey) -> Option<SocketAddr> {
        self.ports.local_addr(PortId::from_number(port.0))
    }

    fn time_of_day(&self) -> (u64, u32) {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        (since.as_secs(), since.subsec_micros())
    }

    fn timestamp(&mut self, out: &mut Vec<u8>) {
        self.state.stamp.append(out, SystemTime::now());
    }

    fn resolve(&mut self, host: &str) -> Option<IpAddr> {
        if let Ok(address) = host.parse() {
            return Some(address);
        }
        if let Some(known) = self.state.names.get(host) {
            return *known;
        }
        let like = self.state.sockets.bind_ip;
        let found = (host, 0).to_socket_addrs().ok().and_then(|mut found| {
            found
                .find(|address| address.is_ipv4() == like.is_ipv4())
                .map(|address| address.ip())
        });
        self.state.names.insert(host.to_owned(), found);
        found
    }

    fn read_file(&mut self, name: &[u8], out: &mut Vec<u8>) -> bool {
        let read = File::open(OsStr::from_bytes(name)).and_then(|mut file| file.read_to_end(out));
        read.is_ok()
    }

    fn execute(&mut self, command: &[u8]) {
        if !self.state.commands.start(command) {
            let command = String::from_utf8_lossy(command);
            let text = format!("too many commands wait to be run: `{command}` is left out");
            self.state.logs.warn(&text);
        }
    }

    fn send_command(&mut self, to: Option<&str>, text: &[u8]) -> bool {
        self.state.twins.send(self.ports, to, text)
    }

    fn media_port(&mut self, call: u32, kind: MediaKind) -> Option<u16> {
        let port = self.state.media.port(call, kind);
        self.state.tell_of_media();
        port
    }

    fn media(&mut self, call: u32, order: MediaOrder<'_>) {
        let now_ns = self.state.now_ns();
        self.state.media.order(now_ns, call, order);
        self.state.tell_of_media();
    }

    fn log(&mut self, entry: LogEntry<'_>) {
        self.state.logs.take(entry);
    }
}
