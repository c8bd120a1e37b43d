//! Media of a sender that is not ours: a small one of this test, whose packets are up to it. What is
//! wrong is told by its name, with what came and what was expected; what is only odd is not.

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::bench::{Bench, Ran};

/// A packet of the sender.
#[derive(Debug, Clone, Copy)]
struct Packet {
    /// When it leaves, in ms after the ACK.
    at_ms: u64,
    sequence: u16,
    timestamp: u32,
    payload_type: u8,
    ssrc: u32,
    marker: bool,
    /// Octets of payload.
    octets: usize,
    silent: bool,
    other_port: bool,
}

/// 20 ms of a sound, the packet with this number, as it should be.
fn plain(number: u32) -> Packet {
    Packet {
        at_ms: u64::from(number) * 20,
        // Both wrap in the middle of a call.
        sequence: (number as u16).wrapping_add(65_500),
        timestamp: (160 * number).wrapping_sub(6400),
        payload_type: 0,
        ssrc: 7,
        marker: false,
        octets: 160,
        silent: false,
        other_port: false,
    }
}

/// Eight seconds of packets, changed one by one; `None` leaves one out.
fn stream(change: impl Fn(u32, Packet) -> Option<Packet>) -> Vec<Packet> {
    let all = (0..400).filter_map(|number| change(number, plain(number)));
    let mut packets: Vec<_> = all.collect();
    packets.sort_by_key(|packet| packet.at_ms);
    packets
}

/// Answers one call and sends.
struct Sender {
    sip: UdpSocket,
    rtp: [UdpSocket; 2],
    packets: Vec<Packet>,
    ended: Arc<AtomicBool>,
}

impl Sender {
    /// Gives its SIP port.
    fn start(packets: Vec<Packet>, ended: &Arc<AtomicBool>) -> (u16, JoinHandle<()>) {
        let bind = || UdpSocket::bind("127.0.0.1:0").unwrap();
        let sender = Self {
            sip: bind(),
            rtp: [bind(), bind()],
            packets,
            ended: Arc::clone(ended),
        };
        let port = sender.sip.local_addr().unwrap().port();
        (port, thread::spawn(move || sender.run()))
    }

    /// Waits for messages, and sends each packet when its time comes, until the test is over.
    fn run(mut self) {
        let mut buffer = [0; 4096];
        let mut media: Option<String> = None;
        let mut begun: Option<Instant> = None;
        let mut next = 0;
        while !self.ended.load(Ordering::Relaxed) {
            let due = begun.zip(self.packets.get(next)).map(|(begun, packet)| {
                let due = begun + Duration::from_millis(packet.at_ms);
                due.saturating_duration_since(Instant::now())
            });
            if due.is_some_and(|due| due.is_zero()) {
                self.send(next, media.as_deref().unwrap());
                next += 1;
                continue;
            }
            let patience = due.unwrap_or(Duration::from_millis(50));
            self.sip.set_read_timeout(Some(patience)).unwrap();
            let (count, from) = match self.sip.recv_from(&mut buffer) {
                Ok(received) => received,
                Err(error) => {
                    let over = [ErrorKind::WouldBlock, ErrorKind::TimedOut];
                    assert!(over.contains(&error.kind()), "{error}");
                    continue;
                }
            };
            let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
            let body = match text.split(' ').next() {
                Some("INVITE") => {
                    let line = text.lines().find(|line| line.starts_with("m=audio "));
                    let port = line.and_then(|line| line.split(' ').nth(1)).unwrap();
                    media = Some(format!("127.0.0.1:{port}"));
                    self.description()
                }
                Some("ACK") => {
                    begun.get_or_insert_with(Instant::now);
                    continue;
                }
                Some("BYE") => {
                    self.packets.truncate(next);
                    String::new()
                }
                _ => String::new(),
            };
            self.sip
                .send_to(answer(&text, &self.contact(), &body).as_bytes(), from)
                .unwrap();
        }
    }

    fn contact(&self) -> String {
        format!("<sip:far@{}>", self.sip.local_addr().unwrap())
    }

    fn description(&self) -> String {
        let port = self.rtp[0].local_addr().unwrap().port();
        format!(
            "v=0\r\no=far 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        )
    }

    fn send(&self, index: usize, to: &str) {
        let packet = &self.packets[index];
        let mut octets = vec![0x80, packet.payload_type | u8::from(packet.marker) << 7];
        octets.extend(packet.sequence.to_be_bytes());
        octets.extend(packet.timestamp.to_be_bytes());
        octets.extend(packet.ssrc.to_be_bytes());
        // 2000 Hz, or nothing.
        let sound: [u8; 4] = if packet.silent {
            [0xff; 4]
        } else {
            [0x30, 0x30, 0xb0, 0xb0]
        };
        octets.extend(sound.iter().cycle().take(packet.octets));
        let socket = &self.rtp[usize::from(packet.other_port)];
        socket.send_to(&octets, to).unwrap();
    }
}

/// 200, with what of a request belongs into it.
fn answer(request: &str, contact: &str, body: &str) -> String {
    let mut lines = vec!["SIP/2.0 200 OK".to_owned()];
    for line in request.lines().take_while(|line| !line.is_empty()) {
        let name = line
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match name.as_str() {
            "via" | "from" | "call-id" | "cseq" | "record-route" => lines.push(line.to_owned()),
            "to" if line.contains("tag=") => lines.push(line.to_owned()),
            "to" => lines.push(format!("{line};tag=far")),
            _ => {}
        }
    }
    lines.push(format!("Contact: {contact}"));
    if !body.is_empty() {
        lines.push("Content-Type: application/sdp".to_owned());
    }
    lines.push(format!("Content-Length: {}", body.len()));
    format!("{}\r\n\r\n{body}", lines.join("\r\n"))
}

/// One scenario for each sender, all at once: Alice calls it, and the steps follow.
fn run(cases: Vec<(&str, Vec<Packet>, &str)>) -> Ran {
    let ended = Arc::new(AtomicBool::new(false));
    let mut text = String::from("Feature: F\n");
    let mut senders = Vec::new();
    for (name, packets, step) in cases {
        let (port, sender) = Sender::start(packets, &ended);
        senders.push(sender);
        writeln!(
            text,
            "  Scenario: {name}\n    * Alice calls \"sip:far@127.0.0.1:{port}\" directly\n    \
             * {step}\n    * Alice hangs up"
        )
        .unwrap();
    }
    let ran = Bench::new().with("f.feature", &text).run("test f.feature");
    ended.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.join().unwrap();
    }
    ran
}

/// Each wrong situation by its name, as a step and in the words of `has no faults`.
// tidy(function-length): a table, one entry for each situation
fn wrong() -> Vec<(&'static str, Vec<Packet>, &'static str)> {
    let every = |change: fn(u32, Packet) -> Packet| stream(move |n, it| Some(change(n, it)));
    vec![
        ("one-way audio", Vec::new(), "one-way audio: no RTP came, "),
        (
            "wrong codec",
            every(|_, it| Packet {
                payload_type: 8,
                ..it
            }),
            "packets of PCMA (payload type 8) came, agreed was PCMU",
        ),
        (
            "wrong payload type",
            every(|_, it| Packet {
                payload_type: 99,
                ..it
            }),
            "packets of payload type 99 came, agreed was 0",
        ),
        (
            "stream from another address",
            every(|_, it| Packet {
                other_port: true,
                ..it
            }),
            ", the session description names 127.0.0.1:",
        ),
        (
            "packet loss",
            stream(|n, it| (n % 33 != 20).then_some(it)),
            "never came, expected 1.0 % at most",
        ),
        (
            "jitter",
            every(|n, it| Packet {
                at_ms: it.at_ms + u64::from(n % 2) * 60,
                ..it
            }),
            "ms on average, expected less than ",
        ),
        (
            "gap",
            every(|n, it| Packet {
                at_ms: it.at_ms + if n < 60 { 0 } else { 500 },
                ..it
            }),
            "gap: nothing came for 5",
        ),
        (
            "frozen timestamp",
            every(|n, it| Packet {
                timestamp: plain(n.min(50)).timestamp,
                ..it
            }),
            "packets on end have the same timestamp, expected it to go on with each",
        ),
        (
            "silence instead of speech",
            every(|_, it| Packet { silent: true, ..it }),
            "with no sound in it",
        ),
        (
            "late start",
            every(|n, it| Packet {
                silent: n < 75,
                ..it
            }),
            "late start: the first sound came 1.",
        ),
    ]
}

#[test]
fn what_a_foreign_sender_does_wrong_is_told_by_its_name() {
    let mut cases: Vec<_> = wrong()
        .into_iter()
        .map(|(name, packets, _)| {
            let step = format!("the media of Alice has the fault \"{name}\"");
            (name, packets, step)
        })
        .collect();
    // RTP itself begins late.
    let late = stream(|n, it| (n >= 75).then_some(it));
    let step = "the media of Alice has the fault \"late start\"";
    cases.push(("late RTP", late, step.to_owned()));
    let cases = cases.iter();
    let cases = cases.map(|(name, packets, step)| (*name, packets.clone(), step.as_str()));
    run(cases.collect()).expect(0, &["11 scenarios: 11 passed"]);
}

#[test]
fn a_fault_is_told_with_what_came_and_what_was_expected() {
    let cases = wrong();
    let words: Vec<_> = cases.iter().map(|(_, _, words)| *words).collect();
    let step = "the media of Alice has no faults";
    let cases = cases.into_iter();
    let cases = cases.map(|(name, packets, _)| (name, packets, step));
    let ran = run(cases.collect());
    ran.expect(1, &["10 scenarios: 10 failed"]);
    ran.expect(1, &words);
}

#[test]
fn an_odd_sender_has_none_of_these_faults() {
    let step = "the media of Alice has no faults";
    let of_length = |packets: u32| {
        stream(move |n, it| {
            let number = n / packets;
            let first = n % packets == 0;
            first.then_some(Packet {
                sequence: plain(number).sequence,
                octets: 160 * packets as usize,
                ..it
            })
        })
    };
    let half = |change: fn(u32, Packet) -> Packet| stream(move |n, it| Some(change(n, it)));
    let ran = run(vec![
        ("plain", of_length(1), step),
        ("40 ms", of_length(2), step),
        ("60 ms", of_length(3), step),
        (
            "another SSRC",
            half(|n, it| Packet {
                ssrc: 7 + n / 60,
                sequence: it.sequence + (n / 60) as u16 * 777,
                ..it
            }),
            step,
        ),
        (
            // Half a second of silence between two talkspurts (RFC 3551 4.1).
            "silence suppressed",
            stream(|n, it| {
                let spoken = !(60..90).contains(&n);
                let number = if n < 90 { n } else { n - 30 };
                spoken.then_some(Packet {
                    sequence: plain(number).sequence,
                    marker: n == 90,
                    ..it
                })
            }),
            step,
        ),
        (
            // Comfort noise, then nothing, then sound (RFC 3389).
            "comfort noise",
            stream(|n, it| {
                let number = if n <= 60 { n } else { n.saturating_sub(29) };
                let noise = n == 60;
                (n <= 60 || n >= 90).then_some(Packet {
                    sequence: plain(number).sequence,
                    payload_type: if noise { 13 } else { 0 },
                    octets: if noise { 1 } else { 160 },
                    ..it
                })
            }),
            step,
        ),
        (
            "late by 0.6 s",
            stream(|n, it| (n >= 30).then_some(it)),
            step,
        ),
    ]);
    ran.expect(0, &["7 scenarios: 7 passed"]);
}

#[test]
fn the_feature_about_wrong_media_passes() {
    let feature = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../features/wrong_media.feature"
    );
    let ran = Bench::new().run_words(&["test", feature, "--seed", "7"]);
    ran.expect(0, &["9 scenarios: 9 passed"]);
}
