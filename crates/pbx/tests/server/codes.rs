//! Feature codes, paging, marks of forwarded calls.

use gannet_pbx::{Capability, Forward, ForwardMarks, ForwardWhen};
use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::Reply;

use crate::parking::registered;
use crate::setup::{start, start_with};
use crate::transfer::sdp;

#[tokio::test]
async fn feature_codes_set_what_the_caller_wants() {
    let pbx = start_with(|config| config.voicemail.on.clear());
    let [mut alice, mut bob, mut carol] = registered(&pbx, ["alice", "bob", "carol"]).await;
    for (code, rings) in [
        ("*78", None),
        ("*79", Some("bob")),
        ("*21carol", Some("carol")),
        ("*20", Some("bob")),
        ("*671003", Some("bob")),
    ] {
        let call = bob.call(code, &sdp("bob"));
        bob.answered().await;
        bob.hang_up(call);
        bob.ended(call).await;
        let call = alice.call("bob", &sdp("alice"));
        let phone = match rings {
            None => {
                assert_eq!(alice.failed(call).await.status(), Some(486), "{code}");
                continue;
            }
            Some("bob") => &mut bob,
            Some(_) => &mut carol,
        };
        let (leg, _) = phone.incoming().await;
        phone.reject(leg, Reply::new(486));
        if code.starts_with("*67") {
            let (leg, _) = carol.incoming().await;
            carol.reject(leg, Reply::new(404));
        }
        alice.failed(call).await;
    }
    let call = bob.call("*21nobody", &sdp("bob"));
    assert_eq!(bob.failed(call).await.status(), Some(404));
    pbx.stop().await;

    let pbx = start_with(|config| config.numbers.switch(Capability::Dnd, false));
    let [mut bob] = registered(&pbx, ["bob"]).await;
    let call = bob.call("*78", &sdp("bob"));
    assert_eq!(bob.failed(call).await.status(), Some(404));
    pbx.stop().await;
}

#[tokio::test]
async fn who_is_paged_is_asked_to_answer_and_never_diverted() {
    let pbx = start();
    let [mut alice, mut bob] = registered(&pbx, ["alice", "bob"]).await;
    let call = alice.call("*80bob", &sdp("alice"));
    let (leg, invite) = bob.incoming().await;
    for (name, part) in [
        ("Alert-Info", "info=alert-autoanswer"),
        ("Call-Info", "answer-after=0"),
        ("Answer-Mode", "Auto"),
    ] {
        let mut fields = invite.headers_by_text(name);
        assert!(
            fields.any(|field| field.unfolded().contains(part)),
            "{name}"
        );
    }
    bob.reject(leg, Reply::new(486));
    assert_eq!(alice.failed(call).await.status(), Some(486));
    pbx.stop().await;
}

#[tokio::test]
async fn a_forwarded_call_says_where_it_was() {
    let pbx = start_with(|config| {
        config.forward_marks = ForwardMarks {
            diversion: true,
            history_info: true,
            being_forwarded: true,
        };
    });
    let [mut alice, mut bob, mut carol] = registered(&pbx, ["alice", "bob", "carol"]).await;
    let to = |name: &str| Some(name.to_owned());
    pbx.set_forward(
        "dave",
        Forward {
            always: to("bob"),
            ..Forward::default()
        },
    )
    .await
    .expect("there");
    pbx.forward_one("bob", ForwardWhen::Busy, to("carol"), None)
        .await
        .expect("there");
    let call = alice.call("dave", &sdp("alice"));
    assert_eq!(alice.progress().await.status(), Some(181));
    let (leg, _) = bob.incoming().await;
    bob.reject(leg, Reply::new(486));
    assert_eq!(alice.progress().await.status(), Some(181));
    let (leg, invite) = carol.incoming().await;
    let values = |message: &Message, name: HeaderName| -> Vec<String> {
        let fields = message.headers_named(name);
        fields.map(|field| field.unfolded().into_owned()).collect()
    };
    let domain = pbx.domain();
    assert_eq!(
        values(&invite, HeaderName::Diversion),
        [
            format!("<sip:bob@{domain}>;reason=user-busy"),
            format!("<sip:dave@{domain}>;reason=unconditional"),
        ]
    );
    assert_eq!(
        values(&invite, HeaderName::HistoryInfo),
        [
            format!("<sip:dave@{domain}>;index=1"),
            format!("<sip:bob@{domain};cause=302>;index=1.1;mp=1"),
            format!("<sip:carol@{domain};cause=486>;index=1.1.1;mp=1.1"),
        ]
    );
    carol.accept(leg, &sdp("carol"));
    alice.answered().await;
    alice.hang_up(call);
    carol.ended(leg).await;
    pbx.stop().await;
}
