//! Requests outside calls.

use gannet_net::{Incoming, Outgoing, SipBinding, SipTransport};
use gannet_sip::{HeaderName, Message, Method, Transport, Uri};
use gannet_ua::endpoint::{Body, Reply};

use crate::agent::{Agent, PATIENCE};
use crate::setup::{start, start_with};

#[tokio::test]
async fn options_are_answered_for_the_server_and_for_users() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let table = [
        (Uri::sip(None, "gannet.test", None), 200),
        (Uri::at(None, pbx.address()), 200),
        (Uri::sip(Some("bob"), "gannet.test", None), 200),
        (Uri::sip(Some("nobody"), "gannet.test", None), 404),
        (Uri::parse("tel:+123").expect("a URI"), 416),
    ];
    for (uri, code) in table {
        let mut spec = alice.spec(Method::Options, "bob");
        spec.uri = uri.clone();
        let response = alice.ask(spec).await;
        assert_eq!(response.status(), Some(code), "{uri}");
        assert_eq!(
            response.lists(HeaderName::Allow, "INVITE"),
            code == 200,
            "{uri}"
        );
    }
    for (method, code) in [
        (Method::Publish, 489),
        (Method::Prack, 481),
        (Method::Info, 481),
        (Method::Notify, 481),
        (Method::new("FLY"), 501),
    ] {
        let spec = alice.spec(method.clone(), "bob");
        assert_eq!(alice.ask(spec).await.status(), Some(code), "{method}");
    }
    pbx.stop().await;
}

#[tokio::test]
async fn messages_reach_all_phones_and_the_first_success_counts() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let text = |alice: &Agent, user: &str| {
        let mut spec = alice.spec(Method::Message, user);
        spec.body = Some(Body {
            content_type: "text/plain".to_owned(),
            bytes: "hello".into(),
        });
        spec
    };
    let spec = text(&alice, "bob");
    assert_eq!(alice.ask(spec).await.status(), Some(480));
    let spec = text(&alice, "echo");
    assert_eq!(alice.ask(spec).await.status(), Some(404));

    let mut desk = Agent::new(&pbx, "bob");
    let mut mobile = Agent::new(&pbx, "bob");
    desk.register().await;
    mobile.register().await;
    let spec = text(&alice, "bob");
    let id = alice
        .with(|endpoint, now| endpoint.request(now, spec))
        .expect("an address");
    let (request, message) = desk.request(Method::Message).await;
    assert_eq!(message.body(), b"hello");
    assert!(message.header(HeaderName::PAssertedIdentity).is_some());
    desk.respond(request, Reply::new(486));
    let (request, _) = mobile.request(Method::Message).await;
    mobile.respond(request, Reply::new(202));
    assert_eq!(alice.outcome(id).await.status(), Some(202));
    pbx.stop().await;
}

#[tokio::test]
async fn broken_bytes_do_no_harm() {
    let pbx = start_with(|config| config.auth_required = false);
    let binding = SipBinding::new("127.0.0.1:0".parse().expect("an address"), "raw");
    let (raw, mut incoming) = SipTransport::bind(binding).expect("a free port");
    let send = |text: &str| {
        raw.send(Outgoing {
            transport: Transport::Udp,
            remote: pbx.address(),
            bytes: text.replace('\n', "\r\n").into_bytes().into(),
            connection: None,
        });
    };
    let own = raw.address();
    let invite = |lines: &str| {
        format!(
            "INVITE sip:bob@gannet.test SIP/2.0\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{}\n{lines}\n\n",
            lines.len()
        )
    };
    send("\u{0}\u{1}\u{2}");
    send("SIP/2.0 999 Nonsense\n\n");
    send("SUBSCRIBE sip:x SIP/2.0\n\n");
    send("SUBSCRIBE sip:bob@gannet.test SIP/2.0\nVia: ;;\nFrom: <\nTo: >\nCSeq: x\n\n");
    send("ACK sip:bob@gannet.test SIP/2.0\n\n");
    send(&invite(
        "From: <sip:alice@gannet.test>;tag=1\nTo: <sip:\nCall-ID: 1\nCSeq: 1 INVITE",
    ));
    send(&invite(
        "From: <sip:alice@gannet.test>;tag=1\nTo: <sip:bob@gannet.test>\nCall-ID: 2\n\
         CSeq: 1 INVITE\nContact: <sip:x>\nMax-Forwards: 9\nContent-Type: a/b\n\nbody",
    ));
    let subscribe = format!(
        "SUBSCRIBE sip:bob@gannet.test SIP/2.0\nVia: SIP/2.0/UDP {own};branch=z9hG4bKs\n\
         From: <sip:bob@gannet.test>;tag=1\nTo: <sip:bob@gannet.test>;tag=none\nCall-ID: 3\n\
         CSeq: 1 SUBSCRIBE\nContact: <sip:bob@{own}>\nEvent: message-summary\n\n"
    );
    send(&subscribe);
    let mut codes = Vec::new();
    while codes.len() < 3 {
        let next = tokio::time::timeout(PATIENCE, incoming.recv()).await;
        if let Ok(Some(Incoming::Message { bytes, .. })) = next {
            let code = Message::parse(bytes).status();
            if code != Some(100) && !codes.contains(&code) {
                codes.push(code);
            }
        } else {
            panic!("answers so far: {codes:?}");
        }
    }
    // 400 to the first INVITE, 481 to the SUBSCRIBE. The second INVITE is a call for Bob, who has
    // no phone and whose voicemail does not understand the body.
    codes.sort_unstable();
    assert_eq!(codes, [Some(400), Some(415), Some(481)]);
    let snapshot = pbx.snapshot().await.expect("running");
    assert!(snapshot.counters.dropped_messages >= 3);
    pbx.stop().await;
}
