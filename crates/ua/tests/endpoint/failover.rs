//! Servers that do not answer are passed over (RFC 3263 4.3).

use std::net::SocketAddr;

use gannet_sim::Bench;
use gannet_sip::{Message, Transport};
use gannet_ua::Target;
use gannet_ua::endpoint::{EndpointConfig, Happening};

use crate::harness::{branch, cseq, s, start};

const DEAD: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 9)),
    5060,
);

fn target(address: SocketAddr) -> Target {
    Target::new(Transport::Udp, address)
}

/// An endpoint that asks a dead server before the one that is there.
fn bench() -> Bench {
    let mut config = EndpointConfig::new(Bench::LOCAL, 1);
    config.outbound = Some(target(Bench::PEER));
    config.before_outbound = vec![target(DEAD)];
    Bench::with(start(), config)
}

/// The destinations of what was sent, repetitions included, and the last message.
fn sent(bench: &mut Bench) -> (Vec<SocketAddr>, Message) {
    let sent = bench.sent_with_times();
    let last = sent.last().expect("something").1.clone();
    let addresses = sent.into_iter().map(|(_, _, to)| to.address);
    (addresses.collect(), last)
}

#[test]
fn a_call_goes_to_the_next_server_when_the_first_is_silent() {
    let mut bench = bench();
    let mut spec = Bench::call_spec();
    spec.destination = Some(target(Bench::PEER));
    let call = bench.endpoint.invite(bench.now, spec).expect("a call");
    let (to, first) = sent(&mut bench);
    assert_eq!(to, [DEAD]);
    bench.pass(s(32));
    let (to, second) = sent(&mut bench);
    assert_eq!(to.last(), Some(&Bench::PEER));
    assert_eq!(to[..to.len() - 1], [DEAD; 6]);
    // The same request in another transaction.
    assert_eq!(first.call_id(), second.call_id());
    assert_eq!(first.from_tag(), second.from_tag());
    assert_eq!(cseq(&first), cseq(&second));
    assert_ne!(branch(&first), branch(&second));
    assert_eq!(bench.happenings(), []);
    bench.answer_with_contact(&second, 200, "b");
    let (to, ack) = sent(&mut bench);
    assert_eq!((to, ack.title().as_str()), (vec![Bench::PEER], "ACK"));
    bench.endpoint.hang_up(bench.now, call);
    assert_eq!(sent(&mut bench).0, [Bench::PEER]);
}

#[test]
fn a_server_that_cannot_be_reached_or_is_overloaded_is_passed_over_at_once() {
    for overloaded in [false, true] {
        let mut bench = bench();
        let mut spec = Bench::call_spec();
        spec.destination = Some(target(Bench::PEER));
        bench.endpoint.invite(bench.now, spec).expect("a call");
        let (_, first) = sent(&mut bench);
        if overloaded {
            bench.answer(&first, 503, "x", |response| response);
        } else {
            let now = bench.now;
            bench.endpoint.handle_transport_failure(now, target(DEAD));
        }
        let (to, _) = sent(&mut bench);
        assert_eq!(to.last(), Some(&Bench::PEER), "{overloaded}");
    }
}

#[test]
fn what_the_last_server_does_not_answer_has_failed() {
    let mut bench = bench();
    let mut spec = Bench::call_spec();
    spec.destination = Some(target(Bench::PEER));
    bench.endpoint.invite(bench.now, spec).expect("a call");
    for server in [DEAD, Bench::PEER] {
        let now = bench.now;
        bench.endpoint.handle_transport_failure(now, target(server));
    }
    let happenings = bench.happenings();
    let ended = |happening: &Happening| matches!(happening, Happening::CallEnded { .. });
    assert!(happenings.iter().any(ended), "{happenings:?}");
}

#[test]
fn nothing_is_sent_anew_for_a_call_that_nobody_wants_any_more() {
    let mut bench = bench();
    let mut spec = Bench::call_spec();
    spec.destination = Some(target(Bench::PEER));
    let call = bench.endpoint.invite(bench.now, spec).expect("a call");
    sent(&mut bench);
    bench.endpoint.hang_up(bench.now, call);
    let now = bench.now;
    bench.endpoint.handle_transport_failure(now, target(DEAD));
    assert_eq!(bench.sent(), []);
}
