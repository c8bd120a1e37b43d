//! Two shards against each other over a link that loses, repeats and overtakes.

use std::collections::BTreeMap;

use super::player::{MS, PEER, Player};

/// What a link does to datagrams, in thousandths.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Link {
    pub(crate) lost: u32,
    pub(crate) repeated: u32,
    pub(crate) overtaken: u32,
}

/// A client and a server, and what is on its way between them.
pub(crate) struct Pair {
    pub(crate) client: Player,
    pub(crate) server: Player,
    link: Link,
    rng: fastrand::Rng,
    /// By time of arrival and order of sending: to the server, or to the client.
    under_way: BTreeMap<(u64, u64), (bool, Vec<u8>)>,
    sent: u64,
}

impl Pair {
    pub(crate) fn new(client: Player, server: Player, link: Link, seed: u64) -> Self {
        Self {
            client,
            server,
            link,
            rng: fastrand::Rng::with_seed(seed),
            under_way: BTreeMap::new(),
            sent: 0,
        }
    }

    /// Lets time pass for both.
    pub(crate) fn pass_ms(&mut self, ms: u64) {
        let end_ns = self.client.now_ns() + ms * MS;
        loop {
            self.collect();
            let now_ns = self.client.now_ns();
            let next = |player: &Player| player.shard.next_deadline_ns(now_ns);
            let arrival = self.under_way.keys().next().map(|(at_ns, _)| *at_ns);
            let times = [next(&self.client), next(&self.server), arrival];
            let next_ns = times.into_iter().flatten().min().unwrap_or(u64::MAX);
            let to_ns = next_ns.max(now_ns + 1).min(end_ns);
            self.client.pass_until(to_ns);
            self.server.pass_until(to_ns);
            self.collect();
            self.deliver(to_ns);
            if to_ns == end_ns {
                return;
            }
        }
    }

    /// Takes what was sent.
    fn collect(&mut self) {
        for to_server in [true, false] {
            let from = if to_server {
                &mut self.client
            } else {
                &mut self.server
            };
            while let Some(sent) = from.next_sent() {
                if self.rng.u32(..1_000) < self.link.lost {
                    continue;
                }
                let copies = 1 + u32::from(self.rng.u32(..1_000) < self.link.repeated);
                for _ in 0..copies {
                    let late = self.rng.u32(..1_000) < self.link.overtaken;
                    let delay = if late {
                        self.rng.u64(2 * MS..20 * MS)
                    } else {
                        MS
                    };
                    self.sent += 1;
                    let key = (sent.at_ns + delay, self.sent);
                    self.under_way.insert(key, (to_server, sent.bytes.clone()));
                }
            }
        }
    }

    fn deliver(&mut self, now_ns: u64) {
        while let Some(entry) = self.under_way.first_entry() {
            if entry.key().0 > now_ns {
                return;
            }
            let (to_server, bytes) = entry.remove();
            let to = if to_server {
                &mut self.server
            } else {
                &mut self.client
            };
            to.datagram(PEER, &bytes);
        }
    }
}
