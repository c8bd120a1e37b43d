//! In steady state a shard allocates nothing: not per message, not per call.

#![expect(unsafe_code, reason = "an allocator that counts is an unsafe trait")]

#[expect(
    dead_code,
    unused_imports,
    reason = "the bench is made for the other tests too"
)]
#[path = "shard/bench/mod.rs"]
mod bench;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::SocketAddr;

use bench::{MS, PEER, Script, receive, section, send, wait};
use gannet_scenario::model::{ChannelId, OpenArgs};
use gannet_traffic::shard::{LogEntry, PortKey, Shard, Way, World};

/// Calls that are played while counting.
const COUNTED: u64 = 10_000;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: everything is left to the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as in `alloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as in `alloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Messages under way, in memory that is used again.
#[derive(Default)]
struct Wire {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl World for Wire {
    fn send(&mut self, _: Way, _: u32, parts: &[&[u8]]) {
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        self.ends.push(self.bytes.len());
    }

    fn open(&mut self, _: ChannelId, _: &OpenArgs) -> PortKey {
        PortKey(u64::MAX)
    }

    fn close(&mut self, _: PortKey) {}

    fn wall_seconds(&self) -> u64 {
        0
    }

    fn log(&mut self, _: LogEntry<'_>) {}
}

impl Wire {
    /// Hands all messages over; every `repeated`th twice.
    fn deliver(
        &mut self,
        now_ns: u64,
        to: &mut Shard,
        port: PortKey,
        answers: &mut Self,
        repeated: usize,
    ) {
        let mut start = 0;
        for (number, end) in self.ends.drain(..).enumerate() {
            let message = &self.bytes[start..end];
            let from: SocketAddr = PEER;
            to.handle_datagram(now_ns, port, from, message, answers);
            if repeated > 0 && number % repeated == 0 {
                to.handle_datagram(now_ns, port, from, message, answers);
            }
            start = end;
        }
        self.bytes.clear();
        to.turn(now_ns, answers);
    }
}

fn client(retrans: &str) -> String {
    section(
        "traffic",
        &[
            send("client", "INVITE")
                .opens()
                .attributes(retrans)
                .before(
                    r#"<restore-from-external field="0" entity="subject"></restore-from-external>
                    <restore-from-external field="1" name="extra"></restore-from-external>
                    <inc-var name="number" value="7"></inc-var>
                    <set-value name="line" format="$(extra) $(number)" fill-pattern="0" fill-size="40"></set-value>"#,
                )
                .headers("X-Line: a")
                .body("v=0\no=me")
                .after(r#"<store name="subject" entity="subject"></store><start-timer></start-timer>"#)
                .text(),
            receive("client", "180 INVITE").attributes("optional=\"true\"").text(),
            receive("client", "200 INVITE")
                .attributes("cseq-method=\"INVITE\"")
                .after(
                    r#"<stop-timer></stop-timer><store name="tag" entity="subject" begin="1" end="3"></store>
                    <store name="part" entity="o"><regexp expr="o=([a-z]*)" nbexpr="2" subexpr="1"></regexp></store>
                    <set-bit name="part" entity="o" position="0" value="1"></set-bit>
                    <check-value name="subject" behaviour="warning"></check-value>
                    <check-presence name="cseq" behaviour="error"></check-presence>"#,
                )
                .text(),
            send("client", "ACK")
                .before(r#"<restore name="subject" entity="subject"></restore><restore name="tag" entity="subject" begin="0" end="2"></restore>"#)
                .text(),
            wait(15),
            send("client", "BYE").attributes(retrans).text(),
            receive("client", "200 BYE").text(),
        ],
    )
}

fn server(retrans: &str) -> String {
    let on_info = section(
        "default behaviour=\"return\"",
        &[
            receive("server", "INFO").text(),
            send("server", "200 INFO").text(),
        ],
    );
    let traffic = section(
        "traffic",
        &[
            receive("server", "INVITE")
                .after(r#"<store name="o" entity="o"></store>"#)
                .text(),
            send("server", "180 INVITE").text(),
            wait(5),
            send("server", "200 INVITE")
                .attributes(retrans)
                .before(r#"<restore name="o" entity="o"></restore>"#)
                .body("v=0\no=you")
                .text(),
            receive("server", "ACK").text(),
            receive("server", "BYE").text(),
            send("server", "200 BYE").text(),
        ],
    );
    format!("{on_info}{traffic}")
}

const DATA: &str =
    "\"string\";\"string\";\n\"alice\";\"a rather long value\";\n\"bob\";\"short\";\n";

/// Counts the allocations of so many calls, after as many milliseconds of others.
fn allocations_of(script: impl Fn(&str) -> Script, warm_up_ms: u64, repeated: usize) -> u64 {
    let (mut client, mut server) = (script("client").player(), script("server").player());
    let (client_port, server_port) = (client.port_of("client"), server.port_of("server"));
    let (client, server) = (&mut client.shard, &mut server.shard);
    let (mut to_server, mut to_client) = (Wire::default(), Wire::default());
    let mut measures = Vec::with_capacity(1_000);
    let mut now_ns = 0;
    let mut turn = || {
        now_ns += MS;
        client.turn(now_ns, &mut to_server);
        server.turn(now_ns, &mut to_client);
        while !(to_server.ends.is_empty() && to_client.ends.is_empty()) {
            to_server.deliver(now_ns, server, server_port, &mut to_client, repeated);
            to_client.deliver(now_ns, client, client_port, &mut to_server, repeated);
        }
        measures.clear();
        client.take_measures(&mut measures);
        assert_eq!((client.figures().failed, server.figures().failed), (0, 0));
        client.figures().traffic_successful
    };
    let warm_up = (0..warm_up_ms).map(|_| turn()).last().unwrap_or_default();
    let before = ALLOCATIONS.get();
    while turn() < warm_up + COUNTED {}
    ALLOCATIONS.get() - before
}

fn script(side: &str, retrans: &str) -> Script {
    let sections = match side {
        "client" => client(retrans),
        _ => server(retrans),
    };
    // Call-IDs have the same length throughout.
    Script::new(&sections)
        .counters(r#"<counterdef name="n" init="1000000"></counterdef>"#)
        .external(DATA)
        .param("call-rate", "2000")
        .param("max-simultaneous-calls", "5000")
        .param("call-timeout-ms", "10000")
        .quiet()
}

#[test]
fn plain_calls_allocate_nothing() {
    assert_eq!(allocations_of(|side| script(side, ""), 2_000, 0), 0);
}

#[test]
fn calls_with_seagulls_retransmission_allocate_nothing() {
    let script = |side: &str| {
        script(side, "retrans=\"500\"")
            .param("retrans-enabled", "true")
            .param("max-retrans", "5")
    };
    assert_eq!(allocations_of(script, 2_000, 0), 0);
}

#[test]
fn calls_with_the_retransmission_of_rfc3261_allocate_nothing() {
    let script = |side: &str| script(side, "retrans=\"rfc3261\"");
    assert_eq!(allocations_of(script, 2_000, 0), 0);
}

#[test]
fn retransmissions_that_are_absorbed_and_answered_again_allocate_nothing() {
    let script = |side: &str| {
        script(side, "retrans=\"rfc3261\"")
            .param("absorb-retransmissions", "true")
            .param("call-rate", "200")
    };
    // Calls that are over keep their places for 32 s.
    assert_eq!(allocations_of(script, 35_000, 3), 0);
}
