//! What device profiles change of messages, seen on the wire.

use gannet_phone::{AuthUser, CallOptions, Destination, Phone, PhoneConfig, Server};
use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::digest::Authorization;

use crate::peer::{Peer, offer};
use crate::support::{config, soon};

/// A phone of a model with settings changed; its server is the peer.
pub(crate) async fn phone_of(model: &str, settings: &[(&str, &str)]) -> (Phone, Peer) {
    started(with(config("Alice", model, 1), settings)).await
}

async fn phone_with_password(settings: &[(&str, &str)]) -> (Phone, Peer) {
    let mut config = with(config("Alice", "generic", 1), settings);
    config.auth = Some(AuthUser {
        user: "alice".to_owned(),
        password: "secret".to_owned(),
    });
    started(config).await
}

/// The phone, and the peer as its server.
async fn started(mut config: PhoneConfig) -> (Phone, Peer) {
    let server = Peer::server().await;
    "biloxi.test".clone_into(&mut config.domain);
    config.server = Some(Server {
        address: server.address,
        outbound_proxy: false,
    });
    let phone = Phone::start(config).await.expect("a phone");
    let peer = Peer::bind_as(server, phone.address());
    (phone, peer)
}

/// The same configuration with settings of its profile changed.
pub(crate) fn with(mut config: PhoneConfig, settings: &[(&str, &str)]) -> PhoneConfig {
    for (key, value) in settings {
        let changed = config.profile.with_override(key, value);
        let changed = changed.unwrap_or_else(|error| panic!("{key} = {value}: {error}"));
        config.profile = std::sync::Arc::new(changed);
    }
    config
}

pub(crate) fn text(message: &Message) -> String {
    String::from_utf8_lossy(message.bytes()).into_owned()
}

/// The INVITE that a phone sends to a number.
async fn invite(model: &str, settings: &[(&str, &str)], number: &str) -> (Phone, Peer, Message) {
    let (phone, mut peer) = phone_of(model, settings).await;
    let to = Destination::User(number.to_owned());
    phone
        .call(&to, CallOptions::default())
        .await
        .expect("a call");
    let invite = peer.expect("INVITE").await;
    (phone, peer, invite)
}

/// The REGISTER that a phone sends.
async fn register(model: &str, settings: &[(&str, &str)]) -> Message {
    let (phone, mut peer) = phone_of(model, settings).await;
    let registering = phone.clone();
    let task = tokio::spawn(async move { registering.register(None, soon()).await });
    let register = peer.expect("REGISTER").await;
    peer.answer(&register, 404, &[]).await;
    task.await.expect("no panic").expect_err("refused");
    register
}

#[track_caller]
fn has(text: &str, expected: &str) {
    assert!(
        text.contains(expected),
        "{expected:?} is missing in\n{text}"
    );
}

#[tokio::test]
async fn header_lines_take_the_form_of_the_device() {
    let settings = [
        ("colon", ":"),
        ("content-length-width", "6"),
        ("messages.lists", "repeated"),
        ("via-parameter-order", "[\"rport\"]"),
        ("quirks.lower-case-names", "true"),
    ];
    let (_, _, invite) = invite("generic", &settings, "100").await;
    let text = text(&invite);
    has(&text, "\r\nmax-forwards:70\r\n");
    has(&text, "\r\nallow:INVITE\r\nallow:ACK\r\n");
    has(&text, ";rport;branch=z9hG4bK");
    let length = invite.body().len();
    has(&text, &format!("\r\ncontent-length:   {length}\r\n"));
    let settings = [("fold-at", "40")];
    let (_, _, invite) = self::invite("generic", &settings, "100").await;
    has(&self::text(&invite), "CANCEL,\r\n OPTIONS");
    assert!(invite.lists(HeaderName::Allow, "REFER"));
}

#[tokio::test]
async fn contacts_and_uris_say_what_the_device_says() {
    let settings = [
        ("contact-display-name", "true"),
        ("uri-transport", "all"),
        ("addresses.host", "server-address"),
        ("outgoing.privacy", "none"),
        ("preferred-identity", "true"),
        ("lists.require", "[\"x-test\"]"),
        ("accept-encoding", "[\"identity\"]"),
        ("methods-in-contact-on", "[\"INVITE\"]"),
        ("lists.allow-on", "[]"),
    ];
    let (_, _, invite) = invite("generic", &settings, "100").await;
    let text = text(&invite);
    has(&text, "INVITE sip:100@127.0.0.1;transport=udp SIP/2.0\r\n");
    has(&text, "\r\nTo: <sip:100@127.0.0.1>\r\n");
    has(&text, "\r\nContact: \"Alice\" <sip:alice@127.0.0.1:");
    has(&text, ";methods=\"INVITE, ACK, BYE, CANCEL, OPTIONS,");
    has(&text, "\r\nPrivacy: none\r\n");
    has(
        &text,
        "\r\nP-Preferred-Identity: \"Alice\" <sip:alice@127.0.0.1>\r\n",
    );
    has(&text, "\r\nRequire: x-test\r\n");
    has(&text, "\r\nAccept-Encoding: identity\r\n");
    assert!(invite.header(HeaderName::Allow).is_none());
    let settings = [
        ("uri-transport", "register"),
        (
            "registration.contact-parameters",
            "{ line = \"7\", flag = \"\" }",
        ),
        ("contact-parameter-order", "[\"flag\"]"),
    ];
    let register = register("generic", &settings).await;
    let text = self::text(&register);
    has(&text, "REGISTER sip:biloxi.test;transport=udp SIP/2.0\r\n");
    has(&text, ">;flag;line=7\r\n");
}

#[tokio::test]
async fn numbers_of_descriptions_and_of_requests_are_the_devices_own() {
    let settings = [
        ("session-id", "4711"),
        ("session-version", "session-id"),
        ("cseq-start", "50"),
        ("cseq-step", "10"),
    ];
    let (alice, mut peer, invite) = invite("generic", &settings, "100").await;
    has(&text(&invite), "\r\no=- 4711 4711 IN IP4 ");
    assert_eq!(invite.cseq().expect("CSeq").number, 50);
    let mut ok = gannet_ua::response_to(&invite, peer.address, 200, Some("peer"))
        .header("Contact", format!("<sip:peer@{}>", peer.address));
    ok.set_body("application/sdp", offer(4000, "sendrecv"));
    peer.send(&ok).await;
    peer.expect("ACK").await;
    let call = alice.state().latest_call().expect("a call").handle;
    let leaving = alice.clone();
    let end = tokio::spawn(async move { leaving.hang_up(call, soon()).await });
    let bye = peer.expect("BYE").await;
    assert_eq!(bye.cseq().expect("CSeq").number, 60);
    peer.answer(&bye, 200, &[]).await;
    end.await.expect("no panic").expect("an end");
}

#[tokio::test]
async fn numbers_are_dialled_by_the_plan() {
    let plan = "{ \"00(Z.)\" = \"+$1\", \"0900.\" = false, \"9\" = \"sip:nine@nine.test\" }";
    let settings = [("dial-plan", plan), ("user-phone", "true")];
    let (alice, _, invite) = invite("generic", &settings, "0044123").await;
    has(
        &text(&invite),
        "INVITE sip:+44123@biloxi.test;user=phone SIP/2.0\r\n",
    );
    let barred = Destination::User("0900555".to_owned());
    let error = alice.call(&barred, CallOptions::default()).await;
    let error = error.expect_err("barred").to_string();
    has(
        &error,
        "the dial plan of its profile forbids to call 0900555",
    );
    let refused = config("Bob", "generic", 2)
        .profile
        .with_override("dial-plan", "{ \"1.2\" = \"3\" }");
    has(
        &refused.expect_err("no pattern").to_string(),
        ". stands for all that follows",
    );
}

#[tokio::test]
async fn look_alikes_send_what_the_captures_show() {
    let text = text(&register("DeskP", &[]).await);
    has(&text, "REGISTER sip:biloxi.test;transport=udp SIP/2.0\r\n");
    has(
        &text,
        ";methods=\"INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, MESSAGE, SUBSCRIBE, NOTIFY, PRACK, UPDATE, REFER\"",
    );
    assert!(!text.contains("\r\nAllow:"), "{text}");
    let text = self::text(&register("DeskG801", &[("unregister-at-boot", "false")]).await);
    has(&text, ";reg-id=1");
    has(&text, "\r\nMAC: ");
}

#[tokio::test]
async fn calls_of_look_alikes_too() {
    let (_, _, invite) = self::invite("DeskG", &[], "100").await;
    let text = text(&invite);
    has(&text, "-5060-1@BCH.A.A.B\r\n");
    has(&text, "\r\nPrivacy: none\r\nP-Preferred-Identity: ");
    has(&text, "\r\no=user 8000 8000 IN IP4 ");
    let length = invite.body().len();
    has(&text, &format!("\r\nContent-Length:   {length}\r\n"));
    has(&text, "\r\nSession-Expires: 180");
    let (_, _, invite) = self::invite("DeskY", &[], "100").await;
    has(
        &self::text(&invite),
        "\r\nAllow-Events: talk, hold, refer, check-sync\r\n",
    );
    has(&self::text(&invite), "\r\no=- 20001 20001 IN IP4 ");
    assert_eq!(invite.method(), Some(Method::Invite));
}

#[tokio::test]
async fn credentials_name_the_uri_that_the_device_names() {
    for (choice, expected) in [
        ("request-uri", "sip:biloxi.test;transport=udp"),
        ("without-parameters", "sip:biloxi.test"),
        ("host-only", "sip:biloxi.test"),
    ] {
        let settings = [("digest.uri", choice), ("uri-transport", "register")];
        let (alice, mut peer) = phone_with_password(&settings).await;
        let script = async {
            let first = peer.expect("REGISTER").await;
            let challenge = r#"Digest realm="test", nonce="n1", qop="auth", algorithm=MD5"#;
            let headers = [("WWW-Authenticate", challenge)];
            peer.answer(&first, 401, &headers).await;
            let second = peer.expect("REGISTER").await;
            peer.answer(&second, 404, &[]).await;
            second
        };
        let (refused, second) = tokio::join!(alice.register(None, soon()), script);
        refused.expect_err("404");
        let value = second.text(HeaderName::Authorization).expect("credentials");
        let credentials = Authorization::parse(&value).expect("credentials");
        assert_eq!(credentials.uri, expected, "{choice}");
    }
}
