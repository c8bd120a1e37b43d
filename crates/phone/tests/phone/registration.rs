//! A phone and a scripted server: registration, message waiting, requests built by hand.

use std::time::Duration;

use gannet_phone::{
    AuthUser, CallOptions, Destination, Phone, PhoneError, RegistrationState, Server,
};
use gannet_sip::{HeaderName, Message};
use gannet_ua::digest::Authorization;

use crate::peer::Peer;
use crate::support::{assert_valid, config, soon};

const CHALLENGE: (&str, &str) = (
    "WWW-Authenticate",
    r#"Digest realm="test", nonce="n1", qop="auth", algorithm=MD5"#,
);

async fn phone_with_server(profile: &str) -> (Phone, Peer) {
    let server = Peer::server().await;
    let mut config = config("Alice", profile, 1);
    "biloxi.test".clone_into(&mut config.domain);
    config.server = Some(Server {
        address: server.address,
        outbound_proxy: false,
    });
    config.auth = Some(AuthUser {
        user: "alice".to_owned(),
        password: "secret".to_owned(),
    });
    (Phone::start(config).await.expect("a phone"), server)
}

/// Answers a REGISTER with 200 and its contact.
async fn grant(server: &Peer, register: &Message, expires: &str) {
    let contact = register
        .text(HeaderName::Contact)
        .unwrap_or_default()
        .into_owned();
    let headers = [("Contact", contact.as_str()), ("Expires", expires)];
    server.answer(register, 200, &headers).await;
}

#[tokio::test]
async fn a_challenge_is_answered_and_the_contact_removed_in_the_end() {
    for profile in ["generic", "Squirrel350", "Chipmunk5000"] {
        let (alice, mut server) = phone_with_server(profile).await;
        let script = async {
            let first = server.expect("REGISTER").await;
            assert!(first.header(HeaderName::Authorization).is_none());
            server.answer(&first, 401, &[CHALLENGE]).await;
            let second = server.expect("REGISTER").await;
            let value = second.text(HeaderName::Authorization).expect("credentials");
            let credentials = Authorization::parse(&value).expect("credentials");
            assert_eq!(credentials.username, "alice");
            assert_eq!(first.call_id(), second.call_id());
            grant(&server, &second, "120").await;
        };
        let (granted, ()) = tokio::join!(alice.register(None, soon()), script);
        assert!(
            granted.expect("registered") >= Duration::from_mins(2),
            "{profile}"
        );
        alice.wait_registered(soon()).await.expect("registered");
        let script = async {
            let last = loop {
                let register = server.expect("REGISTER").await;
                if register.header(HeaderName::Authorization).is_some() {
                    break register;
                }
                server.answer(&register, 401, &[CHALLENGE]).await;
            };
            let contact = last.contact().expect("Contact");
            let zero = contact.params.get("expires") == Some("0")
                || last.number(HeaderName::Expires) == Ok(0);
            assert!(zero, "{profile}");
            server.answer(&last, 200, &[]).await;
        };
        let (stopped, ()) = tokio::join!(alice.stop(true, soon()), script);
        stopped.expect("a clean end");
        assert_eq!(alice.state().registration, RegistrationState::Unregistered);
        assert_valid(&[&alice]);
    }
}

#[tokio::test]
async fn refusals_and_wrong_passwords_are_told() {
    let (alice, mut server) = phone_with_server("generic").await;
    let script = async {
        for _ in 0..2 {
            let register = server.expect("REGISTER").await;
            server.answer(&register, 401, &[CHALLENGE]).await;
        }
    };
    let (error, ()) = tokio::join!(alice.register(None, soon()), script);
    let error = error.expect_err("refused");
    assert!(
        matches!(error, PhoneError::Refused { code: 401, .. }),
        "{error}"
    );
    let script = async {
        let register = server.expect("REGISTER").await;
        server.answer(&register, 404, &[]).await;
    };
    let (error, ()) = tokio::join!(alice.register(None, soon()), script);
    assert_eq!(
        error.expect_err("refused").to_string(),
        "Alice: REGISTER was refused with 404 Not Found"
    );
    let now = std::time::Instant::now();
    let error = alice
        .wait_registered(now)
        .await
        .expect_err("not registered");
    assert!(
        error.to_string().contains("REGISTER failed with 404"),
        "{error}"
    );
}

#[tokio::test]
async fn a_short_lifetime_is_refreshed() {
    let (alice, mut server) = phone_with_server("generic").await;
    let script = async {
        let first = server.expect("REGISTER").await;
        grant(&server, &first, "1").await;
        let second = server.expect("REGISTER").await;
        assert_eq!(first.call_id(), second.call_id());
        grant(&server, &second, "3600").await;
    };
    let (granted, ()) = tokio::join!(alice.register(None, soon()), script);
    assert_eq!(granted.expect("registered"), Duration::from_secs(1));
    let renewed = |state: &gannet_phone::PhoneState| state.registrations_done == 2;
    alice
        .wait_for_state(soon(), "a refresh", renewed)
        .await
        .expect("refreshed");
}

#[tokio::test]
async fn contacts_are_removed_at_boot_where_the_model_does_so() {
    let (alice, mut server) = phone_with_server("generic").await;
    let mut config = alice.config().clone();
    let profile = config
        .profile
        .with_override("unregister at boot", "true")
        .expect("a setting");
    config.profile = std::sync::Arc::new(profile);
    let alice = Phone::start(config).await.expect("a phone");
    let script = async {
        let first = server.expect("REGISTER").await;
        assert_eq!(first.text(HeaderName::Contact).as_deref(), Some("*"));
        assert_eq!(first.number(HeaderName::Expires), Ok(0));
        server.answer(&first, 200, &[]).await;
        let second = server.expect("REGISTER").await;
        grant(&server, &second, "60").await;
    };
    let (granted, ()) = tokio::join!(alice.register(None, soon()), script);
    granted.expect("registered");
    assert_valid(&[&alice]);
}

#[tokio::test]
async fn squirrels_ask_for_their_messages() {
    let (alice, mut server) = phone_with_server("Squirrel350").await;
    let script = async {
        let register = server.expect("REGISTER").await;
        grant(&server, &register, "3600").await;
        let subscribe = server.expect("SUBSCRIBE").await;
        assert_eq!(
            subscribe.text(HeaderName::Event).as_deref(),
            Some("message-summary")
        );
        assert_eq!(subscribe.request_uri_text(), Some("sip:alice@biloxi.test"));
        let contact = format!("<sip:{}>", server.address);
        server
            .answer(
                &subscribe,
                200,
                &[("Expires", "600"), ("Contact", &contact)],
            )
            .await;
        let here = server.address;
        let notify = gannet_sip::MessageBuilder::request(
            &gannet_sip::Method::Notify,
            subscribe.contact().expect("Contact").uri,
        )
        .header("Via", format!("SIP/2.0/UDP {here};branch=z9hG4bKn1"))
        .header("Max-Forwards", "70")
        .header("From", "<sip:alice@biloxi.test>;tag=peer")
        .header(
            "To",
            subscribe
                .text(HeaderName::From)
                .unwrap_or_default()
                .into_owned(),
        )
        .header("Call-ID", subscribe.call_id().unwrap_or_default())
        .header("CSeq", "1 NOTIFY")
        .header("Contact", contact)
        .header("Event", "message-summary")
        .header("Subscription-State", "active;expires=600")
        .body(
            "application/simple-message-summary",
            "Messages-Waiting: yes\r\n",
        );
        server.send(&notify).await;
        server.expect("200 OK (NOTIFY)").await;
    };
    let (granted, ()) = tokio::join!(alice.register(None, soon()), script);
    granted.expect("registered");
    alice
        .wait_messages_waiting(soon())
        .await
        .expect("messages wait");
    assert_valid(&[&alice]);
}

#[tokio::test]
async fn requests_built_by_hand_answer_no_challenge_by_themselves() {
    let (alice, mut server) = phone_with_server("Squirrel350").await;
    let mut register = alice.build_register().await.expect("a draft");
    assert!(
        register.authorize(None).is_err(),
        "there is no challenge yet"
    );
    register
        .set_contact_param("expires", "0")
        .expect("a Contact");
    register.set_header("Expires", "0");
    register.add_header("X-Extra", "1");
    assert!(register.remove_header("x-extra"));
    let script = async {
        // The first one is lost: it comes again.
        let lost = server.expect("REGISTER").await;
        let first = server.expect("REGISTER").await;
        assert_eq!(lost, first);
        server.answer(&first, 401, &[CHALLENGE]).await;
        first
    };
    let (response, first) = tokio::join!(register.send(soon()), script);
    assert_eq!(response.expect("a response").status(), Some(401));
    register.authorize(None).expect("a challenge");
    let script = async {
        let second = server.expect("REGISTER").await;
        server.answer(&second, 200, &[]).await;
        second
    };
    let (response, second) = tokio::join!(register.send(soon()), script);
    assert_eq!(response.expect("a response").status(), Some(200));
    assert_eq!(first.call_id(), second.call_id());
    assert_eq!(first.from_tag(), second.from_tag());
    let number = |message: &Message| message.cseq().expect("CSeq").number;
    assert_eq!(number(&first) + 1, number(&second));
    assert_ne!(
        first.via().expect("Via").branch(),
        second.via().expect("Via").branch()
    );
    assert_eq!(
        second.contact().expect("Contact").params.get("expires"),
        Some("0")
    );
    let value = second
        .text(HeaderName::Authorization)
        .expect("credentials")
        .into_owned();
    assert_eq!(
        Authorization::parse(&value).expect("credentials").username,
        "alice"
    );
    assert_valid(&[&alice]);
}

#[tokio::test]
async fn users_are_called_at_the_server_and_407_is_answered() {
    let (alice, mut server) = phone_with_server("Chipmunk5000").await;
    let to = Destination::User("1001".to_owned());
    let call = alice
        .call(&to, CallOptions::default())
        .await
        .expect("a call");
    let invite = server.expect("INVITE").await;
    assert_eq!(
        invite.request_uri_text(),
        Some("sip:1001@biloxi.test;user=phone")
    );
    let proxy = ("Proxy-Authenticate", CHALLENGE.1);
    server.answer(&invite, 407, &[proxy]).await;
    server.expect("ACK").await;
    let again = server.expect("INVITE").await;
    assert!(again.header(HeaderName::ProxyAuthorization).is_some());
    assert_eq!(invite.call_id(), again.call_id());
    server.answer(&again, 486, &[]).await;
    let end = alice.wait_ended(call, soon()).await.expect("an end");
    assert_eq!(end.code, Some(486));
    assert_valid(&[&alice]);
}

#[tokio::test]
async fn a_lost_connection_loses_messages_and_comes_back() {
    let (alice, mut server) = phone_with_server("generic").await;
    alice.lose_connection().await.expect("cut off");
    let soon_over = std::time::Instant::now() + Duration::from_millis(100);
    let error = alice
        .register(None, soon_over)
        .await
        .expect_err("nothing leaves");
    assert!(matches!(error, PhoneError::TimedOut { .. }), "{error}");
    assert!(alice.log().all().is_empty());
    alice.regain_connection().await.expect("back");
    let register = server.expect("REGISTER").await;
    grant(&server, &register, "60").await;
    alice.wait_registered(soon()).await.expect("registered");
}
