//! A player, its clock, and a peer that speaks in strings.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use gannet_events::sipp::{Command, Failure, Figures};
use gannet_events::traffic::Phase;
use gannet_traffic::shard::{PortKey, Way};
use gannet_traffic::sipp::{Player, Protocol};

use super::{FakeWorld, Sent, message, name_of};

/// Nanoseconds in a millisecond.
pub(crate) const MS: u64 = 1_000_000;

/// Where the peer's datagrams come from unless something else is said.
pub(crate) const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)), 5060);

/// The socket of all calls.
pub(crate) const MAIN: PortKey = PortKey(1);

/// More turns than any test needs: who takes more turns in a circle.
const TURNS_MAX: usize = 5_000_000;

/// A player, its clock, and a peer that speaks in strings.
pub(crate) struct Side {
    pub(crate) player: Player,
    pub(crate) world: FakeWorld,
    protocol: Protocol,
}

impl Side {
    pub(super) fn new(mut player: Player, protocol: Protocol) -> Self {
        let to = (protocol == Protocol::Udp).then_some(PEER);
        player.bind(Way { port: MAIN, to });
        let mut side = Self {
            player,
            world: FakeWorld::default(),
            protocol,
        };
        side.turn();
        side
    }

    pub(crate) fn now_ns(&self) -> u64 {
        self.world.now_ns
    }

    pub(crate) fn figures(&self) -> &Figures {
        self.player.figures()
    }

    pub(crate) fn phase(&self) -> Phase {
        self.player.phase()
    }

    /// What was counted and is not 0, in words.
    pub(crate) fn tally(&self) -> String {
        tally(self.figures())
    }

    pub(crate) fn command(&mut self, command: Command) -> &mut Self {
        self.player
            .command(self.world.now_ns, command, &mut self.world);
        self.turn();
        self
    }

    /// Begins one call, whatever the rate; a millisecond passes.
    pub(crate) fn begin(&mut self) -> &mut Self {
        let before = self.figures().outgoing;
        let now_ns = self.world.now_ns;
        let rate = self.player.call_rate(now_ns);
        let fast = Command::SetRate(1_000.0);
        self.player.command(now_ns, fast, &mut self.world);
        self.world.now_ns += MS;
        self.turn();
        let slow = Command::SetRate(rate);
        self.player
            .command(self.world.now_ns, slow, &mut self.world);
        assert_eq!(self.figures().outgoing, before + 1, "no call began");
        self
    }

    pub(crate) fn turn(&mut self) {
        self.player.turn(self.world.now_ns, &mut self.world);
    }

    /// Lets time pass, with a turn whenever the player asks for one.
    pub(crate) fn pass_ms(&mut self, ms: u64) -> &mut Self {
        self.pass_until(self.world.now_ns + ms * MS);
        self
    }

    pub(crate) fn pass_until(&mut self, end_ns: u64) {
        for _ in 0..TURNS_MAX {
            let deadline = self.player.next_deadline_ns(self.world.now_ns);
            let Some(deadline) = deadline.filter(|deadline| *deadline <= end_ns) else {
                self.world.now_ns = end_ns;
                self.turn();
                return;
            };
            self.world.now_ns = deadline.max(self.world.now_ns);
            self.turn();
            let stands = self.player.next_deadline_ns(self.world.now_ns) == Some(deadline);
            if stands && self.world.now_ns == end_ns {
                return;
            }
            self.world.now_ns += u64::from(stands);
        }
        panic!("the player asks for turns for ever");
    }

    /// The peer sends a message: `180`, or `INFO|Subject: x||body`; see [`message`].
    pub(crate) fn peer(&mut self, text: &str) -> &mut Self {
        self.peer_at(PEER, text)
    }

    /// Another peer sends a message.
    pub(crate) fn peer_at(&mut self, from: SocketAddr, text: &str) -> &mut Self {
        let bytes = message(text, &self.world.call_id, &self.world.cseq);
        self.datagram(from, &bytes)
    }

    /// The peer has sent a message, which has waited at the socket for a time.
    pub(crate) fn late_peer(&mut self, late_ns: u64, text: &str) -> &mut Self {
        let bytes = message(text, &self.world.call_id, &self.world.cseq);
        self.late_datagram(late_ns, PEER, &bytes)
    }

    /// The peer sends a message over a connection.
    pub(crate) fn peer_by(&mut self, port: PortKey, text: &str) -> &mut Self {
        let bytes = message(text, &self.world.call_id, &self.world.cseq);
        self.stream(port, &bytes)
    }

    pub(crate) fn datagram(&mut self, from: SocketAddr, bytes: &[u8]) -> &mut Self {
        self.late_datagram(0, from, bytes)
    }

    /// A datagram that has waited at the socket for a time.
    pub(crate) fn late_datagram(
        &mut self,
        late_ns: u64,
        from: SocketAddr,
        bytes: &[u8],
    ) -> &mut Self {
        self.world.note_call_id(&String::from_utf8_lossy(bytes));
        let now_ns = self.world.now_ns;
        self.player
            .handle_datagram(now_ns, now_ns - late_ns, MAIN, from, bytes, &mut self.world);
        self.turn();
        self
    }

    pub(crate) fn stream(&mut self, port: PortKey, bytes: &[u8]) -> &mut Self {
        self.world.note_call_id(&String::from_utf8_lossy(bytes));
        let now_ns = self.world.now_ns;
        self.player
            .handle_stream(now_ns, port, bytes, &mut self.world);
        self.turn();
        self
    }

    /// A twin sends a command.
    pub(crate) fn twin(&mut self, text: &str) -> &mut Self {
        let now_ns = self.world.now_ns;
        self.player
            .handle_command(now_ns, text.as_bytes(), &mut self.world);
        self.turn();
        self
    }

    /// What a call opened can be used.
    pub(crate) fn connected(&mut self, port: PortKey) -> &mut Self {
        let now_ns = self.world.now_ns;
        let to = (self.protocol == Protocol::Udp).then_some(PEER);
        self.player
            .handle_connected(now_ns, Way { port, to }, &mut self.world);
        self.turn();
        self
    }

    pub(crate) fn closed(&mut self, port: PortKey) -> &mut Self {
        let now_ns = self.world.now_ns;
        self.player.handle_closed(now_ns, port, &mut self.world);
        self.turn();
        self
    }

    /// The next message that was sent.
    pub(crate) fn next_sent(&mut self) -> Option<Sent> {
        let sent = self.world.sent.pop_front()?;
        self.world.note_sent(&sent.text());
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
}

/// What was counted and is not 0, in words.
pub(crate) fn tally(figures: &Figures) -> String {
    let counts = [
        ("in", figures.incoming),
        ("out", figures.outgoing),
        ("open", figures.open),
        ("good", figures.successful),
        ("failed", figures.failed),
        ("outside", figures.out_of_call),
        ("dead", figures.dead_call),
        ("repeats", figures.retransmissions),
        ("auto", figures.auto_answered),
    ];
    let mut words: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    for failure in Failure::ALL {
        let count = figures.failures.of(failure);
        if count > 0 {
            words.push(format!("{failure:?} {count}"));
        }
    }
    words.join(", ")
}
