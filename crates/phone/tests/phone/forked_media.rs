//! An INVITE that several phones answer: whose media count (RFC 3261 13.2.2.4, RFC 3960 3.1).

use gannet_phone::{CallHandle, CallOptions, CallRecord, CallState, Phone};
use gannet_sip::{Message, Uri};
use tokio::net::UdpSocket;

use crate::peer::{Peer, offer};
use crate::support::{assert_valid, config, soon};

/// One of the phones behind the proxy: its To tag and its RTP socket.
struct Fork {
    tag: &'static str,
    rtp: UdpSocket,
    ssrc: u32,
}

impl Fork {
    async fn new(tag: &'static str, ssrc: u32) -> Self {
        let rtp = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        Self { tag, rtp, ssrc }
    }

    fn port(&self) -> u16 {
        self.rtp.local_addr().expect("bound").port()
    }

    /// Answers the INVITE, with a description if `describes`, reliably if there is an RSeq.
    async fn answer(&self, peer: &Peer, invite: &Message, code: u16, describes: bool, rseq: u32) {
        let mut response = gannet_ua::response_to(invite, peer.address, code, Some(self.tag))
            .header("Contact", format!("<sip:{}@{}>", self.tag, peer.address));
        if rseq > 0 {
            response.push("Require", "100rel");
            response.push("RSeq", rseq.to_string());
        }
        if describes {
            response.set_body("application/sdp", offer(self.port(), "sendrecv"));
        }
        peer.send(&response).await;
    }

    /// Sends ten packets of G.711 to the phone.
    async fn talk(&self, phone: &Phone, call: CallHandle) {
        let media = phone.media(call).expect("media");
        let to = media.local_address().expect("open");
        for number in 0..10_u16 {
            let mut packet = vec![0x80, 8];
            packet.extend(number.to_be_bytes());
            packet.extend((u32::from(number) * 160).to_be_bytes());
            packet.extend(self.ssrc.to_be_bytes());
            packet.extend([0xd5; 160]);
            self.rtp.send_to(&packet, to).await.expect("sent");
        }
    }
}

/// A phone that calls, its INVITE, and two phones that it has reached.
async fn forked(reliability: &str) -> (Phone, Peer, CallHandle, Message, [Fork; 2]) {
    let mut config = config("Bob", "generic", 2);
    let profile = config
        .profile
        .with_override("reliability.100rel", reliability);
    config.profile = std::sync::Arc::new(profile.expect("a setting"));
    let bob = Phone::start(config).await.expect("a phone");
    let mut peer = Peer::bind(bob.address()).await;
    let uri = Uri::parse(&format!("sip:peer@{}", peer.address)).expect("a URI");
    let call = bob
        .call(&uri.into(), CallOptions::default())
        .await
        .expect("it calls");
    let invite = peer.expect("INVITE").await;
    let forks = [Fork::new("left", 1).await, Fork::new("right", 2).await];
    (bob, peer, call, invite, forks)
}

/// Waits until the phone sends its own media there.
async fn talks_to(bob: &Phone, call: CallHandle, fork: &Fork) {
    let media = bob.media(call).expect("media");
    let goes_there = async {
        while media.ask(gannet_media::RtpSession::destination) != fork.rtp.local_addr().ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout_at(soon().into(), goes_there)
        .await
        .unwrap_or_else(|_| panic!("media do not go to {}", fork.tag));
}

/// Waits until this source was heard; gives how many packets came from each.
async fn heard_from(bob: &Phone, call: CallHandle, wanted: u32) -> Vec<(u32, u64)> {
    let media = bob.media(call).expect("media");
    let counts = || {
        let report = media.report().expect("a session");
        let sources = report.received.iter();
        let counts = sources.map(|source| (source.ssrc, source.packets));
        counts.collect::<Vec<_>>()
    };
    let all_came = async {
        while !counts().contains(&(wanted, 10)) {
            tokio::task::yield_now().await;
        }
    };
    let came = tokio::time::timeout_at(soon().into(), all_came).await;
    came.unwrap_or_else(|_| panic!("{wanted} was not heard: {:?}", counts()));
    counts()
}

async fn answered(bob: &Phone, call: CallHandle) {
    let fits = |record: &CallRecord| record.state == CallState::Answered;
    bob.wait_call(call, "the answer", soon(), fits)
        .await
        .expect("answered");
}

#[tokio::test]
async fn the_fork_that_answers_is_heard_and_the_other_no_more() {
    let (bob, mut peer, call, invite, [left, right]) = forked("off").await;
    left.answer(&peer, &invite, 183, true, 0).await;
    talks_to(&bob, call, &left).await;
    // The next one that describes itself is heard instead: one at a time.
    right.answer(&peer, &invite, 183, true, 0).await;
    talks_to(&bob, call, &right).await;
    left.talk(&bob, call).await;
    right.talk(&bob, call).await;
    assert_eq!(heard_from(&bob, call, 2).await, [(2, 10)]);
    // What only repeats what it said is no change.
    left.answer(&peer, &invite, 183, true, 0).await;
    left.answer(&peer, &invite, 200, true, 0).await;
    peer.expect("ACK").await;
    answered(&bob, call).await;
    talks_to(&bob, call, &left).await;
    right.talk(&bob, call).await;
    left.talk(&bob, call).await;
    assert_eq!(heard_from(&bob, call, 1).await, [(2, 10), (1, 10)]);
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn the_answer_of_the_second_reliable_fork_has_the_call() {
    let (bob, mut peer, call, invite, [left, right]) = forked("required").await;
    left.answer(&peer, &invite, 183, true, 7).await;
    let prack = peer.expect("PRACK").await;
    peer.answer(&prack, 200, &[]).await;
    talks_to(&bob, call, &left).await;
    right.answer(&peer, &invite, 183, true, 9).await;
    let prack = peer.expect("PRACK").await;
    peer.answer(&prack, 200, &[]).await;
    // The first one that answered reliably is heard until the call is somebody's.
    right.talk(&bob, call).await;
    left.talk(&bob, call).await;
    assert_eq!(heard_from(&bob, call, 1).await, [(1, 10)]);
    // Its description was the answer: the 2xx has none (RFC 3262 5).
    right.answer(&peer, &invite, 200, false, 0).await;
    peer.expect("ACK").await;
    answered(&bob, call).await;
    talks_to(&bob, call, &right).await;
    left.talk(&bob, call).await;
    right.talk(&bob, call).await;
    assert_eq!(heard_from(&bob, call, 2).await, [(1, 10), (2, 10)]);
    assert_valid(&[&bob]);
}

#[tokio::test]
async fn an_answer_without_any_description_ends_the_call_whatever_another_fork_has_said() {
    let (bob, mut peer, call, invite, [left, right]) = forked("off").await;
    left.answer(&peer, &invite, 183, true, 0).await;
    talks_to(&bob, call, &left).await;
    right.answer(&peer, &invite, 200, false, 0).await;
    peer.expect("ACK").await;
    peer.expect("BYE").await;
}
