use gannet_events::{WireKind, WireRecord};

use super::*;
use crate::palette::Palette;
use crate::sample::{Wire, busy_call, request, response};

fn drawn(records: &[WireRecord], options: &LadderOptions<'_>, width: Option<usize>) -> String {
    Ladder::new(records, options).render(width, Palette::PLAIN)
}

#[test]
fn call_through_the_pbx() {
    insta::assert_snapshot!(drawn(&busy_call(), &LadderOptions::default(), None));
}

#[test]
fn call_in_colour_with_the_nearest_message() {
    let nearest = response("486 Busy Here", "INVITE", "b2@pbx", false);
    let options = LadderOptions {
        nearest: Some(nearest.as_bytes()),
        ..LadderOptions::default()
    };
    let text = Ladder::new(&busy_call(), &options).render(None, Palette::COLOUR);
    insta::assert_snapshot!(text.replace('\u{1b}', "ESC"));
}

#[test]
fn narrow_call() {
    insta::assert_snapshot!(drawn(&busy_call(), &LadderOptions::default(), Some(48)));
}

#[test]
fn too_narrow_for_lanes_is_a_list() {
    insta::assert_snapshot!(drawn(&busy_call(), &LadderOptions::default(), Some(30)));
}

#[test]
fn no_line_is_wider_than_asked_for() {
    let nearest = response("486 Busy Here", "INVITE", "b2@pbx", false);
    let options = LadderOptions {
        nearest: Some(nearest.as_bytes()),
        ..LadderOptions::default()
    };
    for columns in 52..90 {
        let text = drawn(&busy_call(), &options, Some(columns));
        assert!(text.contains('│'), "{columns}: {text}");
        for line in text.lines() {
            assert!(crate::text::width(line) <= columns, "{columns}: {line}");
        }
    }
}

#[test]
fn only_the_call_without_its_other_leg() {
    let options = LadderOptions {
        call_id: Some("a1@alice"),
        related_calls: false,
        ..LadderOptions::default()
    };
    let text = drawn(&busy_call(), &options, None);
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(!text.contains("Bob"), "{text}");
}

#[test]
fn only_the_call_with_its_other_leg() {
    let wire = Wire::default()
        .sip(0, "Bob", "pbx", request("REGISTER", "r@bob", false))
        .records();
    let records: Vec<WireRecord> = busy_call().iter().chain(wire.iter()).cloned().collect();
    let options = LadderOptions {
        call_id: Some("a1@alice"),
        ..LadderOptions::default()
    };
    let text = drawn(&records, &options, None);
    assert_eq!(text.lines().count(), 9, "{text}");
    assert!(!text.contains("REGISTER"), "{text}");
}

#[test]
fn unknown_call_draws_nothing() {
    let options = LadderOptions {
        call_id: Some("nobody"),
        ..LadderOptions::default()
    };
    let ladder = Ladder::new(&busy_call(), &options);
    assert!(ladder.is_empty());
    assert_eq!(ladder.to_string(), "");
}

#[test]
fn streams_foreign_peers_and_nonsense() {
    let wire = Wire::default()
        .sip(0, "Zoë", "192.0.2.1:5060", request("INVITE", "z", true))
        .sip(
            4,
            "192.0.2.1:5060",
            "Zoë",
            response("183 Session Progress", "INVITE", "z", true),
        )
        .rtp(20, "Zoë", "192.0.2.1:30000", 50)
        .rtp(25, "192.0.2.1:30000", "Zoë", 48)
        .packet(30, "192.0.2.1:30000", "Zoë", WireKind::Rtp, &b"short"[..])
        .sip(
            700,
            "192.0.2.1:5060",
            "Zoë",
            &b"\x00\x1b[2Jnonsense\xff"[..],
        )
        .sip(900, "Zoë", "Zoë", request("OPTIONS", "self", false))
        .records();
    insta::assert_snapshot!(drawn(&wire, &LadderOptions::default(), None));
}

#[test]
fn streams_of_another_call_are_left_out() {
    let wire = Wire::default()
        .sip(0, "Alice", "pbx", request("INVITE", "a", true))
        .rtp(20, "Alice", "127.0.0.1:9000", 5)
        .rtp(20, "Bob", "127.0.0.1:9002", 5)
        .records();
    let options = LadderOptions {
        call_id: Some("a"),
        ..LadderOptions::default()
    };
    let text = drawn(&wire, &options, None);
    assert_eq!(text.matches("RTP").count(), 1, "{text}");
}

#[test]
fn lost_packets_of_a_stream_are_counted() {
    let wire = Wire::default().rtp(0, "Alice", "Bob", 9).records();
    let mut records = wire.to_vec();
    for record in records.iter_mut().filter(|r| &*r.owner == "Bob").take(4) {
        record.dropped = true;
    }
    let text = drawn(&records, &LadderOptions::default(), None);
    assert!(
        text.contains("RTP PCMU, 9 packets, 0.16 s, 5 arrived"),
        "{text}"
    );
}

#[test]
fn what_a_phone_ignores_on_purpose_is_marked() {
    let invite = request("INVITE", "a", false);
    let wire = Wire::default()
        .sip(0, "Alice", "Bob", invite.clone())
        .sip(500, "Alice", "Bob", invite)
        .records();
    let mut records = wire.to_vec();
    let at_bob = records.iter_mut().find(|record| &*record.owner == "Bob");
    at_bob.expect("received").ignored = true;
    let text = drawn(&records, &LadderOptions::default(), None);
    let marked: Vec<_> = text.lines().map(|line| line.contains("ignored")).collect();
    assert_eq!(marked, [false, true, false], "{text}");
    assert!(text.contains("INVITE, ignored"), "{text}");
    assert!(text.contains("INVITE, again"), "{text}");
}

#[test]
fn long_captures_are_cut_in_the_middle() {
    let mut wire = Wire::default();
    for index in 0..50 {
        wire = wire.sip(
            index,
            "Alice",
            "pbx",
            request("OPTIONS", &format!("{index}"), false),
        );
    }
    let options = LadderOptions {
        rows_max: 4,
        ..LadderOptions::default()
    };
    insta::assert_snapshot!(drawn(&wire.records(), &options, None));
}

#[test]
fn many_actors_get_lanes_while_they_fit() {
    let mut wire = Wire::default();
    for index in 0..8 {
        let peer = format!("192.0.2.{index}:5060");
        wire = wire.sip(index, "Alice", &peer, request("OPTIONS", "x", false));
    }
    let records = wire.records();
    let wide = drawn(&records, &LadderOptions::default(), None);
    assert_eq!(wide.lines().next().unwrap().matches("192.0.2").count(), 8);
    let narrow = drawn(&records, &LadderOptions::default(), Some(100));
    assert!(
        narrow.contains("Alice -> 192.0.2.7:5060: OPTIONS"),
        "{narrow}"
    );
}

#[test]
fn a_socket_bound_to_all_addresses_is_its_owners() {
    let wire = Wire::default()
        .sip(0, "Alice", "pbx", request("OPTIONS", "x", false))
        .records();
    let mut records = wire.to_vec();
    records[0].local.set_ip("0.0.0.0".parse().unwrap());
    let text = drawn(&records, &LadderOptions::default(), None);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("Alice"), "{text}");
}
