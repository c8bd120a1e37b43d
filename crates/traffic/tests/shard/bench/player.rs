//! A shard, its clock, and a peer that speaks in strings.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use gannet_events::traffic::{Command, Figures, Phase};
use gannet_scenario::model::{ChannelId, DataTable, Endpoint, Mode, Scenario, TransportKind};
use gannet_traffic::shard::{Measure, PortKey, Settings, Shard, Way};

use super::{FakeWorld, Sent, message, name_of, tally, value_of};

/// Nanoseconds in a millisecond.
pub(crate) const MS: u64 = 1_000_000;

/// Where the peer's datagrams come from unless something else is said.
pub(crate) const PEER: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)), 5060);

/// More turns than any test needs: who takes more turns in a circle.
const TURNS_MAX: usize = 5_000_000;

/// A shard, its clock, and a peer that speaks in strings.
pub(crate) struct Player {
    pub(crate) shard: Shard,
    pub(crate) world: FakeWorld,
    scenario: Arc<Scenario>,
    /// The channel that messages come by.
    channel: ChannelId,
    /// The Call-ID of the last message.
    call_id: String,
    /// The CSeq of the last request that the shard sent and that has a response.
    cseq: String,
}

impl Player {
    pub(super) fn new(
        scenario: Arc<Scenario>,
        data: Option<Arc<dyn DataTable>>,
        settings: Settings,
        bounds_ms: &[u64],
    ) -> Self {
        let mut shard = Shard::new(scenario.clone(), data, settings, bounds_ms, 0);
        for (at, channel) in scenario.channels.iter().enumerate() {
            let (id, port) = (ChannelId(at as u16), PortKey(at as u64));
            let to = match &channel.open.dest {
                Some(Endpoint::Address(address)) => Some(*address),
                _ => None,
            };
            match (channel.global, channel.open.mode) {
                (false, _) => {}
                (true, Mode::Server) => shard.listen(id, port),
                (true, Mode::Client) => shard.bind(
                    id,
                    Way {
                        port,
                        to: to.filter(|_| channel.transport.kind == TransportKind::Udp),
                    },
                ),
            }
        }
        let name = if scenario.is_client() {
            "client"
        } else {
            "server"
        };
        let mut player = Self {
            shard,
            world: FakeWorld::default(),
            channel: ChannelId(0),
            scenario,
            call_id: "1@peer".to_owned(),
            cseq: "1 INVITE".to_owned(),
        };
        player.on(name);
        player.turn();
        player
    }

    /// The peer speaks by this channel from now on.
    pub(crate) fn on(&mut self, channel: &str) -> &mut Self {
        self.channel = self.channel_of(channel);
        self
    }

    pub(crate) fn channel_of(&self, name: &str) -> ChannelId {
        let at = self
            .scenario
            .channels
            .iter()
            .position(|found| found.name == name);
        ChannelId(at.expect("a channel of the bench") as u16)
    }

    /// The port of a channel of the whole run.
    pub(crate) fn port_of(&self, name: &str) -> PortKey {
        PortKey(u64::from(self.channel_of(name).0))
    }

    pub(crate) fn now_ns(&self) -> u64 {
        self.world.now_ns
    }

    pub(crate) fn figures(&self) -> &Figures {
        self.shard.figures()
    }

    pub(crate) fn tally(&self) -> String {
        tally(self.figures())
    }

    pub(crate) fn phase(&self) -> Phase {
        self.shard.phase()
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.shard.command(self.world.now_ns, command);
        self.turn();
    }

    pub(crate) fn measures(&mut self) -> Vec<Measure> {
        let mut measures = Vec::new();
        self.shard.take_measures(&mut measures);
        measures
    }

    /// Begins one call, whatever the rate; a millisecond passes.
    pub(crate) fn begin(&mut self) -> &mut Self {
        let before = self.figures().outgoing_calls;
        let rate = self.shard.call_rate(self.world.now_ns);
        self.shard
            .command(self.world.now_ns, Command::SetRate(1_000.0));
        self.world.now_ns += MS;
        self.turn();
        self.shard
            .command(self.world.now_ns, Command::SetRate(rate));
        assert_eq!(self.figures().outgoing_calls, before + 1, "no call began");
        self
    }

    pub(crate) fn turn(&mut self) {
        self.shard.turn(self.world.now_ns, &mut self.world);
    }

    /// Lets time pass, with a turn whenever the shard asks for one.
    pub(crate) fn pass_ms(&mut self, ms: u64) -> &mut Self {
        let end_ns = self.world.now_ns + ms * MS;
        self.pass_until(end_ns);
        self
    }

    pub(crate) fn pass_until(&mut self, end_ns: u64) {
        for _ in 0..TURNS_MAX {
            let deadline = self.shard.next_deadline_ns(self.world.now_ns);
            let Some(deadline) = deadline.filter(|deadline| *deadline <= end_ns) else {
                self.world.now_ns = end_ns;
                self.turn();
                return;
            };
            self.world.now_ns = deadline.max(self.world.now_ns);
            self.turn();
            let stands = self.shard.next_deadline_ns(self.world.now_ns) == Some(deadline);
            if stands && self.world.now_ns == end_ns {
                return;
            }
            self.world.now_ns += u64::from(stands);
        }
        panic!("the shard asks for turns for ever");
    }

    /// The peer sends a message: `180`, or `INFO|Subject: x||body`; see [`message`].
    pub(crate) fn peer(&mut self, text: &str) -> &mut Self {
        self.peer_at(PEER, text)
    }

    /// Another peer sends a message.
    pub(crate) fn peer_at(&mut self, from: SocketAddr, text: &str) -> &mut Self {
        let bytes = message(text, &self.call_id, &self.cseq);
        self.datagram(from, &bytes)
    }

    /// The peer sends a message over a connection.
    pub(crate) fn peer_by(&mut self, port: PortKey, text: &str) -> &mut Self {
        let bytes = message(text, &self.call_id, &self.cseq);
        self.stream(port, &bytes)
    }

    pub(crate) fn datagram(&mut self, from: SocketAddr, bytes: &[u8]) -> &mut Self {
        let port = PortKey(u64::from(self.channel.0));
        self.datagram_to(port, from, bytes)
    }

    pub(crate) fn datagram_to(
        &mut self,
        port: PortKey,
        from: SocketAddr,
        bytes: &[u8],
    ) -> &mut Self {
        self.note_call_id(&String::from_utf8_lossy(bytes));
        let now_ns = self.world.now_ns;
        self.shard
            .handle_datagram(now_ns, port, from, bytes, &mut self.world);
        self.turn();
        self
    }

    pub(crate) fn stream(&mut self, port: PortKey, bytes: &[u8]) -> &mut Self {
        self.note_call_id(&String::from_utf8_lossy(bytes));
        let now_ns = self.world.now_ns;
        self.shard
            .handle_stream(now_ns, port, bytes, &mut self.world);
        self.turn();
        self
    }

    /// Somebody connects to a channel that listens.
    pub(crate) fn accepted(&mut self, channel: &str, port: PortKey) -> &mut Self {
        let listener = self.port_of(channel);
        self.shard.handle_accepted(listener, port);
        self
    }

    /// What a call opened can be used.
    pub(crate) fn connected(&mut self, port: PortKey) -> &mut Self {
        let (_, channel, dest) = self
            .world
            .opened
            .iter()
            .find(|(opened, ..)| *opened == port)
            .expect("a port that was opened")
            .clone();
        let kind = self.scenario.channels[channel.index()].transport.kind;
        let to = dest.parse().ok().filter(|_| kind == TransportKind::Udp);
        let now_ns = self.world.now_ns;
        let way = Way { port, to };
        self.shard.handle_connected(now_ns, way, &mut self.world);
        self.turn();
        self
    }

    pub(crate) fn closed(&mut self, port: PortKey) -> &mut Self {
        let now_ns = self.world.now_ns;
        self.shard.handle_closed(now_ns, port, &mut self.world);
        self.turn();
        self
    }

    /// The next message that was sent.
    pub(crate) fn next_sent(&mut self) -> Option<Sent> {
        let sent = self.world.sent.pop_front()?;
        let text = sent.text();
        self.note_call_id(&text);
        if !text.starts_with("SIP/2.0 ")
            && !text.starts_with("ACK ")
            && let Some(cseq) = value_of(&text, "CSeq")
        {
            cseq.clone_into(&mut self.cseq);
        }
        Some(sent)
    }

    /// The next message that was sent, which has this name.
    #[track_caller]
    pub(crate) fn sends(&mut self, name: &str) -> Sent {
        let Some(sent) = self.next_sent() else {
            panic!(
                "{name} was not sent; {}; {:#?}",
                self.tally(),
                self.world.log
            );
        };
        let text = sent.text();
        assert_eq!(name_of(&text), name, "{text}");
        sent
    }

    /// The names of all messages that were sent and not looked at.
    pub(crate) fn sent_names(&mut self) -> String {
        let mut names = Vec::new();
        while let Some(sent) = self.next_sent() {
            names.push(name_of(&sent.text()).to_owned());
        }
        names.join(" ")
    }

    /// The milliseconds at which messages were sent that were not looked at.
    pub(crate) fn sent_ms(&mut self) -> Vec<u64> {
        let mut times = Vec::new();
        while let Some(sent) = self.next_sent() {
            times.push(sent.at_ns / MS);
        }
        times
    }

    fn note_call_id(&mut self, text: &str) {
        if let Some(id) = value_of(text, "Call-ID") {
            id.clone_into(&mut self.call_id);
        }
    }
}
