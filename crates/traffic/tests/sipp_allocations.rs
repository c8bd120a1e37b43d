//! In steady state a player of SIPp's scenarios allocates nothing: not per message, not per call.

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

use bench::{MS, PEER, Script};
use gannet_scenario::sipp::builtin::builtin;
use gannet_scenario::sipp::model::MediaKind;
use gannet_traffic::shard::{PortKey, Way};
use gannet_traffic::sipp::{CallIds, LogEntry, MediaOrder, OpenError, OpenRequest, Player, World};

/// Calls that are played while counting.
const COUNTED: u64 = 5_000;

const PORT: PortKey = PortKey(1);

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
        (1_289_690_940, 250_000)
    }

    fn timestamp(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"2010-11-13 23:29:00");
    }

    fn resolve(&mut self, _: &str) -> Option<IpAddr> {
        None
    }

    fn read_file(&mut self, _: &[u8], out: &mut Vec<u8>) -> bool {
        out.extend_from_slice(b"content");
        true
    }

    fn execute(&mut self, _: &[u8]) {}

    fn send_command(&mut self, _: Option<&str>, _: &[u8]) -> bool {
        false
    }

    fn media_port(&mut self, _: u32, _: MediaKind) -> Option<u16> {
        Some(7_000)
    }

    fn media(&mut self, _: u32, _: MediaOrder<'_>) {}

    fn log(&mut self, _: LogEntry<'_>) {}
}

impl Wire {
    /// Hands all messages over.
    fn deliver(&mut self, now_ns: u64, to: &mut Player, answers: &mut Self) {
        let mut start = 0;
        for end in self.ends.drain(..) {
            to.handle_datagram(now_ns, now_ns, PORT, PEER, &self.bytes[start..end], answers);
            start = end;
        }
        self.bytes.clear();
        to.turn(now_ns, answers);
    }
}

/// Counts the allocations of so many calls, after as many milliseconds of others.
fn allocations_of(client: &str, server: &str, warm_up_ms: u64) -> u64 {
    // Call-IDs have the same length throughout.
    let script = |elements: &str| {
        Script::new(elements).quiet().with(|settings| {
            settings.call_ids = CallIds::UuidCompact;
            settings.dead_call_ns = 200 * MS;
            settings.calls_max = Some(1_000);
        })
    };
    let client = script(client).with(|settings| settings.pacing.calls_per_s = 2_000.0);
    let (mut client, mut server) = (client.player(), script(server).player());
    for player in [&mut client, &mut server] {
        player.bind(Way {
            port: PORT,
            to: Some(PEER),
        });
    }
    let (mut to_server, mut to_client) = (Wire::default(), Wire::default());
    let mut now_ns = 0;
    let mut turn = || {
        now_ns += MS;
        client.turn(now_ns, &mut to_server);
        server.turn(now_ns, &mut to_client);
        while !(to_server.ends.is_empty() && to_client.ends.is_empty()) {
            to_server.deliver(now_ns, &mut server, &mut to_client);
            to_client.deliver(now_ns, &mut client, &mut to_server);
        }
        let (mine, theirs) = (client.figures(), server.figures());
        assert_eq!(
            (mine.failed, theirs.failed),
            (0, 0),
            "{:?} {:?}",
            mine.failures,
            theirs.failures
        );
        mine.successful
    };
    let warm_up = (0..warm_up_ms).map(|_| turn()).last().unwrap_or_default();
    let before = ALLOCATIONS.get();
    while turn() < warm_up + COUNTED {}
    ALLOCATIONS.get() - before
}

#[test]
fn the_built_in_scenarios_allocate_nothing() {
    let text = |name: &str| builtin(name).expect("built in").text;
    assert_eq!(allocations_of(text("uac"), text("uas"), 14_000), 0);
}

const CLIENT: &str = r#"
<nop><action>
  <assign assign_to="n" value="1"/><add assign_to="n" value="2"/><assignstr assign_to="t" value=" a[call_number]b "/>
  <trim assign_to="t"/><urlencode variable="t"/><urldecode variable="t"/><strcmp assign_to="s" variable="t" value="x"/>
  <test assign_to="yes" variable="n" compare="greater_than" value="2" check_it="true"/>
  <index assign_to="i"/><gettimeofday assign_to="sec,usec"/><sample assign_to="r" distribution="uniform" min="1" max="2"/>
  <log message="[$n][$t][$s][$yes][$i][$sec][$usec][$r]"/><exec command="echo [call_number]"/>
</action></nop>
<send retrans="500"><![CDATA[
  INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
  Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
  From: <sip:a@[local_ip]>;tag=[call_number]
  To: <sip:b@[remote_ip]>
  Call-ID: [call_id]
  CSeq: [cseq] INVITE
  Contact: <sip:a@[local_ip]:[local_port]>
  X-Values: [$n] [$t] [$yes] [fill variable="n" text="ab"] [date] [timestamp] [clock_tick]
  [last_Foo:]
  [$unset]
  Content-Length: [len]

  m=audio [auto_media_port] RTP/AVP 0
  [file name="x"] [cryptokeyparams1audio]
]]></send>
<recv response="407" auth="true"></recv>
<send><![CDATA[
  ACK sip:b@[remote_ip] SIP/2.0
  [last_Via:]
  [last_From:]
  [last_To:]
  Call-ID: [call_id]
  CSeq: [cseq] ACK
  Content-Length: 0
]]></send>
<send retrans="500" start_txn="invite"><![CDATA[
  INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
  Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
  From: <sip:a@[local_ip]>;tag=[call_number]
  To: <sip:b@[remote_ip]>
  Call-ID: [call_id]
  CSeq: [cseq] INVITE
  [authentication username=a password=b]
  Content-Length: [len]

  body
]]></send>
<recv response="200" response_txn="invite" rrs="true"><action>
  <ereg regexp="tag=([^;]*)" search_in="hdr" header="To:" check_it="true" assign_to="whole,tag"/>
  <ereg regexp="tag=.*" search_in="var" variable="whole" check_it="true" assign_to="unset"/>
  <log message="[$whole][$tag]"/>
</action></recv>
<send ack_txn="invite"><![CDATA[
  ACK [next_url] SIP/2.0
  Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
  From: <sip:a@[local_ip]>;tag=[call_number]
  To: <sip:b@[remote_ip]>[peer_tag_param]
  [routes]
  Call-ID: [call_id]
  CSeq: [cseq] ACK
  Content-Length: 0
]]></send>
<pause milliseconds="5"/>
"#;

const SERVER: &str = r#"
<recv request="INVITE"></recv>
<send><![CDATA[
  SIP/2.0 407 Who
  [last_Via:]
  [last_From:]
  [last_To:];tag=[call_number]
  [last_Call-ID:]
  [last_CSeq:]
  Proxy-Authenticate: Digest realm="r", nonce="n[call_number]", qop="auth,auth-int", algorithm=SHA-256
  Content-Length: 0
]]></send>
<recv request="ACK"></recv>
<recv request="INVITE"><action>
  <verifyauth assign_to="ok" username="a" password="b"/>
  <log message="[$ok]"/>
</action></recv>
<send><![CDATA[
  SIP/2.0 200 OK
  [last_Via:]
  [last_From:]
  [last_To:];tag=[call_number]
  [last_Call-ID:]
  [last_CSeq:]
  Contact: <sip:b@[local_ip]:[local_port]>
  Record-Route: <sip:r1;lr>, <sip:r2;lr>
  X-Verified: [$ok]
  Content-Length: [len]

  body of [$ok]
]]></send>
<recv request="ACK"></recv>
"#;

#[test]
fn keywords_and_actions_allocate_nothing() {
    assert_eq!(allocations_of(CLIENT, SERVER, 6_000), 0);
}
