//! PUBLISH as an event publication agent (RFC 3903 4).

use std::time::Duration;

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message, NameAddr, Uri};
use gannet_ua::digest::Credentials;
use gannet_ua::endpoint::{Body, Happening, PublicationId};
use gannet_ua::{EventPackage, PublicationChange, PublicationSpec};

use crate::harness::{assert_drains, bench, cseq, s, text};

fn body(text: &str) -> Body {
    Body {
        content_type: "application/pidf+xml".to_owned(),
        bytes: text.to_owned().into(),
    }
}

fn spec() -> PublicationSpec {
    let uri = Uri::at(Some("alice"), Bench::PEER);
    PublicationSpec {
        uri: uri.clone(),
        from: Bench::contact(),
        to: NameAddr::new(uri),
        event: EventPackage::new("presence"),
        body: body("<away/>"),
        expires: s(600),
        headers: Vec::new(),
        destination: None,
    }
}

fn publish(bench: &mut Bench) -> (PublicationId, Message) {
    let id = bench.endpoint.publish(bench.now, spec());
    (id, bench.sent_one())
}

fn accept(bench: &mut Bench, request: &Message, etag: &str, seconds: u32) {
    bench.answer(request, 200, "c", |response| {
        response
            .header(HeaderName::SipEtag, etag)
            .header(HeaderName::Expires, seconds.to_string())
    });
}

fn refuse(bench: &mut Bench, request: &Message, code: u16, name: HeaderName, value: &str) {
    bench.answer(request, code, "c", |response| response.header(name, value));
}

/// Published for 600 seconds under the tag `e1`.
fn published(bench: &mut Bench) -> (PublicationId, Message) {
    let (id, request) = publish(bench);
    accept(bench, &request, "e1", 600);
    assert_eq!(changes(bench), ["published e1 600"]);
    (id, request)
}

fn changes(bench: &mut Bench) -> Vec<String> {
    let now = bench.now;
    let happenings = bench.happenings().into_iter();
    let change = |happening| match happening {
        Happening::Publication { change, .. } => Some(match change {
            PublicationChange::Published { etag, expires, .. } => {
                format!(
                    "published {} {}",
                    etag.unwrap_or_default(),
                    expires.as_secs()
                )
            }
            PublicationChange::Unknown { .. } => "unknown".to_owned(),
            PublicationChange::Failed {
                outcome,
                retry,
                over,
            } => {
                let retry = retry.map(|at| (at - now).as_secs());
                format!("failed {} {retry:?} {over}", outcome.code())
            }
            PublicationChange::Expired => "expired".to_owned(),
            PublicationChange::Removed { response } => format!("removed {}", response.is_some()),
        }),
        _ => None,
    };
    happenings.filter_map(change).collect()
}

fn condition(request: &Message) -> (String, String, String) {
    let body = String::from_utf8_lossy(request.body()).into_owned();
    let tag = text(request, HeaderName::SipIfMatch);
    (tag, text(request, HeaderName::Expires), body)
}

fn facts(tag: &str, expires: &str, body: &str) -> (String, String, String) {
    (tag.to_owned(), expires.to_owned(), body.to_owned())
}

#[test]
fn a_state_is_published_refreshed_changed_and_removed_by_its_entity_tag() {
    let mut bench = bench();
    let (id, first) = published(&mut bench);
    assert_eq!(condition(&first), facts("", "600", "<away/>"));
    assert_eq!(text(&first, HeaderName::Event), "presence");
    assert_eq!(
        text(&first, HeaderName::ContentType),
        "application/pidf+xml"
    );
    assert_eq!(text(&first, HeaderName::Contact), "");
    assert_eq!(bench.endpoint.publication_etag(id), Some("e1"));
    bench.pass(s(569));
    assert_eq!(bench.sent(), []);
    bench.pass(s(1));
    let refresh = bench.sent_one();
    assert_eq!(condition(&refresh), facts("e1", "600", ""));
    assert_eq!(text(&refresh, HeaderName::ContentType), "");
    assert_eq!(refresh.call_id(), first.call_id());
    assert_eq!(cseq(&refresh), cseq(&first) + 1);
    accept(&mut bench, &refresh, "e2", 600);
    assert!(
        bench
            .endpoint
            .modify_publication(bench.now, id, body("<busy/>"), None)
    );
    let change = bench.sent_one();
    assert_eq!(condition(&change), facts("e2", "600", "<busy/>"));
    accept(&mut bench, &change, "e3", 600);
    assert!(bench.endpoint.remove_publication(bench.now, id));
    let removal = bench.sent_one();
    assert_eq!(condition(&removal), facts("e3", "0", ""));
    bench.answer(&removal, 200, "c", |response| response);
    assert_eq!(
        changes(&mut bench),
        ["published e2 600", "published e3 600", "removed true"]
    );
    assert!(!bench.endpoint.refresh_publication(bench.now, id, None));
    assert_drains(&mut bench);
}

#[test]
fn an_unknown_entity_tag_has_the_state_published_anew_once() {
    let mut bench = bench();
    let (id, _) = published(&mut bench);
    assert!(bench.endpoint.set_publication_etag(id, "stale"));
    bench.endpoint.refresh_publication(bench.now, id, None);
    let refresh = bench.sent_one();
    assert_eq!(condition(&refresh), facts("stale", "600", ""));
    bench.answer(&refresh, 412, "c", |response| response);
    let anew = bench.sent_one();
    assert_eq!(condition(&anew), facts("", "600", "<away/>"));
    // Without a condition a 412 makes no sense.
    bench.answer(&anew, 412, "c", |response| response);
    assert_eq!(bench.sent(), []);
    assert_eq!(changes(&mut bench), ["unknown", "failed 412 None true"]);
    assert_drains(&mut bench);
}

#[test]
fn what_the_compositor_does_not_know_needs_no_removal() {
    let mut bench = bench();
    let (id, _) = published(&mut bench);
    bench.endpoint.remove_publication(bench.now, id);
    let removal = bench.sent_one();
    bench.answer(&removal, 412, "c", |response| response);
    assert_eq!(changes(&mut bench), ["removed true"]);
    assert_drains(&mut bench);
}

#[test]
fn only_one_publish_at_a_time_is_on_its_way_and_the_last_state_counts() {
    let mut bench = bench();
    let (id, first) = publish(&mut bench);
    bench
        .endpoint
        .modify_publication(bench.now, id, body("<busy/>"), None);
    bench
        .endpoint
        .modify_publication(bench.now, id, body("<lunch/>"), None);
    bench.endpoint.refresh_publication(bench.now, id, None);
    assert_eq!(bench.sent(), []);
    accept(&mut bench, &first, "e1", 600);
    let second = bench.sent_one();
    assert_eq!(condition(&second), facts("e1", "600", "<lunch/>"));
    bench.endpoint.remove_publication(bench.now, id);
    accept(&mut bench, &second, "e2", 600);
    let removal = bench.sent_one();
    assert_eq!(condition(&removal), facts("e2", "0", ""));
    // Another state before that is done: it is a publication anew.
    bench
        .endpoint
        .modify_publication(bench.now, id, body("<back/>"), None);
    bench.answer(&removal, 200, "c", |response| response);
    assert_eq!(condition(&bench.sent_one()), facts("", "600", "<back/>"));
}

#[test]
fn what_is_removed_before_it_was_accepted_needs_no_more_words() {
    let mut bench = bench();
    let (id, first) = publish(&mut bench);
    bench.endpoint.remove_publication(bench.now, id);
    bench.answer(&first, 489, "c", |response| response);
    assert_eq!(bench.sent(), []);
    assert_eq!(
        changes(&mut bench),
        ["failed 489 None false", "removed false"]
    );
    assert_drains(&mut bench);
}

#[test]
fn what_is_too_brief_is_published_for_longer() {
    let mut bench = bench();
    let (_, first) = publish(&mut bench);
    refuse(&mut bench, &first, 423, HeaderName::MinExpires, "900");
    let second = bench.sent_one();
    assert_eq!(condition(&second), facts("", "900", "<away/>"));
    refuse(&mut bench, &second, 423, HeaderName::MinExpires, "900");
    assert_eq!(bench.sent(), []);
    assert_eq!(changes(&mut bench), ["failed 423 None true"]);
    assert_drains(&mut bench);
}

#[test]
fn challenges_are_answered() {
    let mut bench = bench();
    let credentials = Credentials::password("alice", "secret");
    bench.endpoint.auth_mut().add_credentials(None, credentials);
    let (id, first) = publish(&mut bench);
    let challenge = "Digest realm=\"r\", nonce=\"1\"";
    refuse(
        &mut bench,
        &first,
        407,
        HeaderName::ProxyAuthenticate,
        challenge,
    );
    let again = bench.sent_one();
    assert_eq!(condition(&again), facts("", "600", "<away/>"));
    assert!(text(&again, HeaderName::ProxyAuthorization).contains("nonce=\"1\""));
    accept(&mut bench, &again, "e1", 600);
    bench
        .endpoint
        .refresh_publication(bench.now, id, Some(s(60)));
    let refresh = bench.sent_one();
    assert_eq!(condition(&refresh), facts("e1", "60", ""));
    assert_eq!(cseq(&refresh), cseq(&again) + 1);
}

#[test]
fn a_refresh_that_fails_is_tried_again_while_there_is_time() {
    let table = [
        (503, Some("20"), Some(20)),
        (503, None, Some(15)),
        (500, None, Some(15)),
        (403, None, None),
    ];
    for (code, after, retry) in table {
        let mut bench = bench();
        published(&mut bench);
        bench.pass(s(570));
        let refresh = bench.sent_one();
        match after {
            Some(after) => refuse(&mut bench, &refresh, code, HeaderName::RetryAfter, after),
            None => bench.answer(&refresh, code, "c", |response| response),
        }
        let failed = format!("failed {code} {retry:?} false");
        assert_eq!(changes(&mut bench), [failed]);
        if let Some(retry) = retry {
            bench.pass(s(retry));
            let refresh = bench.sent_one();
            assert_eq!(condition(&refresh), facts("e1", "600", ""));
            accept(&mut bench, &refresh, "e2", 600);
            assert_eq!(changes(&mut bench), ["published e2 600"]);
        } else {
            bench.pass(s(29));
            assert_eq!(changes(&mut bench), [] as [String; 0]);
            bench.pass(s(1));
            assert_eq!(changes(&mut bench), ["expired"]);
            assert_drains(&mut bench);
        }
    }
}

#[test]
fn nobody_answers() {
    let mut bench = bench();
    publish(&mut bench);
    bench.pass(s(32));
    assert_eq!(changes(&mut bench), ["failed 408 None true"]);
    assert_drains(&mut bench);
    // A refresh that nobody answers in time.
    let mut bench = crate::harness::bench();
    published(&mut bench);
    bench.pass(s(600));
    assert_eq!(changes(&mut bench), ["expired"]);
    bench.pass(Duration::from_secs(2));
    assert_eq!(changes(&mut bench), ["failed 408 None true"]);
    assert_drains(&mut bench);
}

#[test]
fn a_compositor_that_gives_no_entity_tag_is_told_the_whole_state_again() {
    let mut bench = bench();
    let (_, first) = publish(&mut bench);
    bench.answer(&first, 200, "c", |response| response);
    assert_eq!(changes(&mut bench), ["published  600"]);
    bench.pass(s(570));
    assert_eq!(condition(&bench.sent_one()), facts("", "600", "<away/>"));
}
