//! In steady state a player allocates nothing: not per message, not per call. Open calls are small.

#![expect(unsafe_code, reason = "an allocator that counts is an unsafe trait")]

#[expect(
    dead_code,
    unused_imports,
    reason = "the bench is made for the other tests too"
)]
#[path = "sipp/bench/mod.rs"]
mod bench;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::{IpAddr, SocketAddr};

use bench::{MAIN, MS, PEER, Script, send};
use gannet_scenario::sipp::builtin::builtin;
use gannet_scenario::sipp::model::MediaKind;
use gannet_traffic::shard::{PortKey, Way};
use gannet_traffic::sipp::{LogEntry, MediaOrder, OpenError, OpenRequest, Player, World};

/// Calls that are played while counting.
const COUNTED: u64 = 10_000;

/// Calls that are open while memory is measured.
const OPEN: u64 = if cfg!(debug_assertions) {
    130_000
} else {
    500_000
};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<i64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn note(allocations: u64, bytes: i64) {
    // The end of a thread frees what is counted here no more.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + allocations));
    let _ = BYTES.try_with(|count| count.set(count.get() + bytes));
}

// SAFETY: everything is left to the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(1, layout.size() as i64);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(0, -(layout.size() as i64));
        // SAFETY: as in `alloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(1, size as i64 - layout.size() as i64);
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
    /// With room for all that is ever under way.
    fn roomy() -> Self {
        Self {
            bytes: Vec::with_capacity(1 << 20),
            ends: Vec::with_capacity(1 << 12),
        }
    }

    /// Bytes of the last message.
    fn last(&self) -> usize {
        let starts = std::iter::once(&0).chain(&self.ends);
        let lengths = starts.zip(&self.ends).map(|(start, end)| end - start);
        lengths.last().unwrap_or(0)
    }

    /// Hands all messages over; every `repeated`th twice.
    fn deliver(&mut self, now_ns: u64, to: &mut Player, answers: &mut Self, repeated: usize) {
        let mut start = 0;
        for (number, end) in self.ends.drain(..).enumerate() {
            let message = &self.bytes[start..end];
            to.handle_datagram(now_ns, now_ns, MAIN, PEER, message, answers);
            if repeated > 0 && number % repeated == 0 {
                to.handle_datagram(now_ns, now_ns, MAIN, PEER, message, answers);
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
    now_ns: u64,
}

impl Both {
    fn new(client: &Script, server: &Script) -> Self {
        let bound = |script: &Script| {
            let mut player = script.clone().quiet().player();
            let to = Some(PEER);
            player.bind(Way { port: MAIN, to });
            player
        };
        Self {
            client: bound(client),
            server: bound(server),
            to_server: Wire::roomy(),
            to_client: Wire::roomy(),
            now_ns: 0,
        }
    }

    fn turn(&mut self, repeated: usize) -> u64 {
        self.now_ns += MS;
        self.client.turn(self.now_ns, &mut self.to_server);
        self.server.turn(self.now_ns, &mut self.to_client);
        while !(self.to_server.ends.is_empty() && self.to_client.ends.is_empty()) {
            let (to_server, to_client) = (&mut self.to_server, &mut self.to_client);
            to_server.deliver(self.now_ns, &mut self.server, to_client, repeated);
            to_client.deliver(self.now_ns, &mut self.client, to_server, repeated);
        }
        let failed = [&self.client, &self.server].map(|side| side.figures().failed);
        assert_eq!(failed, [0, 0]);
        self.client.figures().successful
    }

    /// Counts the allocations of so many calls, after as many milliseconds of others.
    fn allocations(&mut self, warm_up_ms: u64, repeated: usize) -> u64 {
        let mut warm_up = 0;
        for ms in 0..warm_up_ms {
            if ms == 500 {
                // More calls are open at once than ever after.
                self.now_ns += 20 * MS;
            }
            warm_up = self.turn(repeated);
        }
        let before = ALLOCATIONS.get();
        while self.turn(repeated) < warm_up + COUNTED {}
        ALLOCATIONS.get() - before
    }
}

fn built_in(name: &str) -> Script {
    Script::new(builtin(name).expect("built in").text).with(|settings| {
        settings.pacing.calls_per_s = 2_000.0;
        settings.calls_max = Some(100_000);
        settings.dead_call_ns = 500 * MS;
        settings.pause_ms = 15;
        // Call-IDs have the same length throughout.
        settings.call_ids = gannet_traffic::sipp::CallIds::Uuid;
    })
}

#[test]
fn plain_calls_allocate_nothing() {
    let mut both = Both::new(&built_in("uac"), &built_in("uas"));
    assert_eq!(both.allocations(6_000, 0), 0);
}

#[test]
fn retransmissions_that_are_answered_again_allocate_nothing() {
    let mut both = Both::new(&built_in("uac"), &built_in("uas"));
    assert_eq!(both.allocations(6_000, 3), 0);
}

#[test]
fn calls_with_actions_timers_and_files_allocate_nothing() {
    let client = Script::new(&format!(
        "{}<recv response=\"200\" rtd=\"1\" rrs=\"true\" counter=\"c\"><action>
          <ereg regexp=\"tag=([0-9]*)\" search_in=\"hdr\" header=\"To:\" check_it=\"true\" assign_to=\"all,tag\"/>
          <assign assign_to=\"n\" value=\"3\"/><add assign_to=\"n\" variable=\"n\"/>
          <test assign_to=\"is\" variable=\"n\" compare=\"equal\" value=\"6\"/>
        </action></recv>
        <nop condexec=\"is\" next=\"x\" test=\"is\"/><recv request=\"INFO\"/><label id=\"x\"/>{}
        <recv response=\"200\"><action><strcmp assign_to=\"is\" variable=\"tag\" value=\"1\"/></action></recv>
        <Reference variables=\"all\"/>",
        send("INVITE", "retrans=\"500\" start_rtd=\"1\"").replace("Max-Forwards", "X-Field: [field1]\nMax-Forwards"),
        send("BYE", "retrans=\"500\"").replace("[service]", "[$tag]"),
    ))
    .injects("SEQUENTIAL\na;first\nb;second\n")
    .with(|settings| *settings = built_in("uac").settings);
    let server = Script::new(&format!(
        "<recv request=\"INVITE\"/>{}<recv request=\"BYE\"/>{}",
        send("200", "retrans=\"500\""),
        send("200", "")
    ))
    .with(|settings| *settings = built_in("uac").settings);
    let mut both = Both::new(&client, &server);
    assert_eq!(both.allocations(6_000, 0), 0);
}

/// Bytes that each of many open calls takes, on both sides together and without the messages that are
/// kept.
#[test]
#[expect(clippy::print_stderr, reason = "the measure is of interest")]
fn open_calls_take_less_than_a_kibibyte() {
    let hold = |script: Script| {
        script.with(|settings| {
            settings.pacing.calls_per_s = 100_000.0;
            settings.calls_max = Some(OPEN);
            settings.pause_ms = 1_000_000;
        })
    };
    let before = BYTES.get();
    let mut both = Both::new(&hold(built_in("uac")), &hold(built_in("uas")));
    // Each side keeps the last message that it sent and received: ACK and 200.
    let (mut ack, mut ok) = (0, 0);
    while both.client.figures().open < OPEN {
        both.now_ns += MS;
        both.client.turn(both.now_ns, &mut both.to_server);
        for _ in 0..2 {
            ack = both.to_server.last();
            let to_client = &mut both.to_client;
            both.to_server
                .deliver(both.now_ns, &mut both.server, to_client, 0);
            ok = ok.max(both.to_client.last());
            let to_server = &mut both.to_server;
            both.to_client
                .deliver(both.now_ns, &mut both.client, to_server, 0);
        }
    }
    let kept = 2 * (ack + ok);
    both.to_server = Wire::default();
    both.to_client = Wire::default();
    let per_call = (BYTES.get() - before) as u64 / OPEN;
    let own = per_call.saturating_sub(kept as u64) / 2;
    eprintln!(
        "{OPEN} calls: {per_call} bytes on both sides, {kept} of them messages: {own} a call"
    );
    assert_eq!(both.server.figures().open, OPEN);
    assert!(own <= 1_024, "{own}");
}
