//! Any bytes as a SIP message: nothing panics, every byte is given back, the check's places lie in
//! the message, refusals are sendable, and a stream is cut alike however it arrives.

#![no_main]

use gannet_sip::{
    Carrier, Frame, Message, MessageBuilder, StartLine, StreamFramer, check_on, refusal,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let message = Message::parse(bytes.to_vec());
    judge(&message);
    read(&message);
    build_again(&message);
    assert_eq!(cut(bytes, bytes.len().max(1)), cut(bytes, 7));
});

fn judge(message: &Message) {
    for carrier in [Carrier::Datagram, Carrier::Stream] {
        for deviation in check_on(message, carrier) {
            if let Some(span) = deviation.span {
                assert!(span.start <= span.end && span.range().end <= message.bytes().len());
            }
            assert!(!deviation.to_string().contains(['\r', '\n', '\0']));
        }
    }
    if let Some(refusal) = refusal(message) {
        let reply = MessageBuilder::response_with_reason(refusal.code, &refusal.reason).message();
        assert!(matches!(reply.start_line(), StartLine::Status { .. }));
    }
}

fn read(message: &Message) {
    let _ = (message.start_line(), message.title(), message.method());
    let _ = (message.request_uri(), message.via(), message.vias().count());
    let _ = (
        message.from(),
        message.to(),
        message.cseq(),
        message.contact(),
    );
    let _ = (message.call_id(), message.content_type());
    assert!(message.body().len() <= message.body_all().len());
    for header in message.headers() {
        let _ = (
            header.name_text(),
            header.unfolded(),
            message.number(header.id),
        );
        let _ = message.name_addrs(header.id).count();
    }
}

fn build_again(message: &Message) {
    let built = MessageBuilder::from_message(message).build();
    let layout = message.layout();
    let head = &message.bytes()[..layout.body.start as usize];
    let crlf_only = head
        .iter()
        .enumerate()
        .all(|(at, byte)| *byte != b'\n' || at > 0 && head[at - 1] == b'\r');
    if layout.complete && layout.start_line.start == 0 && crlf_only {
        assert_eq!(&built, message.bytes());
    }
}

fn cut(bytes: &[u8], size: usize) -> Vec<Vec<u8>> {
    let mut framer = StreamFramer::default();
    let mut found = Vec::new();
    for piece in bytes.chunks(size) {
        framer.push(piece);
        while let Ok(Some(frame)) = framer.next_frame() {
            if let Frame::Message(message) = frame {
                found.push(message.to_vec());
            }
        }
    }
    found
}
