//! Where messages go and what happens when they cannot (RFC 3261 8.1.2, 8.1.3.1, 18).

use std::net::SocketAddr;

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, Method, Transport, Uri};
use gannet_ua::Target;
use gannet_ua::endpoint::{EndCause, EndpointConfig, Happening, Outcome, Reply, RequestSpec};

use crate::harness::{assert_drains, bench, ends, start};

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

#[test]
fn the_next_hop_decides_unless_it_is_told_otherwise() {
    type Change = fn(&mut EndpointConfig, &mut RequestSpec);
    let proxy = "10.0.0.9:5080";
    let cases: [(&str, Change, &str); 7] = [
        ("sip:b@10.0.0.2", |_, _| {}, "10.0.0.2:5060"),
        ("sip:b@10.0.0.2;maddr=10.0.0.3", |_, _| {}, "10.0.0.3:5060"),
        (
            "sip:b@Example.Test",
            |config, _| {
                config
                    .hosts
                    .insert("example.test".to_owned(), address("10.0.0.4:5099"));
            },
            "10.0.0.4:5099",
        ),
        (
            "sip:b@example.test",
            |config, _| {
                config.outbound = Some(Target::new(Transport::Udp, address("10.0.0.9:5080")));
            },
            proxy,
        ),
        (
            "sip:b@10.0.0.2",
            |config, _| {
                config.outbound = Some(Target::new(Transport::Udp, address("10.0.0.9:5080")));
                config.outbound_always = true;
            },
            proxy,
        ),
        (
            "sip:b@10.0.0.2",
            |_, spec| spec.routes.push("<sip:10.0.0.5:5070;lr>".to_owned()),
            "10.0.0.5:5070",
        ),
        (
            "sip:b@10.0.0.2",
            |_, spec| {
                spec.destination = Some(Target::new(Transport::Udp, address("10.0.0.6:1")));
            },
            "10.0.0.6:1",
        ),
    ];
    for (uri, change, expected) in cases {
        let mut config = EndpointConfig::new(Bench::LOCAL, 1);
        let mut spec = Bench::call_spec();
        spec.uri = Uri::parse(uri).expect("a URI");
        change(&mut config, &mut spec);
        let mut bench = Bench::with(start(), config);
        bench.endpoint.invite(bench.now, spec).expect("an address");
        let sent = bench.sent_with_times();
        assert_eq!(sent[0].2.address, address(expected), "{uri}");
    }
}

#[test]
fn a_peer_whose_contact_is_a_name_is_answered_where_it_came_from() {
    let source = Target {
        transport: Transport::Tcp,
        address: address("10.0.0.2:40000"),
        connection: Some(3),
    };
    let mut bench = bench();
    let text = String::from_utf8_lossy(Bench::invite_of_bob("in", 1).bytes())
        .replace("<sip:bob@10.0.0.2>\r\n", "<sip:bob@unknown.test>\r\n")
        .replace("SIP/2.0/UDP", "SIP/2.0/TCP");
    bench.receive_from(&Message::parse(text.into_bytes()), source);
    let [Happening::IncomingCall { call, .. }] = bench.happenings()[..] else {
        panic!("no call")
    };
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), Reply::new(200));
    let tag = bench.sent_one().to_tag().expect("a tag");
    bench.receive_from(&Bench::request("ACK", "a", &tag, 1, ""), source);
    bench.endpoint.hang_up(bench.now, call);
    let sent = bench.sent_with_times();
    assert_eq!((sent[0].1.title().as_str(), sent[0].2), ("BYE", source));
}

#[test]
fn a_connection_to_the_contact_that_is_there_already_serves_again() {
    let source = Target {
        transport: Transport::Tcp,
        address: address("10.0.0.2:5060"),
        connection: Some(3),
    };
    let mut bench = bench();
    let text = String::from_utf8_lossy(Bench::invite_of_bob("in", 1).bytes())
        .replace(
            "<sip:bob@10.0.0.2>\r\n",
            "<sip:bob@10.0.0.2;transport=tcp>\r\n",
        )
        .replace("SIP/2.0/UDP", "SIP/2.0/TCP");
    bench.receive_from(&Message::parse(text.into_bytes()), source);
    let [Happening::IncomingCall { call, .. }] = bench.happenings()[..] else {
        panic!("no call")
    };
    bench.endpoint.ring(bench.now, call, Reply::new(180));
    bench.sent();
    bench
        .endpoint
        .request_in_call(bench.now, call, Method::Info, Vec::new(), None)
        .expect("an early dialog");
    assert_eq!(bench.sent_with_times()[0].2, source);
}

#[test]
fn what_cannot_be_sent_fails_as_503() {
    let mut bench = bench();
    bench.call();
    let target = Target::new(Transport::Udp, Bench::PEER);
    bench.endpoint.handle_transport_failure(bench.now, target);
    assert_eq!(
        ends(&mut bench),
        [EndCause::Failed(Outcome::TransportFailed)]
    );
    assert_eq!(Outcome::TransportFailed.code(), 503);
    let (call, _) = bench.answered_call();
    bench.endpoint.hang_up(bench.now, call);
    bench.endpoint.handle_transport_failure(bench.now, target);
    assert_eq!(
        ends(&mut bench),
        [EndCause::LocalBye(Outcome::TransportFailed)]
    );
    assert_drains(&mut bench);
}

#[test]
fn via_names_the_transport_and_asks_for_rport_where_it_is_wanted() {
    for (rport, transport) in [(true, Transport::Udp), (false, Transport::Tcp)] {
        let mut config = EndpointConfig::new(Bench::LOCAL, 1);
        config.rport = rport;
        config.transport = transport;
        let mut bench = Bench::with(start(), config);
        let (_, invite) = bench.call();
        let via = invite.via().expect("a Via");
        assert_eq!(via.transport(), Some(transport));
        assert_eq!(via.params.has("rport"), rport);
        assert_eq!(via.sent_by(), "10.0.0.1:5060");
        assert_eq!(invite.text(HeaderName::MaxForwards).as_deref(), Some("70"));
    }
}
