//! Two players that speak with each other.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use gannet_events::traffic::Phase;

use super::side::{MAIN, PEER};
use super::{Script, Sent, Side};

/// Where the client is, as the server sees it.
const CLIENT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 5060);

/// Which messages are lost, by direction (true: to the server) and name.
type Loss = Box<dyn FnMut(bool, &str) -> bool>;

/// A client and a server with a wire between them that takes no time.
pub(crate) struct Pair {
    pub(crate) client: Side,
    pub(crate) server: Side,
    /// What crossed the wire: `> INVITE`, `< 200`.
    pub(crate) crossed: Vec<String>,
    pub(crate) loses: Loss,
}

impl Pair {
    pub(crate) fn new(client: &Script, server: &Script) -> Self {
        Self {
            client: client.side(),
            server: server.side(),
            crossed: Vec::new(),
            loses: Box::new(|_, _| false),
        }
    }

    /// Hands everything over until nothing is under way.
    pub(crate) fn settle(&mut self) {
        loop {
            let mut moved = false;
            while let Some(sent) = self.client.world.sent.pop_front() {
                moved = true;
                self.deliver(true, &sent);
            }
            while let Some(sent) = self.server.world.sent.pop_front() {
                moved = true;
                self.deliver(false, &sent);
            }
            if !moved {
                return;
            }
        }
    }

    fn deliver(&mut self, to_server: bool, sent: &Sent) {
        let text = sent.text();
        let name = super::name_of(&text);
        let is_lost = (self.loses)(to_server, name);
        let mark = if to_server { '>' } else { '<' };
        let lost = if is_lost { " lost" } else { "" };
        self.crossed.push(format!("{mark} {name}{lost}"));
        if is_lost {
            return;
        }
        let (side, from) = if to_server {
            (&mut self.server, CLIENT)
        } else {
            (&mut self.client, PEER)
        };
        assert_eq!(sent.way.port, MAIN);
        let to = if to_server { PEER } else { CLIENT };
        assert_eq!(sent.way.to, Some(to));
        side.datagram(from, &sent.bytes);
    }

    /// Lets time pass on both sides.
    pub(crate) fn pass_ms(&mut self, ms: u64) {
        self.settle();
        for _ in 0..ms {
            self.client.pass_ms(1);
            self.settle();
            self.server.pass_ms(1);
            self.settle();
        }
    }

    /// Lets time pass until both have ended.
    #[track_caller]
    pub(crate) fn finish(&mut self, ms_max: u64) {
        for _ in 0..ms_max {
            let ended = [&self.client, &self.server].map(|side| side.phase() == Phase::Ended);
            if ended == [true, true] {
                return;
            }
            self.pass_ms(1);
        }
        panic!(
            "not at an end: client {}, server {}; {:?} {:?}",
            self.client.tally(),
            self.server.tally(),
            self.client.world.log,
            self.server.world.log,
        );
    }
}
