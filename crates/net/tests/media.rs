//! The media scheduler over real loopback sockets and the real clock.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gannet_events::{Direction, WireKind};
use gannet_net::{Capture, Impairment, MediaKind, MediaPort, MediaScheduler, MediaSocket};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Far longer than anything here takes; ends a test that would hang.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends `left` packets, one each `interval`, and reports what it sees.
struct Pacer {
    to: SocketAddr,
    kind: MediaKind,
    next: Instant,
    interval: Duration,
    left: usize,
    sent: Sender<(Instant, Instant)>,
    heard: Sender<(MediaKind, Vec<u8>)>,
}

impl MediaPort for Pacer {
    fn handle_datagram(&mut self, _: Instant, kind: MediaKind, _: SocketAddr, bytes: &[u8]) {
        let _ = self.heard.send((kind, bytes.to_vec()));
    }

    fn poll_transmit(
        &mut self,
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Option<(SocketAddr, MediaKind)> {
        if self.left == 0 || now < self.next {
            return None;
        }
        out.extend_from_slice(format!("packet {}", self.left).as_bytes());
        let _ = self.sent.send((self.next, Instant::now()));
        self.left -= 1;
        self.next += self.interval;
        Some((self.to, self.kind))
    }

    fn next_deadline(&self) -> Option<Instant> {
        (self.left > 0).then_some(self.next)
    }
}

struct Watch {
    sent: Receiver<(Instant, Instant)>,
    heard: Receiver<(MediaKind, Vec<u8>)>,
}

fn pacer(to: SocketAddr, left: usize, interval: Duration) -> (Arc<Mutex<Pacer>>, Watch) {
    let (sent, sent_watch) = channel();
    let (heard, heard_watch) = channel();
    let pacer = Pacer {
        to,
        kind: MediaKind::Rtp,
        next: Instant::now(),
        interval,
        left,
        sent,
        heard,
    };
    let watch = Watch {
        sent: sent_watch,
        heard: heard_watch,
    };
    (Arc::new(Mutex::new(pacer)), watch)
}

fn open(scheduler: &MediaScheduler, capture: &Capture, impairment: &Impairment) -> MediaSocket {
    scheduler
        .open(LOOPBACK, None, "Alice", capture.clone(), impairment)
        .expect("free ports")
}

#[test]
fn packets_leave_one_interval_apart_on_average() {
    const PACKETS: usize = 50;
    const INTERVAL: Duration = Duration::from_millis(5);
    let scheduler = MediaScheduler::start(1).expect("a thread");
    let capture = Capture::new();
    let alice = open(&scheduler, &capture, &Impairment::none());
    let bob = open(&scheduler, &Capture::new(), &Impairment::none());
    let (hearer, heard) = pacer(alice.rtp_address(), 0, INTERVAL);
    bob.attach(hearer);
    let (sender, watch) = pacer(bob.rtp_address(), PACKETS, INTERVAL);
    alice.attach(sender);

    for left in (1..=PACKETS).rev() {
        let (kind, bytes) = heard.heard.recv_timeout(PATIENCE).expect("a packet");
        let expected = format!("packet {left}").into_bytes();
        assert_eq!((kind, bytes), (MediaKind::Rtp, expected));
    }
    wait_until(|| alice.counters().sent == PACKETS as u64);
    let times: Vec<_> = watch.sent.try_iter().collect();
    assert!(
        times.iter().all(|(due, left)| left >= due),
        "none too early"
    );
    let span = times[PACKETS - 1].1 - times[0].1;
    let average = span / (PACKETS as u32 - 1);
    // A late packet does not push back those after it, so the average does not drift.
    assert!(
        average.abs_diff(INTERVAL) < Duration::from_millis(2),
        "{average:?}"
    );
    let records = capture.records();
    assert_eq!(records.len(), PACKETS);
    assert!(
        records
            .iter()
            .all(|r| r.kind == WireKind::Rtp && r.direction == Direction::Sent)
    );
}

#[test]
fn rtp_and_rtcp_come_on_their_own_sockets() {
    let scheduler = MediaScheduler::start(2).expect("threads");
    let capture = Capture::new();
    let alice = open(&scheduler, &capture, &Impairment::none());
    assert_eq!(alice.rtp_address().port() + 1, alice.rtcp_address().port());
    let peer = UdpSocket::bind((LOOPBACK, 0)).expect("a port");
    let (port, watch) = pacer(peer.local_addr().expect("bound"), 0, PATIENCE);
    alice.attach(port.clone());
    peer.send_to(b"rtcp", alice.rtcp_address()).expect("sent");
    let expected = (MediaKind::Rtcp, b"rtcp".to_vec());
    assert_eq!(watch.heard.recv_timeout(PATIENCE), Ok(expected));
    peer.send_to(b"rtp", alice.rtp_address()).expect("sent");
    let expected = (MediaKind::Rtp, b"rtp".to_vec());
    assert_eq!(watch.heard.recv_timeout(PATIENCE), Ok(expected));

    let mut locked = port.lock().expect("unpoisoned");
    (locked.left, locked.kind) = (1, MediaKind::Rtcp);
    drop(locked);
    alice.wake();
    peer.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    let (_, from) = peer.recv_from(&mut [0; 100]).expect("a packet");
    assert_eq!(from, alice.rtcp_address());
    // The packet may be here before its sender has recorded it.
    wait_until(|| alice.counters().sent > 0);
    let kinds: Vec<_> = capture.records().iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [WireKind::Rtcp, WireKind::Rtp, WireKind::Rtcp]);
}

#[test]
fn datagrams_without_a_port_are_counted() {
    let scheduler = MediaScheduler::start(1).expect("a thread");
    let alice = open(&scheduler, &Capture::new(), &Impairment::none());
    let peer = UdpSocket::bind((LOOPBACK, 0)).expect("a port");
    for _ in 0..3 {
        peer.send_to(b"early", alice.rtp_address()).expect("sent");
    }
    wait_until(|| alice.counters().unattached == 3);
    let (port, watch) = pacer(peer.local_addr().expect("bound"), 0, PATIENCE);
    alice.attach(port);
    peer.send_to(b"late", alice.rtp_address()).expect("sent");
    let expected = (MediaKind::Rtp, b"late".to_vec());
    assert_eq!(watch.heard.recv_timeout(PATIENCE), Ok(expected));
    assert_eq!(alice.counters().received, 1);
}

#[test]
fn lost_packets_are_recorded_as_lost() {
    const PACKETS: usize = 200;
    let scheduler = MediaScheduler::start(1).expect("a thread");
    let capture = Capture::new();
    let alice = open(&scheduler, &capture, &Impairment::loss(0.25, 3));
    let (port, _watch) = pacer(alice.rtcp_address(), PACKETS, Duration::ZERO);
    alice.attach(port);
    let start = Instant::now();
    let judged = || {
        let counters = alice.counters();
        let sent = counters.sent + counters.lost_sent;
        let arrived = counters.received + counters.lost_received;
        sent == PACKETS as u64 && arrived == counters.sent
    };
    while !judged() {
        assert!(start.elapsed() < PATIENCE, "{alice:?}");
        std::thread::yield_now();
    }
    let records = capture.records();
    let lost = |direction| {
        let of_direction = records.iter().filter(|r| r.direction == direction);
        of_direction.filter(|record| record.dropped).count() as u64
    };
    let counters = alice.counters();
    assert_eq!(lost(Direction::Sent), counters.lost_sent);
    assert_eq!(lost(Direction::Received), counters.lost_received);
    assert!((20..80).contains(&counters.lost_sent), "{counters:?}");
}

#[test]
fn dropped_socket_frees_its_ports() {
    let scheduler = MediaScheduler::start(1).expect("a thread");
    let alice = open(&scheduler, &Capture::new(), &Impairment::none());
    let (rtp, rtcp) = (alice.rtp_address(), alice.rtcp_address());
    drop(alice);
    let start = Instant::now();
    while UdpSocket::bind(rtp)
        .and_then(|_| UdpSocket::bind(rtcp))
        .is_err()
    {
        assert!(start.elapsed() < PATIENCE, "{rtp} is still taken");
        std::thread::yield_now();
    }
}

/// What the media thread does shows a little later.
fn wait_until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "still not so");
        std::thread::yield_now();
    }
}

/// Prints how late packets leave; asserts nothing precise, because machines are busy.
#[test]
#[expect(clippy::print_stderr, reason = "it measures")]
fn lateness_of_a_hundred_streams() {
    const STREAMS: usize = 100;
    const PACKETS: usize = 50;
    let scheduler = MediaScheduler::shared().expect("threads");
    let sink = UdpSocket::bind((LOOPBACK, 0)).expect("a port");
    let to = sink.local_addr().expect("bound");
    let streams: Vec<_> = (0..STREAMS)
        .map(|_| {
            let socket = open(&scheduler, &Capture::new(), &Impairment::none());
            let (port, watch) = pacer(to, PACKETS, Duration::from_millis(20));
            socket.attach(port);
            (socket, watch)
        })
        .collect();
    let mut late: Vec<Duration> = Vec::new();
    for (_socket, watch) in &streams {
        for _ in 0..PACKETS {
            let (due, left) = watch.sent.recv_timeout(PATIENCE).expect("a packet");
            late.push(left - due);
        }
    }
    late.sort();
    let at = |share: f64| late[((late.len() - 1) as f64 * share) as usize];
    eprintln!(
        "{} packets of {STREAMS} streams: median {:?} late, 99 % {:?}, 99.9 % {:?}, worst {:?}",
        late.len(),
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0)
    );
    assert_eq!(late.len(), STREAMS * PACKETS);
}
