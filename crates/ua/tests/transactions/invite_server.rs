//! RFC 3261 17.2.1 with RFC 6026 7.1: 100 after 200 ms, timers G, H, I, L.

use gannet_sip::{Message, Transport};

use crate::harness::{Bench, CAPPED, message, request};

/// The ACK for a failure: the INVITE's branch.
fn ack(branch: &str) -> Message {
    request("ACK", branch)
}

#[test]
fn a_silent_user_makes_it_send_100_after_200_ms() {
    let mut bench = Bench::new(Transport::Udp);
    bench.start(&request("INVITE", "1"));
    bench.pass(100_000);
    assert_eq!(bench.sent(), [(200, "100 Trying (INVITE)".to_owned())]);
    assert_eq!(bench.layer.next_deadline(), None);
}

#[test]
fn a_user_that_answers_in_time_makes_100_needless() {
    for code in [180, 200, 486] {
        let mut bench = Bench::new(Transport::Tcp);
        let invite = request("INVITE", "1");
        let id = bench.start(&invite);
        bench.pass(199);
        bench.respond(id, &invite, code);
        bench.pass(10_000);
        assert_eq!(bench.sent_times(), [199], "{code}");
    }
}

#[test]
fn a_repeated_invite_brings_the_last_provisional_response_again() {
    let mut bench = Bench::new(Transport::Udp);
    let invite = request("INVITE", "1");
    let id = bench.start(&invite);
    bench.receive(&invite);
    bench.pass(1_000);
    bench.respond(id, &invite, 180);
    bench.receive(&invite);
    bench.respond(id, &invite, 183);
    bench.receive(&invite);
    let titles: Vec<_> = bench.sent().into_iter().map(|(_, title)| title).collect();
    assert_eq!(
        titles,
        [
            "100 Trying (INVITE)",
            "180 Ringing (INVITE)",
            "180 Ringing (INVITE)",
            "183 Session Progress (INVITE)",
            "183 Session Progress (INVITE)",
        ]
    );
    assert_eq!(bench.event_names(), [], "the user hears of it once");
}

#[test]
fn timer_g_repeats_a_failure_and_timer_h_gives_up() {
    let mut bench = Bench::new(Transport::Udp);
    let invite = request("INVITE", "1");
    let id = bench.start(&invite);
    bench.respond(id, &invite, 486);
    bench.pass(100_000);
    assert_eq!(bench.sent_times(), CAPPED);
    assert_eq!(bench.event_names(), [(32_000, "ack missing")]);
    assert!(bench.layer.is_empty());
}

#[test]
fn over_a_reliable_transport_timer_g_is_off_and_timer_h_stays() {
    let mut bench = Bench::new(Transport::Tcp);
    let invite = request("INVITE", "1");
    let id = bench.start(&invite);
    bench.respond(id, &invite, 486);
    bench.pass(100_000);
    assert_eq!(bench.sent_times(), [0]);
    assert_eq!(bench.event_names(), [(32_000, "ack missing")]);
}

#[test]
fn ack_stops_the_repeating_and_timer_i_absorbs_more_of_it() {
    let cases = [(Transport::Udp, 5_000), (Transport::Tcp, 0)];
    for (transport, timer_i) in cases {
        let mut bench = Bench::new(transport);
        let invite = request("INVITE", "1");
        let id = bench.start(&invite);
        bench.respond(id, &invite, 486);
        bench.pass(100);
        bench.receive(&ack("1"));
        bench.receive(&ack("1"));
        bench.receive(&invite);
        bench.pass(timer_i);
        assert!(bench.layer.is_empty(), "{transport}");
        assert_eq!(bench.sent_times(), [0], "{transport}");
        assert_eq!(
            bench.event_names(),
            [(100, "failure acknowledged")],
            "{transport}"
        );
    }
}

#[test]
fn after_a_2xx_the_invite_is_absorbed_and_ack_goes_up_until_timer_l() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut bench = Bench::new(transport);
        let invite = request("INVITE", "1");
        let id = bench.start(&invite);
        bench.respond(id, &invite, 200);
        bench.pass(31_999);
        bench.receive(&invite);
        bench.receive(&ack("1"));
        // The user repeats the 2xx (RFC 3261 13.3.1.4); nothing else gets through.
        bench.respond(id, &invite, 200);
        bench.respond(id, &invite, 180);
        bench.respond(id, &invite, 486);
        assert_eq!(bench.sent_times(), [0, 31_999], "{transport}");
        assert_eq!(bench.event_names(), [(31_999, "ack")], "{transport}");
        bench.pass(1);
        assert!(bench.layer.is_empty(), "{transport}");
        bench.respond(id, &invite, 200);
        assert_eq!(bench.sent(), [], "{transport}");
    }
}

#[test]
fn ack_of_a_2xx_has_a_branch_of_its_own_and_goes_up() {
    let mut bench = Bench::new(Transport::Udp);
    let invite = request("INVITE", "1");
    let id = bench.start(&invite);
    bench.respond(id, &invite, 200);
    bench.receive(&ack("2"));
    assert_eq!(bench.event_names(), [(0, "ack")]);
}

#[test]
fn nothing_but_the_first_final_response_is_sent() {
    let mut bench = Bench::new(Transport::Udp);
    let invite = request("INVITE", "1");
    let id = bench.start(&invite);
    bench.respond(id, &invite, 486);
    for code in [180, 200, 600] {
        bench.respond(id, &invite, code);
    }
    assert_eq!(bench.sent(), [(0, "486 Busy Here (INVITE)".to_owned())]);
}

#[test]
fn a_transport_failure_changes_no_state() {
    let mut bench = Bench::new(Transport::Udp);
    let invite = request("INVITE", "1");
    let id = bench.start(&invite);
    bench.respond(id, &invite, 486);
    let target = bench.target;
    bench.fail(target);
    bench.pass(600);
    assert_eq!(bench.sent_times(), [0, 500], "RFC 6026 8.8");
    assert_eq!(bench.event_names(), []);
}

#[test]
fn timestamp_is_copied_into_100_only() {
    let text = String::from_utf8_lossy(request("INVITE", "1").bytes()).replace("\r\n", "\n");
    let invite = message(&text.replace("Call-ID", "Timestamp: 54\nCall-ID"));
    let mut bench = Bench::new(Transport::Udp);
    let id = bench.start(&invite);
    bench.pass(300);
    let timestamp = gannet_sip::HeaderName::Timestamp;
    assert_eq!(bench.last_sent().text(timestamp).as_deref(), Some("54"));
    assert_eq!(bench.last_sent().to_tag(), None, "RFC 3261 8.2.6.2");
    bench.respond(id, &invite, 180);
    assert_eq!(bench.last_sent().text(timestamp), None);
}
