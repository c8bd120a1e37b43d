//! Parking, pickup, hunt groups, queues.

use std::time::Duration;

use gannet_pbx::{Action, CallState, Number, Pbx, PbxConfig, Service};
use gannet_sip::Method;
use gannet_ua::endpoint::{CallId, EndCause, Reply};

use crate::agent::Agent;
use crate::setup::{LIMIT, start, start_with};
use crate::transfer::{refer, reinvited, sdp, speaker, talk, told};

pub(crate) async fn registered<const N: usize>(pbx: &Pbx, names: [&str; N]) -> [Agent; N] {
    let mut agents = names.map(|name| Agent::new(pbx, name));
    for agent in &mut agents {
        agent.register().await;
    }
    agents
}

fn is_serving(pbx: &gannet_pbx::PbxSnapshot, service: Service) -> bool {
    pbx.calls
        .iter()
        .any(|c| c.state == CallState::Service(service))
}

/// Parks whoever `parker` talks to.
async fn park(parker: &mut Agent, call: CallId, parked: &mut Agent, slot: &str) {
    let to = parker.uri(slot).to_string();
    let id = refer(parker, call, &to);
    assert_eq!(parker.outcome(id).await.status(), Some(202));
    assert_eq!(told(parker).await, "100");
    reinvited(parked).await;
    assert_eq!(told(parker).await, "200");
    assert!(matches!(parker.ended(call).await, EndCause::RemoteBye(_)));
}

#[tokio::test]
async fn a_parked_call_is_taken_back_by_anybody() {
    let pbx = start();
    let [mut alice, mut bob, mut carol] = registered(&pbx, ["alice", "bob", "carol"]).await;
    for (slot, retrieve) in [("park+500", "park+500"), ("*712008", "*722008")] {
        let (call, leg) = talk(&mut alice, &mut bob).await;
        park(&mut bob, leg, &mut alice, slot).await;
        let snapshot = pbx.snapshot().await.expect("running");
        assert!(is_serving(&snapshot, Service::Park));
        let new = carol.call(retrieve, &sdp("carol"));
        assert_eq!(reinvited(&mut alice).await, "carol");
        assert_eq!(speaker(&carol.answered().await), "alice");
        carol.hang_up(new);
        assert!(matches!(alice.ended(call).await, EndCause::RemoteBye(_)));
        carol.ended(new).await;
    }
    // Nobody is there any more: one number says so, the other parks the caller.
    let new = carol.call("*722008", &sdp("carol"));
    assert_eq!(carol.failed(new).await.status(), Some(404));
    let new = carol.call("park+500", &sdp("carol"));
    carol.answered().await;
    let back = alice.call("park+500", "");
    let (request, message) = carol.request(Method::Invite).await;
    assert!(message.body().is_empty());
    let offer = gannet_ua::endpoint::Body::sdp(sdp("carol"));
    carol.respond(request, Reply::new(200).body(offer));
    assert_eq!(speaker(&alice.answered().await), "carol");
    let answer = gannet_ua::endpoint::Body::sdp(sdp("alice"));
    alice.with(|endpoint, now| endpoint.acknowledge(now, back, Some(answer)));
    assert_eq!(speaker(&carol.confirmed().await), "alice");
    alice.hang_up(back);
    carol.ended(new).await;
    pbx.stop().await;
}

#[tokio::test]
async fn a_parked_call_returns_to_who_has_parked_it() {
    let pbx = start_with(|config| config.park_return = Duration::from_millis(200));
    let [mut alice, mut bob] = registered(&pbx, ["alice", "bob"]).await;
    let (call, leg) = talk(&mut alice, &mut bob).await;
    park(&mut bob, leg, &mut alice, "park+1").await;
    // The first time he does not want it, the second time he does.
    let (leg, _) = bob.incoming().await;
    bob.reject(leg, Reply::new(486));
    let (leg, invite) = bob.incoming().await;
    assert_eq!(invite.from().expect("From").uri, alice.uri("alice"));
    bob.accept(leg, &sdp("bob"));
    assert_eq!(reinvited(&mut alice).await, "bob");
    alice.hang_up(call);
    bob.ended(leg).await;
    pbx.stop().await;
}

#[tokio::test]
async fn a_slot_holds_one_call_and_the_next_returns_at_once() {
    let pbx = start();
    let [mut alice, mut bob, mut carol] = registered(&pbx, ["alice", "bob", "carol"]).await;
    let (parked, leg) = talk(&mut alice, &mut carol).await;
    park(&mut carol, leg, &mut alice, "park+500").await;
    let (call, leg) = talk(&mut bob, &mut carol).await;
    park(&mut carol, leg, &mut bob, "park+500").await;
    let (leg, invite) = carol.incoming().await;
    assert_eq!(invite.from().expect("From").uri, bob.uri("bob"));
    carol.accept(leg, &sdp("carol"));
    assert_eq!(reinvited(&mut bob).await, "carol");
    carol.hang_up(leg);
    assert!(matches!(bob.ended(call).await, EndCause::RemoteBye(_)));
    // Hers is parked still.
    let snapshot = pbx.snapshot().await.expect("running");
    assert!(is_serving(&snapshot, Service::Park));
    alice.hang_up(parked);
    pbx.wait_until(LIMIT, |s| s.calls.is_empty())
        .await
        .expect("over");
    pbx.stop().await;
}

#[tokio::test]
async fn a_call_that_rings_is_picked_up() {
    for (code, ok) in [
        ("*8bob", true),
        ("*81002", true),
        ("*8", true),
        ("*8dave", false),
    ] {
        let pbx = start_with(|config| config.no_answer = LIMIT);
        let [mut alice, mut bob, mut carol] = registered(&pbx, ["alice", "bob", "carol"]).await;
        let call = alice.call("bob", &sdp("alice"));
        let (leg, _) = bob.incoming().await;
        bob.ring(leg, Reply::new(180));
        alice.progress().await;
        let new = carol.call(code, &sdp("carol"));
        if !ok {
            assert_eq!(carol.failed(new).await.status(), Some(404), "{code}");
            pbx.stop().await;
            continue;
        }
        assert!(matches!(bob.ended(leg).await, EndCause::RemoteCancel(_)));
        alice.answered().await;
        assert_eq!(reinvited(&mut alice).await, "carol", "{code}");
        assert_eq!(speaker(&carol.answered().await), "alice");
        alice.hang_up(call);
        carol.ended(new).await;
        pbx.stop().await;
    }
}

#[tokio::test]
async fn groups_divide_who_picks_up_without_a_name() {
    let pbx = start_with(|config: &mut PbxConfig| {
        config.no_answer = LIMIT;
        for user in &mut config.users {
            if user.name == "bob" {
                user.group = Some("sales".into());
            }
        }
    });
    let [alice, mut bob, mut carol] = registered(&pbx, ["alice", "bob", "carol"]).await;
    alice.call("bob", &sdp("alice"));
    bob.incoming().await;
    let new = carol.call("*8", &sdp("carol"));
    assert_eq!(carol.failed(new).await.status(), Some(404));
    pbx.stop().await;
}

#[tokio::test]
async fn the_calls_of_others_are_nothing_for_strangers() {
    let pbx = start_with(|config| config.allow_foreign = true);
    let [alice, mut bob] = registered(&pbx, ["alice", "bob"]).await;
    alice.call("bob", &sdp("alice"));
    bob.incoming().await;
    let mut eve = Agent::new(&pbx, "eve");
    for number in ["*8bob", "*8", "park+1", "*721", "*80alice"] {
        let mut spec = eve.spec(Method::Invite, number);
        spec.from =
            gannet_sip::NameAddr::new(gannet_sip::Uri::sip(Some("eve"), "elsewhere.test", None));
        spec.contact = Some(eve.contact());
        spec.body = Some(gannet_ua::endpoint::Body::sdp(sdp("eve")));
        let call = eve
            .with(|endpoint, now| endpoint.invite(now, spec))
            .expect("an address");
        assert_eq!(eve.failed(call).await.status(), Some(403), "{number}");
    }
    pbx.stop().await;
}

fn hunt_and_queue(config: &mut PbxConfig) {
    let users = || vec!["bob".to_owned(), "1003".to_owned()];
    let numbers = &mut config.numbers;
    numbers.set(Number::new("H100", Action::Hunt(users())));
    numbers.set(Number::new("A200", Action::Queue(vec!["bob".into()])));
}

#[tokio::test]
async fn a_hunt_group_leaves_out_who_is_busy_and_goes_on_after_a_refusal() {
    let pbx = start_with(hunt_and_queue);
    let [mut alice, mut bob, mut carol, mut dave] =
        registered(&pbx, ["alice", "bob", "carol", "dave"]).await;
    let call = alice.call("H100", &sdp("alice"));
    let (leg, _) = bob.incoming().await;
    bob.reject(leg, Reply::new(603));
    let (leg, _) = carol.incoming().await;
    carol.accept(leg, &sdp("carol"));
    alice.answered().await;
    // Carol is busy, and Bob refuses: the caller gets what is left.
    let other = dave.call("H100", &sdp("dave"));
    let (refused, _) = bob.incoming().await;
    bob.reject(refused, Reply::new(480));
    assert_eq!(dave.failed(other).await.status(), Some(486));
    alice.hang_up(call);
    carol.ended(leg).await;
    pbx.stop().await;
}

#[tokio::test]
async fn a_queue_plays_music_until_an_agent_is_free() {
    let pbx = start_with(hunt_and_queue);
    let [mut alice, mut bob, mut carol, mut dave] =
        registered(&pbx, ["alice", "bob", "carol", "dave"]).await;
    let (other, busy) = talk(&mut dave, &mut bob).await;
    let call = alice.call("A200", &sdp("alice"));
    alice.answered().await;
    pbx.wait_until(LIMIT, |s| is_serving(s, Service::Queue))
        .await
        .expect("waits");
    bob.hang_up(busy);
    dave.ended(other).await;
    let (leg, _) = bob.incoming().await;
    bob.accept(leg, &sdp("bob"));
    assert_eq!(reinvited(&mut alice).await, "bob");
    bob.ask_in_call(leg, Method::Info, None);
    alice.request(Method::Info).await;
    // Bob sends the caller to the group: he is busy himself, so Carol is called.
    let to = bob.uri("H100").to_string();
    let id = refer(&bob, leg, &to);
    assert_eq!(bob.outcome(id).await.status(), Some(202));
    let (new, _) = carol.incoming().await;
    carol.accept(new, &sdp("carol"));
    assert_eq!(reinvited(&mut alice).await, "carol");
    assert!(matches!(bob.ended(leg).await, EndCause::RemoteBye(_)));
    // Carol sends her back to the queue.
    let id = refer(&carol, new, &carol.uri("A200").to_string());
    assert_eq!(carol.outcome(id).await.status(), Some(202));
    reinvited(&mut alice).await;
    assert!(matches!(carol.ended(new).await, EndCause::RemoteBye(_)));
    let (leg, _) = bob.incoming().await;
    alice.hang_up(call);
    assert!(matches!(bob.ended(leg).await, EndCause::RemoteCancel(_)));
    pbx.stop().await;
}

#[tokio::test]
async fn agents_log_in_and_out() {
    let pbx = start_with(hunt_and_queue);
    let [mut alice, mut bob, mut carol] = registered(&pbx, ["alice", "bob", "carol"]).await;
    for (agent, code) in [(&mut carol, "*45A200"), (&mut bob, "*46A200")] {
        let call = agent.call(code, &sdp(&agent.name.clone()));
        agent.answered().await;
        agent.hang_up(call);
        agent.ended(call).await;
    }
    let call = carol.call("*45A201", &sdp("carol"));
    assert_eq!(carol.failed(call).await.status(), Some(404));
    let call = alice.call("A200", &sdp("alice"));
    let (leg, _) = carol.incoming().await;
    carol.accept(leg, &sdp("carol"));
    assert_eq!(reinvited(&mut alice).await, "carol");
    alice.hang_up(call);
    carol.ended(leg).await;
    pbx.stop().await;
}

#[tokio::test]
async fn a_call_can_be_picked_up_by_the_dialog_that_rings() {
    let pbx = start_with(|config| config.no_answer = LIMIT);
    let [mut alice, mut bob, mut carol] = registered(&pbx, ["alice", "bob", "carol"]).await;
    let call = alice.call("bob", &sdp("alice"));
    let (leg, invite) = bob.incoming().await;
    bob.ring(leg, Reply::new(180));
    alice.progress().await;
    let own_tag = bob.with(|endpoint, _| endpoint.dialog(leg).map(|d| d.local_tag.clone()));
    let replaces = format!(
        "{};to-tag={};from-tag={};early-only",
        invite.call_id().expect("a Call-ID"),
        // As whoever watches Bob knows it: from Bob's side.
        own_tag.expect("a dialog"),
        invite.from_tag().expect("a tag")
    );
    let mut spec = carol.spec(Method::Invite, "bob");
    spec.contact = Some(carol.contact());
    spec.body = Some(gannet_ua::endpoint::Body::sdp(sdp("carol")));
    spec.headers = vec![("Replaces".to_owned(), replaces)];
    let new = carol
        .with(|endpoint, now| endpoint.invite(now, spec))
        .expect("an address");
    assert!(matches!(bob.ended(leg).await, EndCause::RemoteCancel(_)));
    assert_eq!(reinvited(&mut alice).await, "carol");
    assert_eq!(speaker(&carol.answered().await), "alice");
    alice.hang_up(call);
    carol.ended(new).await;
    pbx.stop().await;
}
