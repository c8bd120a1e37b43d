//! Flows of registrations: keep-alives, failures, recovery (RFC 5626 4).

use std::time::Duration;

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, NameAddr, Transport, Uri};
use gannet_ua::endpoint::{EndpointConfig, Happening, RegistrationId};
use gannet_ua::{
    Backoff, FlowFailure, KeepAliveKind, KeepAlivePolicy, OnLoss, RegistrationChange,
    RegistrationPolicy, RegistrationSpec, StunMessage, Target,
};

use crate::harness::{s, text};

const INSTANCE: &str = "\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";

pub(crate) fn bench(transport: Transport) -> Bench {
    let mut config = EndpointConfig::new(Bench::LOCAL, 1);
    config.transport = transport;
    Bench::with(crate::harness::start(), config)
}

pub(crate) fn target(transport: Transport, connection: Option<u64>) -> Target {
    Target {
        connection,
        ..Target::new(transport, Bench::PEER)
    }
}

pub(crate) fn spec(reg_id: u32, target: Target) -> RegistrationSpec {
    let mut contact = Bench::contact();
    contact.params.set("+sip.instance", INSTANCE);
    RegistrationSpec {
        registrar: Uri::sip(None, "example.test", None),
        aor: NameAddr::new(Uri::sip(Some("alice"), "example.test", None)),
        contact,
        expires: s(600),
        refresh_before: s(10),
        retry_after: Some(s(30)),
        follow_received: false,
        expires_in_contact: false,
        headers: vec![("Supported".into(), "path, outbound".into())],
        routes: Vec::new(),
        destination: Some(target),
        policy: RegistrationPolicy {
            reg_id: Some(reg_id),
            backoff: Backoff::RFC_5626,
            call_id: Some("all-flows".into()),
            keep_alive: KeepAlivePolicy {
                kind: KeepAliveKind::ByTransport,
                ..KeepAlivePolicy::default()
            },
            ..RegistrationPolicy::default()
        },
    }
}

/// Registers over a flow and grants it.
fn flow(bench: &mut Bench, reg_id: u32, target: Target) -> RegistrationId {
    let id = bench.endpoint.register(bench.now, spec(reg_id, target));
    let request = bench.sent_one();
    grant(bench, &request, &[]);
    id
}

pub(crate) fn grant(bench: &mut Bench, request: &Message, headers: &[(HeaderName, &str)]) {
    let contact = text(request, HeaderName::Contact);
    bench.answer(request, 200, "r", |mut response| {
        for (name, value) in headers {
            response.push(*name, *value);
        }
        response.header(HeaderName::Contact, format!("{contact};expires=600"))
    });
}

pub(crate) fn changes(bench: &mut Bench) -> Vec<String> {
    let changes = bench.happenings().into_iter().filter_map(|h| match h {
        Happening::Registration { change, .. } => Some(change),
        _ => None,
    });
    changes
        .map(|change| match change {
            RegistrationChange::Registered { .. } => "registered".to_owned(),
            RegistrationChange::Failed { outcome, retry } => match retry {
                Some(_) => format!("failed {}", outcome.code()),
                None => format!("gave up {}", outcome.code()),
            },
            RegistrationChange::FlowFailed { why, retry } => {
                format!("{why:?} {}", (retry - bench.now).as_secs())
            }
            RegistrationChange::FlowNeeded => "needed".to_owned(),
            RegistrationChange::KeptAlive { mapped } => format!("alive {mapped:?}"),
            other => format!("{other:?}"),
        })
        .collect()
}

/// The octets of the keep-alives that were sent.
fn octets(bench: &mut Bench) -> Vec<Vec<u8>> {
    let sent = bench.sent().into_iter();
    sent.map(|message| message.bytes().to_vec()).collect()
}

#[test]
fn flows_share_a_call_id_and_have_numbers_of_their_own() {
    let mut bench = bench(Transport::Tcp);
    let first = bench
        .endpoint
        .register(bench.now, spec(1, target(Transport::Tcp, Some(1))));
    let one = bench.sent_one();
    grant(&mut bench, &one, &[]);
    bench
        .endpoint
        .register(bench.now, spec(2, target(Transport::Tcp, Some(2))));
    let other = bench.sent_one();
    assert_eq!(one.call_id(), other.call_id());
    let reg_id = |message: &Message| {
        let contact = message.contact().expect("Contact");
        contact.params.get("reg-id").map(str::to_owned)
    };
    assert_eq!(
        (reg_id(&one), reg_id(&other)),
        (Some("1".into()), Some("2".into()))
    );
    let cseq = |message: &Message| message.cseq().expect("CSeq").number;
    assert!(cseq(&other) > cseq(&one), "numbers of one Call-ID grow");
    bench.endpoint.refresh_registration(bench.now, first);
    assert!(cseq(&bench.sent_one()) > cseq(&other));
}

#[test]
fn a_closed_flow_is_formed_anew_with_the_same_number() {
    let mut bench = bench(Transport::Tcp);
    let id = flow(&mut bench, 1, target(Transport::Tcp, Some(7)));
    // A keep-alive was answered: the flow had worked.
    bench.pass(s(94));
    let mut pings = octets(&mut bench);
    assert!(pings.is_empty(), "the first is due after 95 to 120 s");
    while pings.is_empty() {
        bench.pass(s(1));
        pings = octets(&mut bench);
    }
    assert_eq!(pings, [b"\r\n\r\n"]);
    let now = bench.now;
    bench
        .endpoint
        .handle_pong(now, target(Transport::Tcp, Some(7)));
    assert_eq!(changes(&mut bench), ["registered", "alive None"]);
    bench
        .endpoint
        .handle_closed(now, target(Transport::Tcp, Some(8)));
    assert!(changes(&mut bench).is_empty(), "another connection");
    bench
        .endpoint
        .handle_closed(now, target(Transport::Tcp, Some(7)));
    bench.pass(Duration::ZERO);
    assert_eq!(changes(&mut bench), ["Closed 0", "needed"]);
    bench.pass(s(200));
    assert_eq!(octets(&mut bench).len(), 0, "it waits for its connection");
    let now = bench.now;
    bench
        .endpoint
        .form_flow(now, id, target(Transport::Tcp, Some(9)));
    let again = bench.sent_with_times();
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].2.connection, Some(9));
    let contact = again[0].1.contact().expect("Contact");
    assert_eq!(contact.params.get("reg-id"), Some("1"));
    grant(&mut bench, &again[0].1, &[]);
    assert_eq!(changes(&mut bench), ["registered"]);
}

#[test]
fn a_flow_that_never_worked_waits_longer_each_time() {
    let mut bench = bench(Transport::Tcp);
    let id = flow(&mut bench, 1, target(Transport::Tcp, Some(1)));
    changes(&mut bench);
    // 30 to 60 s, 60 to 120 s, 120 to 240 s while no other flow works (RFC 5626 4.5).
    for (connection, (from, to)) in (1..).zip([(30, 60), (60, 120), (120, 240)]) {
        let now = bench.now;
        bench
            .endpoint
            .handle_closed(now, target(Transport::Tcp, Some(connection)));
        let failed = changes(&mut bench);
        let wait: u64 = failed[0]
            .strip_prefix("Closed ")
            .and_then(|wait| wait.parse().ok())
            .expect("closed");
        assert!((from..=to).contains(&wait), "{wait} s");
        bench.pass(s(wait + 1));
        assert_eq!(changes(&mut bench), ["needed"]);
        let now = bench.now;
        bench
            .endpoint
            .form_flow(now, id, target(Transport::Tcp, Some(connection + 1)));
        let request = bench.sent_one();
        grant(&mut bench, &request, &[]);
        assert_eq!(changes(&mut bench), ["registered"]);
    }
}

#[test]
fn the_flow_timer_sets_the_pace_and_a_missing_pong_ends_the_flow() {
    let mut bench = bench(Transport::Tcp);
    bench
        .endpoint
        .register(bench.now, spec(1, target(Transport::Tcp, Some(1))));
    let request = bench.sent_one();
    grant(&mut bench, &request, &[(HeaderName::FlowTimer, "20")]);
    bench.pass(
        s(16)
            .checked_sub(Duration::from_millis(1))
            .expect("positive"),
    );
    assert_eq!(octets(&mut bench).len(), 0);
    bench.pass(s(4));
    assert_eq!(octets(&mut bench), [b"\r\n\r\n"]);
    changes(&mut bench);
    bench.pass(s(10));
    let failed = changes(&mut bench);
    assert!(failed[0].starts_with("NoAnswer"), "{failed:?}");
}

#[test]
fn stun_over_datagrams_brings_the_mapped_address_and_tells_when_it_changes() {
    let mut bench = bench(Transport::Udp);
    flow(&mut bench, 1, target(Transport::Udp, None));
    changes(&mut bench);
    let peer = target(Transport::Udp, None);
    for (port, expected) in [(4000, "alive Some(192.0.2.1:4000)"), (4001, "Moved 0")] {
        bench.pass(s(29));
        let asked = octets(&mut bench);
        let Ok(StunMessage::Request { transaction, .. }) = StunMessage::parse(&asked[0]) else {
            panic!("{asked:?}");
        };
        let answer = StunMessage::Success {
            transaction,
            mapped: Some(([192, 0, 2, 1], port).into()),
        };
        let now = bench.now;
        bench.endpoint.handle_stun(now, &answer.build(), peer);
        assert_eq!(changes(&mut bench), [expected]);
    }
    bench.pass(Duration::ZERO);
    assert_eq!(bench.sent_titles(), ["REGISTER"], "formed anew at once");
}

#[test]
fn binding_requests_of_others_are_answered() {
    let mut bench = bench(Transport::Udp);
    let mut rng = fastrand::Rng::with_seed(1);
    let transaction = gannet_ua::StunTransaction::random(&mut rng);
    let request = StunMessage::request(transaction).build();
    let now = bench.now;
    let peer = target(Transport::Udp, None);
    bench.endpoint.handle_stun(now, &request, peer);
    let answer = octets(&mut bench);
    assert_eq!(
        StunMessage::parse(&answer[0]),
        Ok(StunMessage::Success {
            transaction,
            mapped: Some(Bench::PEER)
        })
    );
    bench.endpoint.handle_stun(now, &[0; 20], peer);
    assert_eq!(octets(&mut bench).len(), 0);
}

#[test]
fn any_response_to_options_keeps_a_plain_registration_alive() {
    let mut bench = bench(Transport::Udp);
    let mut plain = spec(1, target(Transport::Udp, None));
    plain.policy.reg_id = None;
    plain.policy.keep_alive = KeepAlivePolicy {
        kind: KeepAliveKind::Options,
        interval: Some(s(20)),
        ..KeepAlivePolicy::default()
    };
    bench.endpoint.register(bench.now, plain);
    let request = bench.sent_one();
    grant(&mut bench, &request, &[]);
    bench.pass(s(20));
    let options = bench.sent_one();
    assert_eq!(options.title(), "OPTIONS");
    bench.answer(&options, 404, "o", |response| response);
    assert_eq!(changes(&mut bench), ["registered", "alive None"]);
    bench.pass(s(20) + s(32));
    let lost = changes(&mut bench);
    assert_eq!(lost[0], "NoAnswer 0");
}

#[test]
fn unanswered_keep_alives_may_be_passed_over() {
    let mut bench = bench(Transport::Tcp);
    let mut calm = spec(1, target(Transport::Tcp, Some(1)));
    calm.policy.keep_alive.on_loss = OnLoss::Nothing;
    bench.endpoint.register(bench.now, calm);
    let request = bench.sent_one();
    grant(&mut bench, &request, &[]);
    bench.pass(s(400));
    assert_eq!(changes(&mut bench), ["registered"]);
    assert!(octets(&mut bench).len() >= 3);
}

#[test]
fn service_routes_stand_in_initial_requests_only() {
    let mut bench = bench(Transport::Udp);
    bench.endpoint.config_mut().service_route = vec!["<sip:10.0.0.2:5060;lr>".into()];
    let (call, invite) = bench.call();
    assert_eq!(text(&invite, HeaderName::Route), "<sip:10.0.0.2:5060;lr>");
    bench.answer_with_contact(&invite, 200, "b");
    let ack = bench.sent_one();
    assert_eq!(text(&ack, HeaderName::Route), "");
    bench.endpoint.hang_up(bench.now, call);
    assert_eq!(text(&bench.sent_one(), HeaderName::Route), "");
    bench
        .endpoint
        .register(bench.now, spec(1, target(Transport::Udp, None)));
    assert_eq!(text(&bench.sent_one(), HeaderName::Route), "");
}

#[test]
fn a_peer_that_asks_for_its_flow_gets_requests_over_it() {
    let mut bench = bench(Transport::Tcp);
    let source = target(Transport::Tcp, Some(5));
    let mut invite = Bench::request("INVITE", "i", "", 1, "");
    let contact = "<sip:bob@192.0.2.9:5099;transport=tcp;ob>";
    let mut builder = gannet_sip::MessageBuilder::from_message(&invite);
    builder.set(HeaderName::Contact, contact);
    invite = builder.message();
    bench.receive_from(&invite, source);
    let happening = bench.happenings().pop();
    let Some(Happening::IncomingCall { call, .. }) = happening else {
        panic!("{happening:?}");
    };
    let now = bench.now;
    let reply = gannet_ua::endpoint::Reply::new(200);
    bench.endpoint.accept(now, call, Bench::contact(), reply);
    bench.sent();
    let tag = bench.endpoint.local_tag(call).expect("a call").to_owned();
    bench.receive_from(&Bench::request("ACK", "a", &tag, 1, ""), source);
    bench.endpoint.hang_up(now, call);
    let sent = bench.sent_with_times();
    let (_, bye, to) = sent.last().expect("a BYE");
    assert_eq!((bye.title(), *to), ("BYE".to_owned(), source));
    assert_eq!(FlowFailure::Closed.to_string(), "its connection was closed");
}
