//! sipsak asks phones and servers what they can do.

use std::time::Duration;

use crate::harness::{FeatureRun, Server, ServerKind, Site, sipsak};

const REGISTERED_LIMIT: Duration = Duration::from_secs(15);
const RUN_LIMIT: Duration = Duration::from_secs(30);

#[test]
fn a_phone_answers_options_of_sipsak() {
    let Some(site) = Site::open("a_phone_answers_options_of_sipsak", &["sipsak"]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let feature = Site::interop("calls/is_asked.feature");
    let run = FeatureRun::of_file(&site, "is_asked", feature);
    let alice = run.with_config(&server.gannet_toml()).start();
    let contact = server.wait_for_contact("alice", REGISTERED_LIMIT);
    let answer = sipsak(&site, "sip:alice@127.0.0.1", port_of(&contact));
    let outcome = alice.wait(RUN_LIMIT);
    outcome.assert_passed();
    assert_options_answer(answer.code, &answer.output);
}

#[test]
fn the_embedded_server_answers_options_of_sipsak() {
    let name = "the_embedded_server_answers_options_of_sipsak";
    let Some(site) = Site::open(name, &["sipsak"]) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Embedded);
    let answer = sipsak(&site, "sip:127.0.0.1", server.port());
    assert_options_answer(answer.code, &answer.output);
}

/// RFC 3261 11.2: the answer to OPTIONS tells what an INVITE could use.
fn assert_options_answer(code: Option<i32>, output: &str) {
    assert_eq!(code, Some(0), "{output}");
    let allow = output.lines().find(|line| line.starts_with("Allow:"));
    assert!(
        allow.is_some_and(|methods| methods.contains("INVITE") && methods.contains("BYE")),
        "{output}"
    );
}

fn port_of(contact: &str) -> u16 {
    let digits = contact
        .rsplit_once("127.0.0.1:")
        .map_or("", |(_, rest)| rest)
        .split(|c: char| !c.is_ascii_digit())
        .next();
    digits
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_else(|| panic!("{contact} has no port"))
}
