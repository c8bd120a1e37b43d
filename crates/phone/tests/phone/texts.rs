//! MESSAGE to a phone (RFC 3428).

use gannet_sip::{HeaderName, Method};

use crate::peer::Peer;
use crate::support::{assert_valid, phone, soon};

#[tokio::test]
async fn texts_are_kept_and_what_cannot_be_shown_is_refused() {
    let bob = phone("Bob", "Squirrel350", 2).await;
    let mut peer = Peer::bind(bob.address()).await;
    let message = |cseq| peer.request(&Method::Message, cseq, None);
    let html = message(1).body("text/html", "<b>hi</b>");
    let packed = message(2)
        .header("Content-Encoding", "gzip")
        .body("text/plain", "??");
    let plain = message(3).body("text/plain;charset=UTF-8", "hi \u{1f994}");
    peer.send(&html).await;
    let refused = peer.expect("415 Unsupported Media Type (MESSAGE)").await;
    assert!(refused.lists(HeaderName::Accept, "text/plain"));
    peer.send(&packed).await;
    let refused = peer.expect("415 Unsupported Media Type (MESSAGE)").await;
    assert!(refused.lists(HeaderName::AcceptEncoding, "identity"));
    peer.send(&plain).await;
    let accepted = peer.expect("200 OK (MESSAGE)").await;
    assert!(accepted.header(HeaderName::Contact).is_none());
    let text = bob.wait_text(0, "a text", soon(), |_| true).await;
    let text = text.expect("kept");
    assert_eq!((text.number, text.text.as_str()), (0, "hi \u{1f994}"));
    assert_eq!(text.from.shown(), "Peer");
    assert_eq!(bob.state().inbox.next_number(), 1);
    bob.power_off().await.expect("off");
    assert_eq!(bob.state().inbox.next_number(), 1, "memory outlives power");
    assert_valid(&[&bob]);
}
