//! One connection with TLS against one with TCP alone: messages that one thread sends and another
//! sends back, as in a run over `l1` or `t1`. Also what a handshake costs.
//!
//! `cargo bench -p gannet-net --bench tls [-- messages | connections]`

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gannet_net::load::{
    PortEvent, PortId, PortLimits, PortOptions, Ports, TlsClient, TlsServer, TlsSettings,
    TlsVersions,
};
use nix::sys::resource::{UsageWho, getrusage};

/// An ordinary message of SIP without a body.
const MESSAGE_BYTES: usize = 500;
const RUN: Duration = Duration::from_secs(2);
const ROUNDS: usize = 3;

#[derive(Clone)]
enum Way {
    Tcp,
    Tls(TlsServer, TlsClient),
}

/// What one thread did.
#[derive(Debug, Clone, Copy, Default)]
struct Figures {
    messages: u64,
    seconds: f64,
    processor_ns: f64,
}

fn main() {
    let wanted = |part: &str| {
        let parts = ["messages", "connections"];
        let named: Vec<String> = std::env::args()
            .filter(|argument| parts.contains(&argument.as_str()))
            .collect();
        named.is_empty() || named.iter().any(|name| name == part)
    };
    if wanted("messages") {
        compare_messages();
    }
    if wanted("connections") {
        compare_connections();
    }
}

fn compare_messages() {
    let ways = [
        ("tcp", Way::Tcp),
        ("tls 1.3", tls(TlsVersions::Only13, true)),
        ("tls 1.2", tls(TlsVersions::Only12, true)),
    ];
    println!(
        "messages of {MESSAGE_BYTES} octets over one connection, each sent back; both ways counted"
    );
    for window in [1, 100, 2000] {
        println!("{window} messages on the way at once:");
        let mut best = [Figures::default(); 3];
        for _ in 0..ROUNDS {
            for (best, (_, way)) in best.iter_mut().zip(&ways) {
                let figures = exchange(way, window);
                if figures.messages as f64 / figures.seconds
                    > best.messages as f64 / best.seconds.max(1e-9)
                {
                    *best = figures;
                }
            }
        }
        let rate = |figures: &Figures| figures.messages as f64 / figures.seconds;
        let cost = |figures: &Figures| figures.processor_ns / figures.messages as f64;
        for (figures, (name, _)) in best.iter().zip(&ways) {
            println!(
                "  {name:8} {:>9.0} messages/s, {:>6.0} ns of the client's processor each, \
                 {:.2} of the rate and {:.2} of the cost of tcp",
                rate(figures),
                cost(figures),
                rate(figures) / rate(&best[0]),
                cost(figures) / cost(&best[0]),
            );
        }
    }
}

fn compare_connections() {
    println!("connections that send one message, one after the other and 64 at once:");
    for (name, way) in [
        ("tcp", Way::Tcp),
        ("tls 1.3 full", tls(TlsVersions::Only13, false)),
        ("tls 1.3 resumed", tls(TlsVersions::Only13, true)),
        ("tls 1.2 resumed", tls(TlsVersions::Only12, true)),
    ] {
        let (one, many) = (connections(&way, 1), connections(&way, 64));
        println!("  {name:16} {one:>6.0} us {many:>6.0} us of processor each, both ends together");
    }
}

fn tls(versions: TlsVersions, resume: bool) -> Way {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    let settings = TlsSettings {
        certificates: made.cert.pem().into_bytes(),
        key: made.signing_key.serialize_pem().into_bytes(),
        versions,
        full_handshakes: !resume,
        ..TlsSettings::default()
    };
    let client = TlsClient::new(&settings).expect("good settings");
    Way::Tls(TlsServer::new(&settings).expect("good settings"), client)
}

fn new_ports() -> Ports {
    Ports::new(PortLimits::default()).expect("descriptors")
}

fn listen(ports: &mut Ports, way: &Way) -> SocketAddr {
    let bind = ([127, 0, 0, 1], 0).into();
    let options = PortOptions::default();
    let port = match way {
        Way::Tcp => ports.listen_tcp(bind, &options),
        Way::Tls(server, _) => ports.listen_tls(bind, server, &options),
    };
    ports.local_addr(port.expect("a free port")).expect("open")
}

fn connect(ports: &mut Ports, way: &Way, to: SocketAddr) -> PortId {
    let options = PortOptions::default();
    let port = match way {
        Way::Tcp => ports.connect_tcp(None, to, &options),
        Way::Tls(_, client) => ports.connect_tls(None, to, client, &options),
    };
    port.expect("a port")
}

fn processor_ns() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_THREAD).expect("told");
    let ns =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 * 1e9 + time.tv_usec() as f64 * 1e3;
    ns(usage.user_time()) + ns(usage.system_time())
}

/// Sends messages to a thread that sends them back, `window` at a time.
fn exchange(way: &Way, window: usize) -> Figures {
    let over = AtomicBool::new(false);
    let mut server = new_ports();
    let address = listen(&mut server, way);
    std::thread::scope(|scope| {
        scope.spawn(|| echo(&mut server, &over));
        let mut client = new_ports();
        let port = connect(&mut client, way, address);
        let message = [b'm'; MESSAGE_BYTES];
        let mut octets = 0;
        let mut sent = 0;
        let mut begun = None;
        let figures = loop {
            while sent - octets / MESSAGE_BYTES < window {
                client.send(port, None, &[&message[..100], &message[100..]]);
                sent += 1;
            }
            let mut count = |event: PortEvent<'_>| match event {
                PortEvent::Received { bytes, .. } => octets += bytes.len(),
                PortEvent::Closed { reason, .. } => panic!("{reason}"),
                _ => {}
            };
            client.poll(None, &mut count).expect("can wait");
            if octets == 0 {
                continue;
            }
            let (from, at, before) =
                *begun.get_or_insert_with(|| (octets, Instant::now(), processor_ns()));
            let elapsed = at.elapsed();
            if elapsed >= RUN {
                break Figures {
                    messages: 2 * ((octets - from) / MESSAGE_BYTES) as u64,
                    seconds: elapsed.as_secs_f64(),
                    processor_ns: processor_ns() - before,
                };
            }
        };
        over.store(true, Ordering::Relaxed);
        figures
    })
}

/// Sends back what comes in, each message as one.
fn echo(server: &mut Ports, over: &AtomicBool) {
    let wait = Some(Duration::from_millis(50));
    let mut held = 0;
    while !over.load(Ordering::Relaxed) {
        let mut answer = |ports: &mut Ports, event: PortEvent<'_>| {
            if let PortEvent::Received { port, bytes } = event {
                let whole = (held + bytes.len()) / MESSAGE_BYTES;
                held = (held + bytes.len()) % MESSAGE_BYTES;
                for _ in 0..whole {
                    ports.send(port, None, &[&[b'a'; MESSAGE_BYTES]]);
                }
            }
        };
        server.poll_with(wait, &mut answer).expect("can wait");
    }
}

/// What a connection costs that brings one message there and back and is closed then, in
/// microseconds of processor.
fn connections(way: &Way, at_once: usize) -> f64 {
    const COUNT: usize = 2000;
    let (mut server, mut client) = (new_ports(), new_ports());
    let address = listen(&mut server, way);
    let before = processor_ns();
    let (mut made, mut done) = (0, 0);
    while done < COUNT {
        while made < COUNT && made - done < at_once {
            let port = connect(&mut client, way, address);
            client.send(port, None, &[&[b'm'; MESSAGE_BYTES]]);
            made += 1;
        }
        let wait = Some(Duration::ZERO);
        let answer = &mut |ports: &mut Ports, event: PortEvent<'_>| {
            if let PortEvent::Received { port, bytes } = event {
                ports.send(port, None, &[bytes]);
            }
        };
        server.poll_with(wait, answer).expect("can wait");
        let close = &mut |ports: &mut Ports, event: PortEvent<'_>| {
            if let PortEvent::Received { port, .. } = event {
                ports.close(port);
                done += 1;
            }
        };
        client.poll_with(wait, close).expect("can wait");
    }
    (processor_ns() - before) / COUNT as f64 / 1000.0
}
