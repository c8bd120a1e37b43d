//! Calls of SIPp's usual scenarios: both sides on one thread, without sockets.

#[expect(
    dead_code,
    unused_imports,
    reason = "the bench of the tests is made for more"
)]
#[path = "../tests/sipp/bench/mod.rs"]
mod bench;

use std::net::{IpAddr, SocketAddr};

use bench::{MAIN, MS, PEER, Script};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use gannet_scenario::sipp::builtin::builtin;
use gannet_scenario::sipp::model::MediaKind;
use gannet_traffic::shard::{PortKey, Way};
use gannet_traffic::sipp::{LogEntry, MediaOrder, OpenError, OpenRequest, Player, Protocol, World};

/// Messages under way, in memory that is used again.
#[derive(Default)]
struct Wire {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl World for Wire {
    fn send(&mut self, _: Way, _: u32, message: &[u8]) {
        self.bytes.extend_from_slice(message);
        self.ends.push(self.bytes.len());
    }

    fn open(&mut self, _: OpenRequest) -> Result<PortKey, OpenError> {
        Err(OpenError::Refused)
    }

    fn close(&mut self, _: PortKey) {}

    fn local_addr(&self, _: PortKey) -> Option<SocketAddr> {
        None
    }

    fn time_of_day(&self) -> (u64, u32) {
        (0, 0)
    }

    fn timestamp(&mut self, _: &mut Vec<u8>) {}

    fn resolve(&mut self, _: &str) -> Option<IpAddr> {
        None
    }

    fn read_file(&mut self, _: &[u8], _: &mut Vec<u8>) -> bool {
        false
    }

    fn execute(&mut self, _: &[u8]) {}

    fn send_command(&mut self, _: Option<&str>, _: &[u8]) -> bool {
        false
    }

    fn media_port(&mut self, _: u32, _: MediaKind) -> Option<u16> {
        None
    }

    fn media(&mut self, _: u32, _: MediaOrder<'_>) {}

    fn log(&mut self, _: LogEntry<'_>) {}
}

impl Wire {
    fn deliver(&mut self, now_ns: u64, to: &mut Player, protocol: Protocol, answers: &mut Self) {
        let mut start = 0;
        for end in self.ends.drain(..) {
            let message = &self.bytes[start..end];
            if protocol == Protocol::Udp {
                to.handle_datagram(now_ns, now_ns, MAIN, PEER, message, answers);
            } else {
                to.handle_stream(now_ns, MAIN, message, answers);
            }
            start = end;
        }
        self.bytes.clear();
        to.turn(now_ns, answers);
    }
}

/// Two players with a wire between them.
struct Both {
    client: Player,
    server: Player,
    to_server: Wire,
    to_client: Wire,
    protocol: Protocol,
    now_ns: u64,
}

/// Calls that begin in a millisecond.
const CALLS_PER_MS: u64 = 100;

impl Both {
    fn new(protocol: Protocol) -> Self {
        let bound = |name: &str| {
            let script = Script::new(builtin(name).expect("built in").text)
                .quiet()
                .with(|settings| {
                    settings.protocol = protocol;
                    settings.pacing.calls_per_s = 1_000.0 * CALLS_PER_MS as f64;
                    settings.calls_max = Some(10_000_000);
                });
            let mut player = script.player();
            let to = (protocol == Protocol::Udp).then_some(PEER);
            player.bind(Way { port: MAIN, to });
            player
        };
        let mut both = Self {
            client: bound("uac"),
            server: bound("uas"),
            to_server: Wire::default(),
            to_client: Wire::default(),
            protocol,
            now_ns: 0,
        };
        // The server's calls are in their timewait for 4 s.
        for _ in 0..6_000 {
            both.turn();
        }
        both
    }

    fn turn(&mut self) {
        self.now_ns += MS;
        self.client.turn(self.now_ns, &mut self.to_server);
        self.server.turn(self.now_ns, &mut self.to_client);
        while !(self.to_server.ends.is_empty() && self.to_client.ends.is_empty()) {
            let (now_ns, protocol) = (self.now_ns, self.protocol);
            self.to_server
                .deliver(now_ns, &mut self.server, protocol, &mut self.to_client);
            self.to_client
                .deliver(now_ns, &mut self.client, protocol, &mut self.to_server);
        }
    }
}

fn calls(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sipp_calls_both_sides");
    group.throughput(Throughput::Elements(CALLS_PER_MS));
    for protocol in [Protocol::Udp, Protocol::Tcp] {
        let mut both = Both::new(protocol);
        group.bench_function(protocol.name(), |bencher| {
            bencher.iter_batched(|| (), |()| both.turn(), BatchSize::PerIteration);
        });
        assert_eq!(both.client.figures().failed, 0);
        assert_eq!(both.server.figures().failed, 0);
    }
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
