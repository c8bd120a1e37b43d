//! Busy lamps: dialogs of users as their watchers see them (RFC 4235).

use gannet_sip::Message;
use gannet_ua::bodies::{
    Applied, DIALOG_INFO_CONTENT_TYPE, DialogDirection, DialogEvent, DialogInfo, DialogStage,
    DialogTable,
};
use gannet_ua::endpoint::Reply;

use crate::agent::Agent;
use crate::presence::{next_notify, watch};
use crate::setup::{start, start_with};

const OFFER: &str = "v=0\r\ns=offer\r\n";
const ANSWER: &str = "v=0\r\ns=answer\r\n";

fn info(notify: &Message) -> DialogInfo {
    assert_eq!(notify.content_type(), DIALOG_INFO_CONTENT_TYPE);
    DialogInfo::parse(notify.body()).expect("a dialog document")
}

/// Reads documents until the lamp is so.
async fn until(
    agent: &mut Agent,
    table: &mut DialogTable,
    wanted: Option<DialogStage>,
) -> DialogInfo {
    loop {
        let info = info(&next_notify(agent).await);
        assert_eq!(table.apply(&info), Applied::Yes, "{info:?}");
        if table.lamp() == wanted {
            return info;
        }
    }
}

#[tokio::test]
async fn a_lamp_shows_ringing_talking_and_the_end_on_both_sides() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    let mut carol = Agent::new(&pbx, "carol");
    alice.register().await;
    bob.register().await;
    watch(&carol, "dialog", DIALOG_INFO_CONTENT_TYPE, "bob");
    let first = info(&next_notify(&mut carol).await);
    assert!(first.full && first.version == 0 && first.dialogs.is_empty());
    let mut lamp = DialogTable::new();
    lamp.apply(&first);

    let call = alice.call("bob", OFFER);
    let (leg, invite) = bob.incoming().await;
    bob.ring(leg, Reply::new(180));
    let early = until(&mut carol, &mut lamp, Some(DialogStage::Early)).await;
    assert!(!early.full);
    let dialog = &early.dialogs[0];
    assert_eq!(dialog.direction, Some(DialogDirection::Recipient));
    assert_eq!(dialog.call_id.as_deref(), invite.call_id());
    assert_eq!(dialog.remote_tag, invite.from_tag());
    let remote = dialog.remote.as_ref().expect("a caller");
    assert_eq!(remote.identity.as_deref(), Some("sip:alice@gannet.test"));
    assert_eq!(remote.display.as_deref(), Some("Alice Adams"));

    bob.accept(leg, ANSWER);
    alice.answered().await;
    until(&mut carol, &mut lamp, Some(DialogStage::Confirmed)).await;
    alice.hang_up(call);
    let over = until(&mut carol, &mut lamp, Some(DialogStage::Terminated)).await;
    assert_eq!(over.dialogs.len(), 1);

    // Somebody who begins to watch in the middle of a call gets all of it at once.
    alice.call("bob", OFFER);
    let (leg, _) = bob.incoming().await;
    bob.accept(leg, ANSWER);
    alice.answered().await;
    let mut dave = Agent::new(&pbx, "dave");
    watch(&dave, "dialog", DIALOG_INFO_CONTENT_TYPE, "alice");
    let document = info(&next_notify(&mut dave).await);
    assert!(document.full);
    assert_eq!(document.dialogs[0].stage, DialogStage::Confirmed);
    assert_eq!(
        document.dialogs[0].direction,
        Some(DialogDirection::Initiator)
    );
    pbx.stop().await;
}

#[tokio::test]
async fn calls_that_are_given_up_or_refused_say_why_they_ended() {
    let pbx = start_with(|config| config.voicemail.on.clear());
    let alice = Agent::new(&pbx, "alice");
    let mut dave = Agent::new(&pbx, "dave");
    let mut carol = Agent::new(&pbx, "carol");
    dave.register().await;
    watch(&carol, "dialog", DIALOG_INFO_CONTENT_TYPE, "dave");
    let mut lamp = DialogTable::new();
    until(&mut carol, &mut lamp, None).await;

    let call = alice.call("dave", OFFER);
    let (leg, _) = dave.incoming().await;
    dave.ring(leg, Reply::new(180));
    until(&mut carol, &mut lamp, Some(DialogStage::Early)).await;
    alice.hang_up(call);
    let over = until(&mut carol, &mut lamp, Some(DialogStage::Terminated)).await;
    assert_eq!(over.dialogs[0].event, Some(DialogEvent::Cancelled));

    alice.call("dave", OFFER);
    let (leg, _) = dave.incoming().await;
    dave.ring(leg, Reply::new(180));
    until(&mut carol, &mut lamp, Some(DialogStage::Early)).await;
    dave.reject(leg, Reply::new(486));
    let over = until(&mut carol, &mut lamp, Some(DialogStage::Terminated)).await;
    let refused = over
        .dialogs
        .iter()
        .find(|d| d.stage == DialogStage::Terminated);
    let refused = refused.expect("it is over");
    assert_eq!(refused.event, Some(DialogEvent::Rejected));
    assert_eq!(refused.code, Some(486));
    pbx.stop().await;
}

#[tokio::test]
async fn full_documents_name_what_has_just_ended() {
    let pbx = start_with(|config| config.dialog_info_full = true);
    let mut alice = Agent::new(&pbx, "alice");
    let mut carol = Agent::new(&pbx, "carol");
    watch(&carol, "dialog", DIALOG_INFO_CONTENT_TYPE, "alice");
    let mut lamp = DialogTable::new();
    until(&mut carol, &mut lamp, None).await;
    let call = alice.call("echo", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n");
    alice.answered().await;
    let talking = until(&mut carol, &mut lamp, Some(DialogStage::Confirmed)).await;
    assert!(talking.full);
    alice.hang_up(call);
    let over = until(&mut carol, &mut lamp, Some(DialogStage::Terminated)).await;
    assert!(over.full);
    pbx.stop().await;
}

#[tokio::test]
async fn callers_who_want_to_stay_unknown_do() {
    let pbx = start();
    let mut alice = Agent::new(&pbx, "alice");
    let mut bob = Agent::new(&pbx, "bob");
    let mut carol = Agent::new(&pbx, "carol");
    bob.register().await;
    watch(&carol, "dialog", DIALOG_INFO_CONTENT_TYPE, "bob");
    let mut lamp = DialogTable::new();
    until(&mut carol, &mut lamp, None).await;
    let mut spec = alice.spec(gannet_sip::Method::Invite, "bob");
    spec.contact = Some(alice.contact());
    spec.headers = vec![("Privacy".into(), "id".into())];
    spec.body = Some(gannet_ua::endpoint::Body::sdp(OFFER));
    alice
        .with(|endpoint, now| endpoint.invite(now, spec))
        .expect("an address");
    let (leg, _) = bob.incoming().await;
    bob.accept(leg, ANSWER);
    alice.answered().await;
    let document = until(&mut carol, &mut lamp, Some(DialogStage::Confirmed)).await;
    let remote = document.dialogs[0].remote.as_ref().expect("a caller");
    let shown = remote.identity.as_deref();
    assert_eq!(shown, Some("sip:anonymous@anonymous.invalid"));
    pbx.stop().await;
}
