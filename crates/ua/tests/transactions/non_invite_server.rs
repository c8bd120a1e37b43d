//! RFC 3261 17.2.2: timer J.

use gannet_sip::Transport;

use crate::harness::{Bench, request};

#[test]
fn while_trying_a_repeated_request_is_absorbed() {
    let mut bench = Bench::new(Transport::Udp);
    let bye = request("BYE", "1");
    bench.start(&bye);
    bench.receive(&bye);
    bench.pass(10_000);
    assert_eq!(bench.sent(), []);
    assert_eq!(bench.event_names(), []);
}

#[test]
fn while_proceeding_it_brings_the_last_provisional_response_again() {
    let mut bench = Bench::new(Transport::Udp);
    let bye = request("BYE", "1");
    let id = bench.start(&bye);
    bench.respond(id, &bye, 100);
    bench.respond(id, &bye, 182);
    bench.receive(&bye);
    let titles: Vec<_> = bench.sent().into_iter().map(|(_, title)| title).collect();
    assert_eq!(
        titles,
        ["100 Trying (BYE)", "182 Queued (BYE)", "182 Queued (BYE)"]
    );
}

#[test]
fn a_repeated_request_brings_the_final_response_again_until_timer_j() {
    let mut bench = Bench::new(Transport::Udp);
    let bye = request("BYE", "1");
    let id = bench.start(&bye);
    bench.respond(id, &bye, 200);
    bench.pass(31_999);
    bench.receive(&bye);
    // Any other final response is discarded (RFC 3261 17.2.2).
    bench.respond(id, &bye, 500);
    assert_eq!(bench.sent_times(), [0, 31_999]);
    bench.pass(1);
    assert!(bench.layer.is_empty());
    bench.receive(&bye);
    assert_eq!(bench.event_names(), [(32_000, "request")]);
}

#[test]
fn over_a_reliable_transport_timer_j_is_zero() {
    let mut bench = Bench::new(Transport::Tcp);
    let bye = request("BYE", "1");
    let id = bench.start(&bye);
    bench.respond(id, &bye, 200);
    bench.pass(0);
    assert!(bench.layer.is_empty());
}

#[test]
fn a_request_that_nobody_answers_ends_when_its_client_has_given_up() {
    for provisional in [false, true] {
        let mut bench = Bench::new(Transport::Udp);
        let info = request("INFO", "1");
        let id = bench.start(&info);
        if provisional {
            bench.respond(id, &info, 100);
        }
        bench.pass(100_000);
        assert_eq!(bench.event_names(), [(32_000, "unanswered")]);
        assert!(bench.layer.is_empty());
        bench.sent();
        bench.respond(id, &info, 200);
        assert_eq!(bench.sent(), [], "too late (RFC 4320 4.2)");
    }
}
