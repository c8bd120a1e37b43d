//! Ports that are looked at when their owner wants it.

use gannet_net::load::{PortEvent, PortOptions};

use crate::end::{End, LOOPBACK, until};

#[test]
fn a_port_that_is_not_watched_brings_what_it_has_when_it_is_looked_at() {
    let sparse = PortOptions {
        sparse: true,
        ..PortOptions::default()
    };
    let (mut one, mut other) = (End::new(), End::new());
    let (from, _) = one.udp(LOOPBACK, PortOptions::default());
    let (quiet, to) = other.udp(LOOPBACK, sparse);
    let (loud, beside) = other.udp(LOOPBACK, sparse);
    // Being watched begins with a look.
    other.poll();
    other.ports.set_watched(quiet, false);
    one.ports.send(from, Some(to), &[b"unseen"]);
    one.ports.flush();
    // On loopback the first is there before the second one is sent.
    one.ports.send(from, Some(beside), &[b"seen"]);
    let seen = |_: &End, other: &End| !other.datagrams.is_empty();
    until("the port beside", [&mut one, &mut other], seen);
    assert!(other.payloads().eq([b"seen"]));

    other.ports.look(quiet);
    let both = |_: &End, other: &End| other.datagrams.len() == 2;
    until("what was looked for", [&mut one, &mut other], both);

    one.ports.send(from, Some(to), &[b"again"]);
    one.ports.flush();
    other.ports.set_watched(quiet, true);
    let three = |_: &End, other: &End| other.datagrams.len() == 3;
    until("what is told again", [&mut one, &mut other], three);
    assert!(other.ports.local_addr(loud).is_some());
}

#[test]
fn a_port_that_is_drained_leaves_nothing_behind() {
    let (mut one, mut other) = (End::new(), End::new());
    let (from, _) = one.udp(LOOPBACK, PortOptions::default());
    let (port, to) = other.udp(LOOPBACK, PortOptions::default());
    for number in 0..100_u8 {
        one.ports.send(from, Some(to), &[&[number]]);
    }
    one.ports.flush();
    let mut drained = Vec::new();
    other.ports.drain(port, &mut |_, event| {
        if let PortEvent::Datagram { bytes, .. } = event {
            drained.extend_from_slice(bytes);
        }
    });
    let expected: Vec<u8> = (0..100).collect();
    assert_eq!(drained, expected);
    other.ports.close(port);
    other
        .ports
        .drain(port, &mut |_, _| panic!("the port is closed"));
}
