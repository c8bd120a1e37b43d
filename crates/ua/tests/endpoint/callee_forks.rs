//! One INVITE that rings under several To tags (RFC 3261 12.1.2, RFC 3262 3, RFC 3311 5.2).

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{CallId, EndCause, Happening, Reply};

use crate::harness::{assert_drains, ends, reliable, s, text};

/// A call of bob that demands 100rel and rings under three tags; the calls, and the ringing responses.
fn ringing(bench: &mut Bench) -> (Vec<CallId>, Vec<Message>) {
    bench.endpoint.config_mut().allow.push(Method::Update);
    let fields = "Contact: <sip:bob@10.0.0.2>\nRequire: 100rel\nAllow: UPDATE\n";
    let invite = Bench::request("INVITE", "in", "", 1, fields);
    bench.receive_message(&invite);
    let happenings = bench.happenings();
    let [Happening::IncomingCall { call, .. }] = happenings[..] else {
        panic!("no incoming call: {happenings:#?}")
    };
    bench.endpoint.set_contact(call, &Bench::contact());
    let mut calls = vec![call];
    calls.extend((0..2).map(|_| bench.endpoint.fork_call(call).expect("room")));
    for call in &calls {
        let offer = gannet_ua::endpoint::Body::sdp("v=0\r\n");
        let (now, reply) = (bench.now, Reply::new(180).body(offer));
        bench.endpoint.ring(now, *call, reply);
    }
    (calls, bench.sent())
}

fn tag(message: &Message) -> String {
    message.to_tag().expect("a tag")
}

/// Acknowledges a reliable response; gives the code of the answer.
fn prack(bench: &mut Bench, ringing: &Message, branch: &str) -> u16 {
    let rseq = text(ringing, HeaderName::RSeq);
    let fields = format!("RAck: {rseq} 1 INVITE\nContent-Type: application/sdp\n");
    bench.receive_message(&Bench::request("PRACK", branch, &tag(ringing), 2, &fields));
    let answer = bench.sent_one();
    assert_eq!(tag(&answer), tag(ringing));
    answer.status().expect("a response")
}

#[test]
fn prack_and_update_are_answered_under_each_tag() {
    let mut bench = reliable();
    let (calls, ringing) = ringing(&mut bench);
    let mut tags: Vec<_> = ringing.iter().map(tag).collect();
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3);
    for (number, response) in ringing.iter().enumerate() {
        assert_eq!(
            text(response, HeaderName::Contact),
            Bench::contact().to_string()
        );
        assert_eq!(prack(&mut bench, response, &format!("p{number}")), 200);
        let pracked = bench.happenings();
        let [Happening::Pracked { call, .. }] = pracked[..] else {
            panic!("{pracked:#?}")
        };
        assert_eq!(call, calls[number]);
        let fields = "Contact: <sip:bob@10.0.0.2:5070>\n";
        let update = Bench::request("UPDATE", &format!("u{number}"), &tag(response), 3, fields);
        bench.receive_message(&update);
        let asked = bench.happenings();
        let [Happening::Request { request, call, .. }] = &asked[..] else {
            panic!("{asked:#?}")
        };
        assert_eq!(*call, Some(calls[number]));
        let now = bench.now;
        bench.endpoint.respond(now, *request, Reply::new(200));
        assert_eq!(tag(&bench.sent_one()), tag(response));
    }
    // A tag that nobody rings under.
    let unknown = Bench::request("PRACK", "px", "nobody", 2, "RAck: 1 1 INVITE\n");
    bench.receive_message(&unknown);
    assert_eq!(bench.sent_one().status(), Some(481));
}

#[test]
fn the_first_gives_the_answer_and_the_others_end_with_it() {
    let mut bench = reliable();
    let (calls, ringing) = ringing(&mut bench);
    for (number, response) in ringing.iter().enumerate() {
        prack(&mut bench, response, &format!("p{number}"));
    }
    let (now, first) = (bench.now, calls[0]);
    // Forks neither answer nor refuse.
    for fork in &calls[1..] {
        bench
            .endpoint
            .accept(now, *fork, Bench::contact(), Reply::new(200));
        bench.endpoint.reject(now, *fork, Reply::new(486));
        assert_eq!(bench.endpoint.fork_call(*fork), None);
    }
    assert_eq!(bench.sent(), []);
    bench
        .endpoint
        .accept(now, first, Bench::contact(), Reply::new(200));
    let ok = bench.sent_one();
    assert_eq!(tag(&ok), tag(&ringing[0]));
    bench.receive_message(&Bench::request("ACK", "ack", &tag(&ok), 1, ""));
    let update = Bench::request("UPDATE", "late", &tag(&ringing[1]), 3, "");
    bench.receive_message(&update);
    assert_eq!(bench.sent_one().status(), Some(481));
    bench.receive_message(&Bench::request("BYE", "bye", &tag(&ok), 4, ""));
    assert_eq!(bench.sent_one().status(), Some(200));
    assert!(matches!(ends(&mut bench)[..], [EndCause::RemoteBye(_)]));
    assert_drains(&mut bench);
}

#[test]
fn a_caller_may_end_one_of_them_by_bye() {
    let mut bench = reliable();
    let (calls, ringing) = ringing(&mut bench);
    bench.receive_message(&Bench::request("BYE", "bye", &tag(&ringing[2]), 2, ""));
    // Its repeated response ends with it; the INVITE is not refused.
    assert_eq!(bench.sent_titles(), ["200 OK (BYE)"]);
    assert_eq!(prack(&mut bench, &ringing[0], "p0"), 200);
    assert_eq!(prack(&mut bench, &ringing[1], "p1"), 200);
    bench.happenings();
    bench.pass(s(10));
    assert_eq!(bench.sent(), []);
    let now = bench.now;
    bench.endpoint.reject(now, calls[0], Reply::new(486));
    let busy = bench.sent_one();
    assert_eq!((busy.status(), tag(&busy)), (Some(486), tag(&ringing[0])));
    bench.receive_message(&Bench::request("ACK", "in", &tag(&busy), 1, ""));
    assert!(matches!(ends(&mut bench)[..], [EndCause::Rejected(486)]));
    assert_drains(&mut bench);
}

#[test]
fn a_fork_that_is_never_acknowledged_ends_alone() {
    let mut bench = reliable();
    let (_, ringing) = ringing(&mut bench);
    for (number, response) in ringing[..2].iter().enumerate() {
        prack(&mut bench, response, &format!("p{number}"));
    }
    bench.happenings();
    bench.pass(s(33));
    let repeated = bench.sent();
    assert!(
        repeated
            .iter()
            .all(|message| tag(message) == tag(&ringing[2]))
    );
    assert!(repeated.iter().all(|message| message.status() == Some(180)));
    assert_eq!(bench.happenings(), []);
}
