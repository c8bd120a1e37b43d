//! A server that is sent what is no message, while calls go on.

use std::io::Write;
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::harness::{CALLEE, CALLER, Conf, Folder, LIMIT, Statistics, free_port, poll};

/// Pieces of noise at each look, some hundred looks a second at most.
const AT_ONCE: usize = 10;
/// Calls a second.
const RATE: u64 = 200;

/// How long calls go on.
fn seconds() -> u64 {
    if std::env::var_os("GANNET_INTEROP").is_some() {
        60
    } else {
        3
    }
}

/// Sends noise until it is told to end; gives how many pieces.
struct Noise {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Noise {
    fn start(mut send: impl FnMut(&[u8]) + Send + 'static) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = is_over.clone();
        let thread = std::thread::spawn(move || {
            let mut random = fastrand::Rng::with_seed(60);
            let mut sent = 0;
            let limit = LIMIT + Duration::from_secs(seconds());
            poll(limit, || {
                for _ in 0..AT_ONCE {
                    send(&piece(&mut random));
                    sent += 1;
                }
                ends.load(Ordering::Relaxed).then_some(())
            });
            sent
        });
        Self { is_over, thread }
    }

    fn end(self) -> u64 {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

const INVITE: &str = "INVITE sip:callee@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1\r\n\
                      From: <sip:noise@127.0.0.1>\r\nTo: <sip:callee@127.0.0.1>\r\n\
                      Call-ID: noise@127.0.0.1\r\nCSeq: 1 INVITE\r\n";

/// Random bytes, the beginning of a message, a keep-alive, or something in between.
fn piece(random: &mut fastrand::Rng) -> Vec<u8> {
    let length = random.usize(..1_200);
    match random.u8(..7) {
        0 => (0..length).map(|_| random.u8(..)).collect(),
        1 => (0..length).map(|_| random.u8(b' '..b'~')).collect(),
        2 => INVITE.as_bytes()[..random.usize(1..INVITE.len())].to_vec(),
        3 => b"\r\n\r\n".to_vec(),
        4 => b"\r\n".to_vec(),
        5 => Vec::new(),
        // A header that ends, of a message that is none.
        _ => format!("{}\r\n\r\n", "x".repeat(length)).into_bytes(),
    }
}

/// Calls go on over a transport while `noise` is sent; none is lost.
fn calls_go_on(tcp: bool, noise: impl FnOnce(SocketAddr) -> Noise) {
    let port = free_port();
    let conf = |conf: Conf| {
        let conf = conf.param("max-simultaneous-calls", 2_000);
        if tcp { conf.tcp() } else { conf }
    };
    let calls = RATE * seconds();
    let client = conf(Conf::client(port)).calls(calls, RATE);
    let server = conf(Conf::server(port)).statistics("server");
    let folder = Folder::new()
        .with("client", &client.param("call-timeout-ms", 20_000), CALLER)
        .with("server", &server, CALLEE);
    let mut server = folder.run("server", "").ready();
    let noise = noise(([127, 0, 0, 1], port).into());
    let all_well = format!("{} successful, 0 failed", thousands(calls));
    let limit = LIMIT + Duration::from_secs(seconds());
    folder
        .run("client", "")
        .wait_for(limit)
        .expect(0, &[&all_well]);
    let pieces = noise.end();
    assert!(pieces > 100, "{pieces}");
    // Pieces of noise may make a message together, so that the server has failed calls too, and
    // some that nobody will ever end.
    server.stop_by_force();
    let statistics = Statistics::read(&folder.log("server-stat"));
    assert_eq!(statistics.last("TrafficSuccessfulCall(C)"), calls);
    if !tcp {
        let log = folder.log("server");
        assert!(
            log.contains("|E|Unrecognized message received on channel \"one\""),
            "{log}"
        );
    }
}

/// `12 000` as summaries write it.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    match digits.len() {
        0..=3 => digits,
        length => format!("{},{}", &digits[..length - 3], &digits[length - 3..]),
    }
}

#[test]
fn datagrams_of_noise_disturb_no_call() {
    calls_go_on(false, |to| {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        Noise::start(move |bytes| {
            socket.send_to(bytes, to).unwrap();
        })
    });
}

#[test]
fn connections_of_noise_disturb_no_call() {
    calls_go_on(true, |to| {
        let mut connection: Option<TcpStream> = None;
        let mut pieces = 0;
        Noise::start(move |bytes| {
            // A connection ends after some pieces, or when the server has had enough of it.
            pieces += 1;
            if pieces % 20 == 0 {
                connection = None;
            }
            let stream = connection.get_or_insert_with(|| TcpStream::connect(to).unwrap());
            if stream.write_all(bytes).is_err() {
                connection = None;
            }
        })
    });
}
