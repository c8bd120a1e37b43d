//! RFC 3261 17.1.2: timers E, F, K.

use gannet_sip::Transport;

use crate::harness::{Bench, CAPPED, quick, request};

#[test]
fn timer_e_doubles_up_to_t2_and_timer_f_ends_it() {
    let mut bench = Bench::new(Transport::Udp);
    bench.send(&request("BYE", "1"));
    bench.pass(100_000);
    assert_eq!(bench.sent_times(), CAPPED);
    assert_eq!(bench.event_names(), [(32_000, "timed out")]);
    assert!(bench.layer.is_empty());
}

#[test]
fn timers_e_and_f_follow_t1_and_t2() {
    let mut bench = Bench::with(Transport::Udp, quick());
    bench.send(&request("BYE", "1"));
    bench.pass(2_000);
    assert_eq!(bench.sent_times(), [0, 100, 300, 700, 1_100, 1_500, 1_900]);
    bench.pass(100_000);
    assert_eq!(bench.event_names(), [(6_400, "timed out")]);
}

#[test]
fn over_a_reliable_transport_there_is_no_timer_e() {
    let mut bench = Bench::new(Transport::Tls);
    bench.send(&request("BYE", "1"));
    bench.pass(100_000);
    assert_eq!(bench.sent_times(), [0]);
    assert_eq!(bench.event_names(), [(32_000, "timed out")]);
}

#[test]
fn after_a_provisional_response_timer_e_is_t2_and_timer_f_stays() {
    let mut bench = Bench::new(Transport::Udp);
    let bye = request("BYE", "1");
    bench.send(&bye);
    bench.pass(700);
    bench.response(&bye, 100, "");
    // More of them change nothing: timer E runs on.
    bench.pass(700);
    bench.response(&bye, 100, "");
    bench.pass(100_000);
    assert_eq!(
        bench.sent_times(),
        [
            0, 500, 1_500, 5_500, 9_500, 13_500, 17_500, 21_500, 25_500, 29_500
        ]
    );
    assert_eq!(
        bench.event_names(),
        [
            (700, "response"),
            (1_400, "response"),
            (32_000, "timed out")
        ]
    );
}

#[test]
fn repeated_finals_are_absorbed_until_timer_k() {
    let cases = [(Transport::Udp, 5_000), (Transport::Tcp, 0)];
    for (transport, timer_k) in cases {
        let mut bench = Bench::new(transport);
        let bye = request("BYE", "1");
        bench.send(&bye);
        bench.response(&bye, 200, "b");
        assert_eq!(bench.event_names(), [(0, "response")], "{transport}");
        if timer_k > 0 {
            bench.pass(timer_k - 1);
            bench.response(&bye, 200, "b");
            bench.response(&bye, 180, "b");
            assert_eq!(bench.event_names(), [], "{transport}");
            bench.pass(1);
        } else {
            bench.pass(0);
        }
        assert!(bench.layer.is_empty(), "{transport}");
        bench.response(&bye, 200, "b");
        assert_eq!(
            bench.event_names(),
            [(timer_k, "stray response")],
            "{transport}"
        );
        assert_eq!(bench.sent_times(), [0], "{transport}");
    }
}

#[test]
fn a_transport_failure_ends_it_at_once() {
    let mut bench = Bench::new(Transport::Udp);
    bench.send(&request("OPTIONS", "1"));
    let target = bench.target;
    bench.fail(target);
    assert_eq!(bench.event_names(), [(0, "transport failed")]);
    assert!(bench.layer.is_empty());
}
