//! A caller that plays media to a socket of the test.

use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::harness::{Ended, Folder, free_port};

/// A folder, and two ports that hear, the second two above the first.
pub(super) struct Rig {
    folder: Folder,
    first: Ear,
    second: Ear,
    description: String,
    answer: String,
}

/// A packet that was heard.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    pub(super) at: Instant,
    pub(super) from: SocketAddr,
    pub(super) octets: Vec<u8>,
}

impl Heard {
    pub(super) fn payload_type(&self) -> u8 {
        self.octets[1] & 0x7f
    }

    pub(super) fn marker(&self) -> bool {
        self.octets[1] & 0x80 != 0
    }

    pub(super) fn sequence(&self) -> u16 {
        u16::from_be_bytes([self.octets[2], self.octets[3]])
    }

    pub(super) fn timestamp(&self) -> u32 {
        let octets = &self.octets;
        u32::from_be_bytes([octets[4], octets[5], octets[6], octets[7]])
    }

    pub(super) fn payload(&self) -> &[u8] {
        &self.octets[12..]
    }
}

impl Rig {
    pub(super) fn new() -> Self {
        let (first, second) = ears();
        Self {
            folder: Folder::new(),
            first,
            second,
            description: String::new(),
            answer: String::new(),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    /// A caller that carries out actions and then pauses.
    pub(super) fn caller(actions: &str, pause_ms: u64, port: &str) -> String {
        caller("", actions, pause_ms).replace("[rtpstream_audio_port]", port)
    }

    /// Adds a line to the caller's description.
    pub(super) fn describe(&mut self, line: &str) {
        self.description = format!("{line}\n");
    }

    /// Adds a line to the callee's description.
    pub(super) fn answer(&mut self, line: &str) {
        self.answer = format!("{line}\n");
    }

    /// Plays one call that carries out actions and then pauses, to a callee that names the first
    /// port.
    pub(super) fn call(&mut self, actions: &str, pause_ms: u64, more: &str) -> Ended {
        let port = self.first.port.to_string();
        let callee = callee(&port, &self.answer, "");
        self.play(&caller(&self.description, actions, pause_ms), &callee, more)
    }

    /// Plays one call to the built-in callee.
    pub(super) fn call_builtin(
        &mut self,
        actions: &str,
        pause_ms: u64,
        callee: &str,
        more: &str,
    ) -> Ended {
        let caller = caller(&self.description, actions, pause_ms);
        self.run(&caller, &format!("-sn uas {callee}"), more)
    }

    /// Plays calls to a callee with a port of its own for each, which carries out actions too.
    pub(super) fn call_echo(
        &mut self,
        actions: &str,
        echo: &str,
        pause_ms: u64,
        more: &str,
    ) -> Ended {
        let callee = callee("[rtpstream_audio_port]", &self.answer, echo);
        let caller = caller(&self.description, actions, pause_ms);
        self.play(&caller, &callee, more)
    }

    /// What the first port has heard.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.first.heard()
    }

    /// What the port two above has heard.
    pub(super) fn heard_above(&self) -> Vec<Heard> {
        self.second.heard()
    }

    fn play(&self, caller: &str, callee: &str, more: &str) -> Ended {
        std::fs::write(self.path("callee.xml"), callee).unwrap();
        self.run(caller, "-sf callee.xml", more)
    }

    fn run(&self, caller: &str, callee: &str, more: &str) -> Ended {
        std::fs::write(self.path("caller.xml"), caller).unwrap();
        let (at, from) = (free_port(), free_port());
        let callee = format!("{callee} {} -p {at}", own_media());
        let _callee = self.folder.run("callee", &callee).listening(at);
        let calls = if more.contains("-m ") { "" } else { "-m 1" };
        let media = own_media();
        let caller = format!("-sf caller.xml {media} -p {from} {calls} {more} 127.0.0.1:{at}");
        self.folder.run("caller", &caller).wait()
    }
}

/// A port that hears.
struct Ear {
    port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// The longest wait for a packet before it is looked whether the test is over.
const LISTEN: Duration = Duration::from_millis(50);

fn ears() -> (Ear, Ear) {
    let port = free_run();
    let bind = |port| UdpSocket::bind(("127.0.0.1", port)).unwrap();
    let (first, second) = (bind(port), bind(port + 2));
    (Ear::new(port, first), Ear::new(port + 2, second))
}

/// Options of a run with ports of media of its own.
pub(super) fn own_media() -> String {
    let first = free_run();
    let last = first + RUN_LENGTH - 1;
    format!("-i 127.0.0.1 -nostdin -mp {first} -max_rtp_port {last}")
}

/// Ports beside those that [`free_port`] gives, and that the interop tests use.
const FIRST: u16 = 6_100;
const RUNS: u16 = 180;
const RUN_LENGTH: u16 = 32;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// The first of some free ports.
pub(super) fn free_run() -> u16 {
    let begin = std::process::id() % u32::from(RUNS);
    for _ in 0..RUNS {
        let run = (begin as u16 + NEXT.fetch_add(1, Ordering::Relaxed)) % RUNS;
        let first = FIRST + run * RUN_LENGTH;
        let mut ports = first..first + RUN_LENGTH;
        if ports.all(|port| UdpSocket::bind(("127.0.0.1", port)).is_ok()) {
            return first;
        }
    }
    panic!("no run of free ports is left");
}

impl Ear {
    fn new(port: u16, socket: UdpSocket) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ends = Arc::new(AtomicBool::new(false));
        socket.set_read_timeout(Some(LISTEN)).unwrap();
        let (heard_there, ends_there) = (heard.clone(), ends.clone());
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 2_048];
            while !ends_there.load(Ordering::Relaxed) {
                if let Ok((length, from)) = socket.recv_from(&mut buffer) {
                    heard_there.lock().unwrap().push(Heard {
                        at: Instant::now(),
                        from,
                        octets: buffer[..length].to_vec(),
                    });
                }
            }
        });
        Self {
            port,
            heard,
            ends,
            thread: Some(thread),
        }
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        // A test that fails already says why.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// A pcap file of Ethernet frames: milliseconds, destination port, payload of each.
pub(super) fn capture_file(packets: &[(u64, u16, &[u8])]) -> Vec<u8> {
    const ETHERNET: u32 = 1;
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 65_535, ETHERNET] {
        file.extend(u32::to_le_bytes(word));
    }
    for (ms, port, payload) in packets {
        let udp_length = 8 + payload.len() as u16;
        let length = 20 + udp_length;
        let record = [
            (ms / 1_000) as u32,
            (ms % 1_000 * 1_000) as u32,
            14 + u32::from(length),
            14 + u32::from(length),
        ];
        file.extend(record.into_iter().flat_map(u32::to_le_bytes));
        file.extend([0; 12]);
        file.extend([0x08, 0x00, 0x45, 0]);
        file.extend(length.to_be_bytes());
        file.extend([0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
        file.extend(
            [4_000, *port, udp_length, 0]
                .into_iter()
                .flat_map(u16::to_be_bytes),
        );
        file.extend_from_slice(payload);
    }
    file
}

const HEAD: &str = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:caller@[local_ip]:[local_port]>;tag=[call_number]
Call-ID: [call_id]
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
";

fn caller(description: &str, actions: &str, pause_ms: u64) -> String {
    let to = "sip:callee@[remote_ip]:[remote_port]";
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
<send retrans="500"><![CDATA[
INVITE {to} SIP/2.0
{HEAD}To: <{to}>
CSeq: 1 INVITE
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 8 96
a=rtpmap:96 telephone-event/8000
{description}]]></send>
<recv response="180" optional="true"/>
<recv response="200"/>
<send><![CDATA[
ACK {to} SIP/2.0
{HEAD}To: <{to}>[peer_tag_param]
CSeq: 1 ACK
Content-Length: 0
]]></send>
<nop><action>{actions}</action></nop>
<pause milliseconds="{pause_ms}"/>
<send retrans="500"><![CDATA[
BYE {to} SIP/2.0
{HEAD}To: <{to}>[peer_tag_param]
CSeq: 2 BYE
Content-Length: 0
]]></send>
<recv response="200"/>
</scenario>"#
    )
}

fn callee(port: &str, description: &str, actions: &str) -> String {
    let actions = if actions.is_empty() {
        String::new()
    } else {
        format!("<nop><action>{actions}</action></nop>")
    };
    format!(
        r#"<scenario name="callee">
<recv request="INVITE"/>
<send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:callee@[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio {port} RTP/AVP 8 96
{description}]]></send>
<recv request="ACK"/>
{actions}
<recv request="BYE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0
]]></send>
</scenario>"#
    )
}
