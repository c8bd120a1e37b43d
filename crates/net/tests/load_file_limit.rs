//! What happens when a process has no descriptors left. The limit holds for the whole process, so
//! this test has one of its own.

#![cfg(target_os = "linux")]
#![expect(unsafe_code, reason = "setrlimit has no safe form in our crates")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_net::NetError;
use gannet_net::load::{PortEvent, PortId, PortLimits, PortOptions, Ports};

const PATIENCE: Duration = Duration::from_secs(10);
const FILES_MAX: u64 = 64;

fn limit_files() {
    let limit = libc::rlimit {
        rlim_cur: FILES_MAX,
        rlim_max: FILES_MAX,
    };
    // SAFETY: the call reads one `rlimit`.
    let result = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    assert_eq!(result, 0);
}

#[test]
fn a_listener_without_descriptors_tells_once_and_goes_on_later() {
    limit_files();
    let new = || Ports::new(PortLimits::default()).expect("descriptors");
    let (mut server, mut client) = (new(), new());
    let bind: SocketAddr = ([127, 0, 0, 1], 0).into();
    let options = PortOptions::default();
    let listener = server.listen_tcp(bind, &options).expect("a free port");
    let address = server.local_addr(listener).expect("open");
    let mut ours: Vec<PortId> = Vec::new();
    let refused = loop {
        match client.connect_tcp(None, address, &options) {
            Ok(port) => ours.push(port),
            Err(error) => break error,
        }
    };
    assert!(
        matches!(refused, NetError::TooManyFiles { .. }),
        "{refused}"
    );
    let (mut accepted, mut failures) = (0, 0);
    let mut serve = |server: &mut Ports| {
        let mut count = |event: PortEvent<'_>| match event {
            PortEvent::Accepted { .. } => accepted += 1,
            PortEvent::AcceptFailed { .. } => failures += 1,
            _ => {}
        };
        let wait = Some(Duration::from_millis(1));
        server.poll(wait, &mut count).expect("can wait");
        (accepted, failures)
    };
    for _ in 0..20 {
        assert!(serve(&mut server) <= (0, 1));
    }
    let expected = ours.len() / 2;
    for &port in &ours[expected..] {
        client.close(port);
    }
    let limit = Instant::now() + PATIENCE;
    while serve(&mut server).0 < expected {
        assert!(Instant::now() < limit, "the listener does not go on");
    }
}
