//! Challenges to requests of the endpoint (RFC 3261 22, 8.1.3.5).

use std::net::SocketAddr;

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, Method, NameAddr, Transport, Uri};
use gannet_ua::digest::Credentials;
use gannet_ua::endpoint::{EndCause, EndpointConfig, Happening, Outcome, RequestSpec};
use gannet_ua::{Target, response_to};

use crate::harness::{assert_drains, bench, branch, cseq, ends, s, start, text};

fn with_credentials() -> Bench {
    let mut bench = bench();
    let credentials = Credentials::password("alice", "secret");
    bench.endpoint.auth_mut().add_credentials(None, credentials);
    bench
}

fn digest(realm: &str, nonce: &str, stale: bool) -> String {
    format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\", stale={stale}")
}

fn challenge(bench: &mut Bench, request: &Message, code: u16, fields: &[(HeaderName, String)]) {
    bench.answer(request, code, "b", |mut response| {
        for (name, value) in fields {
            response.push(*name, value.as_str());
        }
        response
    });
}

/// The last message sent; ACKs for the challenge come before it.
fn last(bench: &mut Bench) -> Message {
    bench.sent().pop().expect("something was sent")
}

const WWW: HeaderName = HeaderName::WwwAuthenticate;
const PROXY: HeaderName = HeaderName::ProxyAuthenticate;

#[test]
fn a_challenged_request_goes_out_again_with_credentials() {
    let cases = [
        (401, WWW, HeaderName::Authorization),
        (407, PROXY, HeaderName::ProxyAuthorization),
    ];
    for (code, asks, answers) in cases {
        let mut bench = with_credentials();
        let (_, first) = bench.call();
        challenge(&mut bench, &first, code, &[(asks, digest("r", "n", false))]);
        let sent = bench.sent();
        let [ack, second] = &sent[..] else {
            panic!("{sent:#?}")
        };
        assert_eq!(ack.title(), "ACK");
        assert_eq!(branch(ack), branch(&first));
        assert_ne!(branch(second), branch(&first));
        assert_eq!(cseq(second), cseq(&first) + 1);
        assert_eq!(second.from_tag(), first.from_tag());
        assert_eq!(second.call_id(), first.call_id());
        assert_eq!(second.body(), first.body());
        assert_eq!(second.to_tag(), None);
        assert!(text(second, answers).contains("nonce=\"n\""));
        assert!(matches!(
            bench.happenings()[..],
            [Happening::Challenged { .. }]
        ));
        // ACK for the 2xx carries the INVITE's credentials (RFC 3261 22.1).
        bench.answer_with_contact(second, 200, "b");
        let ack = bench.sent_one();
        assert_eq!(cseq(&ack), 2);
        assert_eq!(text(&ack, answers), text(second, answers));
    }
}

#[test]
fn a_proxy_and_a_server_may_both_ask() {
    let mut bench = with_credentials();
    let (_, first) = bench.call();
    challenge(
        &mut bench,
        &first,
        407,
        &[(PROXY, digest("p", "np", false))],
    );
    let second = last(&mut bench);
    challenge(&mut bench, &second, 401, &[(WWW, digest("s", "ns", false))]);
    let third = last(&mut bench);
    assert!(text(&third, HeaderName::ProxyAuthorization).contains("realm=\"p\""));
    assert!(text(&third, HeaderName::Authorization).contains("realm=\"s\""));
    assert_eq!(cseq(&third), 3);
    bench.answer_with_contact(&third, 200, "b");
    let ack = bench.sent_one();
    assert!(ack.header(HeaderName::ProxyAuthorization).is_some());
    assert!(ack.header(HeaderName::Authorization).is_some());
}

#[test]
fn a_stale_nonce_is_replaced_and_a_wrong_password_gives_up() {
    for (stale, again) in [(true, true), (false, false)] {
        let mut bench = with_credentials();
        let (_, first) = bench.call();
        challenge(&mut bench, &first, 401, &[(WWW, digest("r", "n1", false))]);
        let second = last(&mut bench);
        bench.happenings();
        challenge(&mut bench, &second, 401, &[(WWW, digest("r", "n2", stale))]);
        if again {
            let third = last(&mut bench);
            assert!(text(&third, HeaderName::Authorization).contains("n2"));
        } else {
            assert_eq!(bench.sent_titles(), ["ACK"]);
            let causes = ends(&mut bench);
            assert!(matches!(&causes[..], [EndCause::Failed(o)] if o.code() == 401));
            assert_drains(&mut bench);
        }
    }
}

#[test]
fn without_credentials_the_challenge_is_the_outcome() {
    let mut bench = bench();
    let (_, invite) = bench.call();
    challenge(
        &mut bench,
        &invite,
        407,
        &[(PROXY, digest("r", "n", false))],
    );
    assert_eq!(bench.sent_titles(), ["ACK"]);
    let causes = ends(&mut bench);
    assert!(matches!(&causes[..], [EndCause::Failed(o)] if o.code() == 407));
    assert_drains(&mut bench);
}

#[test]
fn requests_of_a_dialog_count_on_from_the_challenged_one() {
    let mut bench = with_credentials();
    let (call, _) = bench.answered_call();
    let info = |bench: &mut Bench| {
        bench
            .endpoint
            .request_in_call(bench.now, call, Method::Info, Vec::new(), None)
            .expect("a dialog");
        last(bench)
    };
    let first = info(&mut bench);
    assert_eq!(cseq(&first), 2);
    challenge(&mut bench, &first, 407, &[(PROXY, digest("r", "n", false))]);
    let second = last(&mut bench);
    assert_eq!(cseq(&second), 3);
    bench.answer(&second, 200, "b", |response| response);
    assert_eq!(cseq(&info(&mut bench)), 4);
    let done = bench.happenings();
    assert!(
        matches!(
            &done[..],
            [
                Happening::Challenged { .. },
                Happening::RequestDone {
                    outcome: Outcome::Response(_),
                    ..
                }
            ]
        ),
        "{done:#?}"
    );
}

#[test]
fn early_dialogs_of_a_challenged_invite_count_from_the_new_one() {
    let mut bench = with_credentials();
    let (call, first) = bench.call();
    bench.answer_with_contact(&first, 183, "gone");
    challenge(&mut bench, &first, 407, &[(PROXY, digest("r", "n", false))]);
    let second = last(&mut bench);
    assert!(bench.endpoint.dialog(call).is_none(), "its dialog is over");
    bench.answer_with_contact(&second, 183, "b");
    bench
        .endpoint
        .request_in_call(bench.now, call, Method::Info, Vec::new(), None)
        .expect("an early dialog");
    assert_eq!(cseq(&last(&mut bench)), 3);
}

#[test]
fn a_challenged_bye_still_ends_the_call() {
    let mut bench = with_credentials();
    let (call, _) = bench.answered_call();
    bench.endpoint.hang_up(bench.now, call);
    let bye = bench.sent_one();
    challenge(&mut bench, &bye, 407, &[(PROXY, digest("r", "n", false))]);
    let again = bench.sent_one();
    assert_eq!((again.title().as_str(), cseq(&again)), ("BYE", 3));
    assert_eq!(ends(&mut bench), []);
    bench.answer(&again, 200, "b", |response| response);
    assert!(matches!(ends(&mut bench)[..], [EndCause::LocalBye(_)]));
    assert_drains(&mut bench);
}

const OTHER: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 3)),
    5060,
);

/// Sends a MESSAGE there and gives it.
fn message_to(bench: &mut Bench, address: SocketAddr) -> Message {
    let uri: Uri = format!("sip:someone@{address}").parse().expect("a URI");
    let mut spec = RequestSpec::new(
        Method::Message,
        uri.clone(),
        Bench::contact(),
        NameAddr::new(uri),
    );
    spec.destination = Some(Target::new(Transport::Udp, address));
    bench.endpoint.request(bench.now, spec).expect("a request");
    last(bench)
}

fn answer_from(bench: &mut Bench, address: SocketAddr, request: &Message, challenge: Option<&str>) {
    let code = if challenge.is_some() { 401 } else { 200 };
    let mut response = response_to(request, Bench::LOCAL, code, Some("b"));
    if let Some(challenge) = challenge {
        response.push(WWW, challenge);
    }
    bench.receive_from(&response.message(), Target::new(Transport::Udp, address));
}

fn authorization(message: &Message) -> Option<String> {
    message
        .text(HeaderName::Authorization)
        .map(std::borrow::Cow::into_owned)
}

#[test]
fn credentials_go_unasked_only_to_where_the_challenge_came_from() {
    let mut bench = with_credentials();
    let first = message_to(&mut bench, Bench::PEER);
    answer_from(
        &mut bench,
        Bench::PEER,
        &first,
        Some(&digest("r", "n1", false)),
    );
    let second = last(&mut bench);
    answer_from(&mut bench, Bench::PEER, &second, None);
    assert!(text(&second, HeaderName::Authorization).contains("nc=00000001"));

    let stranger = message_to(&mut bench, OTHER);
    assert_eq!(authorization(&stranger), None);
    // Another server of the same realm has a session of its own ...
    answer_from(
        &mut bench,
        OTHER,
        &stranger,
        Some(&digest("r", "n2", false)),
    );
    let asked = last(&mut bench);
    assert!(text(&asked, HeaderName::Authorization).contains("\"n2\""));
    answer_from(&mut bench, OTHER, &asked, None);
    // ... and the first one's goes on.
    for (address, nonce) in [(Bench::PEER, "\"n1\""), (OTHER, "\"n2\"")] {
        let next = message_to(&mut bench, address);
        let value = text(&next, HeaderName::Authorization);
        assert!(
            value.contains(nonce) && value.contains("nc=00000002"),
            "{value}"
        );
        answer_from(&mut bench, address, &next, None);
    }
}

#[test]
fn a_call_that_goes_on_past_the_proxy_takes_no_credentials_along() {
    let mut bench = with_credentials();
    let (call, first) = bench.call();
    challenge(&mut bench, &first, 407, &[(PROXY, digest("r", "n", false))]);
    let second = last(&mut bench);
    // No Record-Route: what follows goes to the callee itself (RFC 3261 12.2.1.1).
    bench.answer(&second, 200, "b", |response| {
        response.header(HeaderName::Contact, format!("<sip:bob@{OTHER}>"))
    });
    bench.sent();
    bench.endpoint.hang_up(bench.now, call);
    let sent = bench.sent_with_times();
    let [(_, bye, to)] = &sent[..] else {
        panic!("{sent:#?}")
    };
    assert_eq!((bye.title().as_str(), to.address), ("BYE", OTHER));
    assert_eq!(bye.text(HeaderName::ProxyAuthorization), None);
}

#[test]
fn the_next_server_does_not_see_what_the_silent_one_asked_for() {
    let mut config = EndpointConfig::new(Bench::LOCAL, 1);
    config.outbound = Some(Target::new(Transport::Udp, Bench::PEER));
    config.before_outbound = vec![Target::new(Transport::Udp, OTHER)];
    let mut bench = Bench::with(start(), config);
    let credentials = Credentials::password("alice", "secret");
    bench.endpoint.auth_mut().add_credentials(None, credentials);
    let first = message_to(&mut bench, Bench::PEER);
    answer_from(&mut bench, OTHER, &first, Some(&digest("r", "n", false)));
    let second = last(&mut bench);
    assert!(authorization(&second).is_some());
    bench.pass(s(32));
    let sent = bench.sent_with_times();
    let (_, third, to) = sent.last().expect("a message");
    assert_eq!((to.address, authorization(third)), (Bench::PEER, None));
}
