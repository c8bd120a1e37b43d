//! Sockets by the thousand. The limit on open files holds for the whole process, so these tests have
//! one of their own, and one after the other.

#![cfg(target_os = "linux")]

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use gannet_net::NetError;
use gannet_net::load::{
    PortEvent, PortId, PortLimits, PortOptions, Ports, TlsClient, TlsServer, TlsSettings,
    raise_file_limit,
};

const PATIENCE: Duration = Duration::from_mins(1);
/// Files that are open beside the sockets.
const OTHER_FILES: usize = 200;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn loopback() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

fn ports(count: usize) -> Ports {
    let limits = PortLimits {
        ports_max: count,
        ..PortLimits::default()
    };
    Ports::new(limits).expect("descriptors")
}

/// As many sockets as are wanted, or as the system lets.
fn allowed(wanted: usize) -> usize {
    let files = raise_file_limit((wanted + OTHER_FILES) as u64).expect("told");
    wanted.min(files as usize - OTHER_FILES)
}

#[test]
fn each_call_may_have_a_udp_socket_of_its_own() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = allowed(50_000);
    let mut all = ports(wanted + 1);
    let options = PortOptions::default();
    let echo = all.open_udp(loopback(), &options).expect("a free port");
    let to = all.local_addr(echo);
    let mut ours: Vec<PortId> = Vec::new();
    while ours.len() < wanted {
        match all.open_udp(loopback(), &options) {
            Ok(port) => ours.push(port),
            // The range that the system chooses from is smaller (ip_local_port_range).
            Err(NetError::NoFreePort { .. }) => break,
            Err(error) => panic!("{error}"),
        }
    }
    let mut sources = HashSet::new();
    let limit = Instant::now() + PATIENCE;
    // As many at once as fit in the buffer of the one that they all go to.
    for some in ours.chunks(100) {
        for &port in some {
            all.send(port, to, &[b"x"]);
        }
        let expected = sources.len() + some.len();
        while sources.len() < expected {
            assert!(Instant::now() < limit, "{} of {expected}", sources.len());
            let mut keep = |event: PortEvent<'_>| {
                if let PortEvent::Datagram { from, .. } = event {
                    sources.insert(from);
                }
            };
            let wait = Some(Duration::from_millis(1));
            all.poll(wait, &mut keep).expect("can wait");
        }
    }
    assert!(sources.len() > 1000, "{}", sources.len());
    for port in ours {
        all.close(port);
    }
    assert_eq!(all.counters().kernel_drops, 0);
    all.open_udp(loopback(), &options).expect("room again");
}

#[test]
fn thousands_of_tls_connections_are_served() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let count = allowed(10_000) / 2;
    let (mut server, mut client) = (ports(count + 1), ports(count));
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    let context = TlsServer::new(&TlsSettings {
        certificates: made.cert.pem().into_bytes(),
        key: made.signing_key.serialize_pem().into_bytes(),
        ..TlsSettings::default()
    });
    let options = PortOptions::default();
    let listener = server.listen_tls(loopback(), &context.expect("good settings"), &options);
    let address = server.local_addr(listener.expect("a free port"));
    let address = address.expect("open");
    let context = TlsClient::new(&TlsSettings::default()).expect("good settings");
    for _ in 0..count {
        let port = client.connect_tls(None, address, &context, &options);
        client.send(port.expect("a port"), None, &[b"12345678"]);
    }
    let limit = Instant::now() + PATIENCE;
    let mut octets = 0;
    while octets < count * 8 {
        assert!(Instant::now() < limit, "{octets} octets");
        let wait = Some(Duration::from_millis(1));
        let mut add = |event: PortEvent<'_>| match event {
            PortEvent::Received { bytes, .. } => octets += bytes.len(),
            PortEvent::Closed { reason, .. } => panic!("{reason}"),
            _ => {}
        };
        server.poll(wait, &mut add).expect("can wait");
        client.poll(wait, &mut |_| {}).expect("can wait");
    }
    let counters = server.counters();
    let handshakes = (counters.tls_handshakes, counters.tls_failures);
    assert_eq!(handshakes, (count as u64, 0));
}
