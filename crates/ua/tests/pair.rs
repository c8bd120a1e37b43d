//! Two endpoints on a virtual clock: calls, cancels, registrations, subscriptions without loss.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_sip::{Method, NameAddr, Transport, Uri};
use gannet_ua::endpoint::{
    Body, CallId, EndCause, Endpoint, EndpointConfig, Happening, Reply, RequestSpec,
};
use gannet_ua::{
    EventPackage, Grant, News, SubscriptionChange, SubscriptionSpec, SubscriptionState, Target,
    Transmit,
};

struct Pair {
    now: Instant,
    ends: [Endpoint; 2],
    wire: VecDeque<(usize, Transmit)>,
    log: [Vec<Happening>; 2],
    lines: Vec<String>,
}

fn address(index: usize) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 5060 + index as u16))
}

fn party(name: &str, index: usize) -> NameAddr {
    NameAddr::new(Uri::at(Some(name), address(index)))
}

impl Pair {
    fn new() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the base of the virtual clock")]
        let now = Instant::now();
        let end = |index| Endpoint::new(EndpointConfig::new(address(index), index as u64));
        Self {
            now,
            ends: [end(0), end(1)],
            wire: VecDeque::new(),
            log: [Vec::new(), Vec::new()],
            lines: Vec::new(),
        }
    }

    fn settle(&mut self) {
        loop {
            for index in 0..2 {
                while let Some(transmit) = self.ends[index].poll_transmit() {
                    let text = String::from_utf8_lossy(&transmit.bytes).into_owned();
                    self.lines
                        .push(text.lines().next().unwrap_or_default().to_owned());
                    self.wire.push_back((1 - index, transmit));
                }
                while let Some(happening) = self.ends[index].poll_happening() {
                    self.log[index].push(happening);
                }
            }
            let Some((to, transmit)) = self.wire.pop_front() else {
                return;
            };
            let source = Target::new(Transport::Udp, address(1 - to));
            assert_eq!(transmit.target.address, address(to));
            self.ends[to].handle_message(self.now, transmit.bytes, source);
        }
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let next = self.ends.iter().filter_map(Endpoint::next_deadline).min();
            let Some(at) = next.filter(|at| *at <= end) else {
                break;
            };
            self.now = at.max(self.now);
            for end in &mut self.ends {
                end.handle_timeout(self.now);
            }
            self.settle();
        }
        self.now = end;
    }

    fn call(&mut self) -> (CallId, CallId) {
        let mut spec = RequestSpec::new(
            Method::Invite,
            Uri::at(Some("bob"), address(1)),
            party("alice", 0),
            party("bob", 1),
        );
        spec.contact = Some(party("alice", 0));
        spec.body = Some(Body::sdp("v=0\r\n"));
        let caller = self.ends[0].invite(self.now, spec).expect("an address");
        self.settle();
        let callee = self.log[1]
            .iter()
            .find_map(|happening| match happening {
                Happening::IncomingCall { call, .. } => Some(*call),
                _ => None,
            })
            .expect("an incoming call");
        (caller, callee)
    }

    /// Bob grants a minute to each SUBSCRIBE that waits and tells his state; gives how many did.
    fn grant(&mut self) -> usize {
        let bob = &mut self.ends[1];
        let mut granted = 0;
        for happening in self.log[1].drain(..) {
            if let Happening::Request {
                request, message, ..
            } = happening
                && message.method() == Some(Method::Subscribe)
            {
                let grant = Grant::new(Duration::from_mins(1), party("bob", 1));
                let notice = bob.grant(self.now, request, grant).expect("a dialog");
                let news = News::new(SubscriptionState::active());
                bob.notify(self.now, notice, news);
                granted += 1;
            }
        }
        self.settle();
        granted
    }

    /// What alice's subscriptions came to since the last time.
    fn told(&mut self) -> Vec<String> {
        let changes = self.log[0]
            .drain(..)
            .filter_map(|happening| match happening {
                Happening::Subscription { change, .. } => Some(change),
                _ => None,
            });
        changes
            .map(|change| match change {
                SubscriptionChange::Notified { state, .. } => state.to_string(),
                SubscriptionChange::Accepted { response, .. } => response.title(),
                SubscriptionChange::Failed { outcome } => format!("failed {}", outcome.code()),
                other => format!("{other:?}").chars().take(10).collect(),
            })
            .collect()
    }

    fn end_causes(&self, index: usize) -> Vec<&EndCause> {
        self.log[index]
            .iter()
            .filter_map(|happening| match happening {
                Happening::CallEnded { cause, .. } => Some(cause),
                _ => None,
            })
            .collect()
    }
}

#[test]
fn a_call_rings_is_answered_and_ended() {
    let mut pair = Pair::new();
    let (_, callee) = pair.call();
    pair.ends[1].set_contact(callee, &party("bob", 1));
    pair.ends[1].ring(pair.now, callee, Reply::new(180));
    pair.settle();
    pair.ends[1].accept(pair.now, callee, party("bob", 1), Reply::new(200));
    pair.settle();
    assert!(
        pair.log[0]
            .iter()
            .any(|h| matches!(h, Happening::Progress { .. }))
    );
    assert!(
        pair.log[0]
            .iter()
            .any(|h| matches!(h, Happening::Answered { .. }))
    );
    assert!(
        pair.log[1]
            .iter()
            .any(|h| matches!(h, Happening::Confirmed { .. }))
    );
    pair.ends[1].hang_up(pair.now, callee);
    pair.settle();
    assert!(matches!(pair.end_causes(0)[..], [EndCause::RemoteBye(_)]));
    assert!(matches!(pair.end_causes(1)[..], [EndCause::LocalBye(_)]));
    pair.pass(Duration::from_secs(100));
    assert_eq!((pair.ends[0].calls_len(), pair.ends[1].calls_len()), (0, 0));
    assert_eq!(
        pair.lines,
        [
            "INVITE sip:bob@127.0.0.1:5061 SIP/2.0",
            "SIP/2.0 180 Ringing",
            "SIP/2.0 200 OK",
            "ACK sip:bob@127.0.0.1:5061 SIP/2.0",
            "BYE sip:alice@127.0.0.1:5060 SIP/2.0",
            "SIP/2.0 200 OK",
        ]
    );
}

#[test]
fn a_cancelled_call_ends_with_487_on_both_sides() {
    let mut pair = Pair::new();
    let (caller, _) = pair.call();
    pair.ends[0].hang_up(pair.now, caller);
    pair.pass(Duration::from_secs(40));
    assert!(matches!(
        pair.end_causes(1)[..],
        [EndCause::RemoteCancel(_)]
    ));
    let [EndCause::LocalCancel(outcome)] = pair.end_causes(0)[..] else {
        panic!("no cancel")
    };
    assert_eq!(outcome.code(), 487);
}

#[test]
fn a_refused_call_ends_with_its_code() {
    let mut pair = Pair::new();
    let (_, callee) = pair.call();
    pair.ends[1].reject(pair.now, callee, Reply::new(603));
    pair.pass(Duration::from_secs(40));
    assert!(matches!(pair.end_causes(1)[..], [EndCause::Rejected(603)]));
    let [EndCause::Failed(outcome)] = pair.end_causes(0)[..] else {
        panic!("no failure")
    };
    assert_eq!(outcome.code(), 603);
}

#[test]
fn a_subscription_made_in_a_call_is_refreshed_after_it_and_ends_in_time() {
    let mut pair = Pair::new();
    pair.ends[1].config_mut().allow.push(Method::Subscribe);
    let (caller, callee) = pair.call();
    let reply = Reply::new(200).body(Body::sdp("v=0\r\n"));
    pair.ends[1].accept(pair.now, callee, party("bob", 1), reply);
    pair.settle();
    let bob = party("bob", 1);
    let mut spec = SubscriptionSpec::new(
        bob.uri.clone(),
        party("alice", 0),
        bob,
        party("alice", 0),
        EventPackage::new("dialog"),
    );
    spec.expires = Duration::from_mins(1);
    pair.ends[0]
        .subscribe_in_call(pair.now, caller, spec)
        .expect("a dialog");
    pair.settle();
    assert_eq!(pair.grant(), 1);
    let accepted = ["200 OK (SUBSCRIBE)", "active;expires=60"];
    assert_eq!(pair.told(), accepted);
    pair.ends[0].hang_up(pair.now, caller);
    pair.settle();
    pair.pass(Duration::from_secs(30));
    assert_eq!(pair.grant(), 1);
    assert_eq!(pair.told(), accepted);
    // Nobody answers the next refresh.
    pair.pass(Duration::from_mins(2));
    assert_eq!(pair.told(), ["Terminated", "failed 408"]);
    for end in &pair.ends {
        let census = end.census();
        let left = (census.subscriptions, census.notices, census.homes);
        assert_eq!(left, (0, 0, 0));
    }
}
