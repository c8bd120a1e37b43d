//! Reading one INVITE of 674 bytes, beside the other Rust parsers. What is compared: positions of
//! all header fields; the message as a value; the views that a transaction and a dialog need.

use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gannet_sip::{HeaderName, Layout, Message};

const INVITE: &str = "INVITE sip:bob@biloxi.example.com SIP/2.0\r\n\
    Via: SIP/2.0/UDP pc33.atlanta.example.com;branch=z9hG4bK776asdhds\r\n\
    Max-Forwards: 70\r\n\
    To: Bob <sip:bob@biloxi.example.com>\r\n\
    From: Alice <sip:alice@atlanta.example.com>;tag=1928301774\r\n\
    Call-ID: a84b4c76e66710@pc33.atlanta.example.com\r\n\
    CSeq: 314159 INVITE\r\n\
    Contact: <sip:alice@pc33.atlanta.example.com>\r\n\
    Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY\r\n\
    Supported: replaces, timer, 100rel\r\n\
    User-Agent: Gannet/0.1\r\n\
    Session-Expires: 1800\r\n\
    Content-Type: application/sdp\r\n\
    Content-Length: 136\r\n\
    \r\n\
    v=0\r\n\
    o=alice 2890844526 2890844526 IN IP4 192.0.2.101\r\n\
    s=-\r\n\
    c=IN IP4 192.0.2.101\r\n\
    t=0 0\r\n\
    m=audio 49172 RTP/AVP 0\r\n\
    a=rtpmap:0 PCMU/8000\r\n";
const INVITE_BYTES: usize = 674;

fn parse(criterion: &mut Criterion) {
    assert_eq!(INVITE.len(), INVITE_BYTES);
    let bytes = Bytes::from_static(INVITE.as_bytes());
    let mut group = criterion.benchmark_group("invite_674");
    group.throughput(Throughput::Bytes(INVITE_BYTES as u64));
    let mut layout = Layout::default();
    group.bench_function("gannet/layout_reused", |b| {
        b.iter(|| {
            layout.scan(black_box(INVITE.as_bytes()));
            black_box(layout.headers.len())
        });
    });
    group.bench_function("gannet/message", |b| {
        b.iter(|| Message::parse(black_box(&bytes).clone()));
    });
    let message = Message::parse(bytes.clone());
    group.bench_function("gannet/views", |b| b.iter(|| views(black_box(&message))));
    group.bench_function("gannet/message_and_views", |b| {
        b.iter(|| views(&Message::parse(black_box(&bytes).clone())));
    });
    group.bench_function("rsipstack/message", |b| {
        b.iter(|| rsipstack::sip::SipMessage::try_from(black_box(INVITE.as_bytes())).is_ok());
    });
    group.bench_function("rsip/message", |b| {
        b.iter(|| rsip::SipMessage::try_from(black_box(INVITE.as_bytes())).is_ok());
    });
    group.finish();
}

/// What is read to find the transaction and the dialog, and to route.
fn views(message: &Message) -> usize {
    let found = [
        message.request_uri().is_ok(),
        message.via().is_ok(),
        message.from().is_ok(),
        message.to().is_ok(),
        message.cseq().is_ok(),
        message.contact().is_ok(),
        message.call_id().is_some(),
        message.number(HeaderName::MaxForwards).is_ok(),
    ];
    assert!(found.iter().all(|there| *there), "a valid INVITE");
    message.body().len()
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(50);
    targets = parse
}
criterion_main!(benches);
