//! Transfers that the server carries out: REFER blind and attended, INVITE with Replaces.

use gannet_pbx::{Capability, Pbx, Transfer};
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::{Body, CallId, EndCause, Reply, RequestId};

use crate::agent::Agent;
use crate::setup::{LIMIT, start, start_with};

/// A description that names who sent it.
pub(crate) fn sdp(name: &str) -> String {
    format!(
        "v=0\r\no={name} 1 1 IN IP4 127.0.0.1\r\ns={name}\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio 40000 RTP/AVP 0\r\n"
    )
}

/// The value of a line of a message's description.
fn line<'a>(text: &'a str, name: &str) -> &'a str {
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(name));
    value.unwrap_or_default()
}

/// Whose description a message has.
pub(crate) fn speaker(message: &Message) -> String {
    line(&String::from_utf8_lossy(message.body()), "s=").to_owned()
}

/// User, session id and version in `o=`.
fn origin(message: &Message) -> String {
    let text = String::from_utf8_lossy(message.body()).into_owned();
    let fields: Vec<_> = line(&text, "o=").split(' ').take(3).collect();
    fields.join(" ")
}

/// `caller` calls `callee`, who answers.
pub(crate) async fn talk(caller: &mut Agent, callee: &mut Agent) -> (CallId, CallId) {
    let call = caller.call(&callee.name, &sdp(&caller.name));
    let (leg, _) = callee.incoming().await;
    callee.accept(leg, &sdp(&callee.name));
    caller.answered().await;
    callee.confirmed().await;
    (call, leg)
}

pub(crate) fn refer(agent: &Agent, call: CallId, to: &str) -> RequestId {
    let headers = vec![("Refer-To".to_owned(), format!("<{to}>"))];
    agent
        .with(|endpoint, now| endpoint.request_in_call(now, call, Method::Refer, headers, None))
        .expect("a dialog")
}

/// Answers the next NOTIFY and gives the status that it tells.
pub(crate) async fn told(agent: &mut Agent) -> String {
    let (request, notify) = agent.request(Method::Notify).await;
    agent.respond(request, Reply::new(200));
    assert_eq!(notify.content_type(), "message/sipfrag");
    let event = notify.text(HeaderName::Event).unwrap_or_default();
    assert!(event.starts_with("refer"), "{event}");
    let state = notify.text(HeaderName::SubscriptionState).expect("a state");
    let body = String::from_utf8_lossy(notify.body()).into_owned();
    let code = body.split(' ').nth(1).unwrap_or_default().to_owned();
    assert_eq!(state.starts_with("terminated"), code.as_str() >= "200");
    code
}

/// Answers the next re-INVITE with the agent's own description, and gives whose it brought.
pub(crate) async fn reinvited(agent: &mut Agent) -> String {
    let (request, message) = agent.request(Method::Invite).await;
    let answer = Body::sdp(sdp(&agent.name));
    agent.respond(request, Reply::new(200).body(answer));
    speaker(&message)
}

struct Three {
    pbx: Pbx,
    alice: Agent,
    bob: Agent,
    carol: Agent,
}

async fn three(pbx: Pbx) -> Three {
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    let mut carol = Agent::new(&pbx, "carol");
    for agent in [&mut alice, &mut bob, &mut carol] {
        agent.register().await;
    }
    Three {
        pbx,
        alice,
        bob,
        carol,
    }
}

async fn over(pbx: Pbx) {
    pbx.wait_until(LIMIT, |s| s.calls.is_empty())
        .await
        .expect("over");
    pbx.stop().await;
}

#[tokio::test]
async fn a_blind_transfer_puts_either_side_through() {
    for callee_transfers in [true, false] {
        let Three {
            pbx,
            mut alice,
            mut bob,
            mut carol,
        } = three(start()).await;
        let (call, leg) = talk(&mut alice, &mut bob).await;
        let (stays, kept, goes, left) = if callee_transfers {
            (&mut alice, call, &mut bob, leg)
        } else {
            (&mut bob, leg, &mut alice, call)
        };
        let to = carol.uri("carol").to_string();
        let id = refer(goes, left, &to);
        assert_eq!(goes.outcome(id).await.status(), Some(202));
        assert_eq!(told(goes).await, "100");

        let (new, invite) = carol.incoming().await;
        assert_eq!(speaker(&invite), stays.name);
        assert_eq!(invite.from().expect("From").uri, stays.uri(&stays.name));
        let by = invite.text(HeaderName::ReferredBy).expect("Referred-By");
        assert!(by.contains(&goes.name), "{by}");
        carol.ring(new, Reply::new(180));
        assert_eq!(told(goes).await, "180");
        carol.accept(new, &sdp("carol"));

        assert_eq!(reinvited(stays).await, "carol");
        assert_eq!(told(goes).await, "200");
        assert!(matches!(goes.ended(left).await, EndCause::RemoteBye(_)));
        // They talk: requests go through, and the end of one is the end of the other.
        let id = carol.ask_in_call(new, Method::Info, None);
        let (request, _) = stays.request(Method::Info).await;
        stays.respond(request, Reply::new(200));
        assert_eq!(carol.outcome(id).await.status(), Some(200));
        stays.hang_up(kept);
        assert!(matches!(carol.ended(new).await, EndCause::RemoteBye(_)));
        over(pbx).await;
    }
}

#[tokio::test]
async fn a_transfer_that_fails_leaves_the_call_as_it_was() {
    let pbx = start_with(|config| config.voicemail.on.clear());
    let Three {
        pbx,
        mut alice,
        mut bob,
        mut carol,
    } = three(pbx).await;
    let (call, leg) = talk(&mut alice, &mut bob).await;
    let table = [("carol", "486"), ("nobody", "404")];
    for (target, code) in table {
        let to = carol.uri(target).to_string();
        let id = refer(&bob, leg, &to);
        assert_eq!(bob.outcome(id).await.status(), Some(202));
        assert_eq!(told(&mut bob).await, "100");
        if target == "carol" {
            let (new, _) = carol.incoming().await;
            carol.reject(new, Reply::new(486));
        }
        assert_eq!(told(&mut bob).await, code);
    }
    let id = bob.ask_in_call(leg, Method::Info, None);
    let (request, _) = alice.request(Method::Info).await;
    alice.respond(request, Reply::new(200));
    assert_eq!(bob.outcome(id).await.status(), Some(200));
    alice.hang_up(call);
    bob.ended(leg).await;
    over(pbx).await;
}

#[tokio::test]
async fn who_hangs_up_after_refer_is_not_needed_any_more() {
    let Three {
        pbx,
        mut alice,
        mut bob,
        mut carol,
    } = three(start()).await;
    let (call, leg) = talk(&mut alice, &mut bob).await;
    let to = carol.uri("carol").to_string();
    let id = refer(&bob, leg, &to);
    assert_eq!(bob.outcome(id).await.status(), Some(202));
    let (new, _) = carol.incoming().await;
    bob.hang_up(leg);
    bob.ended(leg).await;
    carol.accept(new, &sdp("carol"));
    assert_eq!(reinvited(&mut alice).await, "carol");
    alice.hang_up(call);
    carol.ended(new).await;

    // Without a target that answers, nobody is left to talk to.
    let (call, leg) = talk(&mut alice, &mut bob).await;
    let id = refer(&bob, leg, &to);
    assert_eq!(bob.outcome(id).await.status(), Some(202));
    let (new, _) = carol.incoming().await;
    bob.hang_up(leg);
    bob.ended(leg).await;
    carol.reject(new, Reply::new(404));
    assert!(matches!(alice.ended(call).await, EndCause::RemoteBye(_)));

    // The one who is put through hangs up: the target stops ringing.
    let (call, leg) = talk(&mut alice, &mut bob).await;
    let id = refer(&bob, leg, &to);
    assert_eq!(bob.outcome(id).await.status(), Some(202));
    let (new, _) = carol.incoming().await;
    carol.ring(new, Reply::new(180));
    alice.hang_up(call);
    assert!(matches!(carol.ended(new).await, EndCause::RemoteCancel(_)));
    assert!(matches!(bob.ended(leg).await, EndCause::RemoteBye(_)));
    over(pbx).await;
}

#[tokio::test]
async fn an_attended_transfer_joins_the_two_others() {
    let Three {
        pbx,
        mut alice,
        mut bob,
        mut carol,
    } = three(start()).await;
    let (call, leg) = talk(&mut alice, &mut bob).await;
    let (consult, new) = talk(&mut bob, &mut carol).await;
    let replaces = bob.with(|endpoint, _| {
        let dialog = endpoint.dialog(consult).expect("a dialog");
        format!(
            "{}%3Bto-tag%3D{}%3Bfrom-tag%3D{}",
            dialog.call_id.replace('@', "%40"),
            dialog.remote_tag,
            dialog.local_tag
        )
    });
    let to = format!("{}?Replaces={replaces}", carol.uri("carol"));
    let id = refer(&bob, leg, &to);
    assert_eq!(bob.outcome(id).await.status(), Some(202));
    assert_eq!(told(&mut bob).await, "100");
    assert_eq!(reinvited(&mut carol).await, "alice");
    assert_eq!(reinvited(&mut alice).await, "carol");
    assert_eq!(told(&mut bob).await, "200");
    for call in [leg, consult] {
        assert!(matches!(bob.ended(call).await, EndCause::RemoteBye(_)));
    }
    carol.hang_up(new);
    assert!(matches!(alice.ended(call).await, EndCause::RemoteBye(_)));
    over(pbx).await;
}

#[tokio::test]
async fn an_attended_transfer_to_a_dialog_that_is_gone_is_told() {
    let Three {
        pbx,
        mut alice,
        mut bob,
        carol,
    } = three(start()).await;
    let (_, leg) = talk(&mut alice, &mut bob).await;
    let to = |replaces: &str| format!("{}?Replaces={replaces}", carol.uri("carol"));
    let id = refer(&bob, leg, &to("x%3Bto-tag%3D1%3Bfrom-tag%3D2"));
    assert_eq!(bob.outcome(id).await.status(), Some(202));
    assert_eq!(told(&mut bob).await, "100");
    assert_eq!(told(&mut bob).await, "481");
    let id = refer(&bob, leg, &to("x%3Bto-tag%3D1"));
    assert_eq!(bob.outcome(id).await.status(), Some(400));
    pbx.stop().await;
}

#[tokio::test]
async fn a_refer_without_one_target_is_refused() {
    let Three {
        pbx,
        mut alice,
        mut bob,
        ..
    } = three(start()).await;
    let (_, leg) = talk(&mut alice, &mut bob).await;
    let id = bob.ask_in_call(leg, Method::Refer, None);
    assert_eq!(bob.outcome(id).await.status(), Some(400));
    pbx.stop().await;
}

#[tokio::test]
async fn transfers_can_be_left_to_the_phones_or_switched_off() {
    let pbx = start_with(|config| config.transfer = Transfer::Relay);
    let Three {
        pbx,
        mut alice,
        mut bob,
        carol,
    } = three(pbx).await;
    alice.with(|endpoint, _| endpoint.config_mut().allow.push(Method::Refer));
    let (_, leg) = talk(&mut alice, &mut bob).await;
    let to = carol.uri("carol").to_string();
    let id = refer(&bob, leg, &to);
    let (request, message) = alice.request(Method::Refer).await;
    assert!(message.text(HeaderName::ReferTo).is_some());
    alice.respond(request, Reply::new(603));
    assert_eq!(bob.outcome(id).await.status(), Some(603));
    pbx.stop().await;

    let pbx = start_with(|config| config.numbers.switch(Capability::Transfer, false));
    let Three {
        pbx,
        mut alice,
        mut bob,
        ..
    } = three(pbx).await;
    let (_, leg) = talk(&mut alice, &mut bob).await;
    let id = refer(&bob, leg, &to);
    assert_eq!(bob.outcome(id).await.status(), Some(405));
    pbx.stop().await;
}

#[tokio::test]
async fn a_session_that_the_server_changes_is_still_the_same_session() {
    let Three {
        pbx,
        mut alice,
        mut bob,
        mut carol,
    } = three(start()).await;
    let call = alice.call("bob", &sdp("alice"));
    let (leg, _) = bob.incoming().await;
    bob.accept(leg, &sdp("bob"));
    assert_eq!(origin(&alice.answered().await), "bob 1 1");
    bob.confirmed().await;
    let to = carol.uri("carol").to_string();
    refer(&bob, leg, &to);
    let (new, _) = carol.incoming().await;
    carol.accept(new, &sdp("carol"));
    // Carol's description under the name, the id and the next version of what Bob has said
    // (RFC 3264 8).
    let (request, moved) = alice.request(Method::Invite).await;
    assert_eq!(
        (speaker(&moved), origin(&moved)),
        ("carol".into(), "bob 1 2".into())
    );
    alice.respond(request, Reply::new(200).body(Body::sdp(sdp("alice"))));
    bob.ended(leg).await;
    // What Carol says herself goes on from there.
    let again = Some(Body::sdp(sdp("carol").replace("carol 1 1", "carol 1 2")));
    carol.ask_in_call(new, Method::Invite, again);
    let (request, changed) = alice.request(Method::Invite).await;
    // She has changed nothing.
    assert_eq!(origin(&changed), "bob 1 2");
    alice.respond(request, Reply::new(200).body(Body::sdp(sdp("alice"))));
    alice.hang_up(call);
    carol.ended(new).await;
    over(pbx).await;
}

#[tokio::test]
async fn an_invite_with_replaces_takes_the_place_of_a_phone() {
    let Three {
        pbx,
        mut alice,
        mut bob,
        mut carol,
    } = three(start()).await;
    let (call, leg) = talk(&mut alice, &mut bob).await;
    let replaces = bob.with(|endpoint, _| {
        let dialog = endpoint.dialog(leg).expect("a dialog");
        format!(
            "{};to-tag={};from-tag={}",
            dialog.call_id, dialog.remote_tag, dialog.local_tag
        )
    });
    let mut spec = carol.spec(Method::Invite, "alice");
    spec.contact = Some(carol.contact());
    spec.body = Some(Body::sdp(sdp("carol")));
    let with = |value: String| vec![("Replaces".to_owned(), value)];
    let early = {
        let mut spec = spec.clone();
        spec.headers = with(format!("{replaces};early-only"));
        carol.with(|endpoint, now| endpoint.invite(now, spec))
    };
    let code = carol.failed(early.expect("an address")).await.status();
    assert_eq!(code, Some(486));
    spec.headers = with(replaces);
    let new = carol
        .with(|endpoint, now| endpoint.invite(now, spec.clone()))
        .expect("an address");
    assert_eq!(reinvited(&mut alice).await, "carol");
    assert_eq!(speaker(&carol.answered().await), "alice");
    assert!(matches!(bob.ended(leg).await, EndCause::RemoteBye(_)));
    alice.hang_up(call);
    carol.ended(new).await;
    // The dialog is over (RFC 3891 3).
    let new = carol
        .with(|endpoint, now| endpoint.invite(now, spec))
        .expect("an address");
    assert_eq!(carol.failed(new).await.status(), Some(603));
    over(pbx).await;
}
