//! What becomes of a registration that is refused, and when one that is granted is refreshed.

use gannet_sip::{HeaderName, Transport};
use gannet_ua::{Reaction, Refusals, RegistrationPolicy};

use crate::flows::{bench, changes, grant, spec, target};
use crate::harness::{s, text};

#[test]
fn a_439_leads_to_a_plain_registration() {
    let mut bench = bench(Transport::Udp);
    bench
        .endpoint
        .register(bench.now, spec(1, target(Transport::Udp, None)));
    let request = bench.sent_one();
    bench.answer(&request, 439, "r", |response| response);
    let plain = bench.sent_one();
    let contact = plain.contact().expect("Contact");
    assert!(!contact.params.has("reg-id"));
    assert_eq!(text(&plain, HeaderName::Supported), "path");
    grant(&mut bench, &plain, &[]);
    assert_eq!(changes(&mut bench), ["registered"]);
}

#[test]
fn reactions_and_limits_decide_what_a_refusal_leads_to() {
    let refused = |code: u16, policy: RegistrationPolicy| {
        let mut bench = bench(Transport::Udp);
        let mut plain = spec(1, target(Transport::Udp, None));
        plain.policy = policy;
        bench.endpoint.register(bench.now, plain);
        let mut sent = 0;
        while let Some(request) = bench.sent().pop() {
            sent += 1;
            bench.answer(&request, code, "r", |response| response);
            bench.pass(s(40));
        }
        (sent, changes(&mut bench).pop().expect("a failure"))
    };
    let reacting = |reaction| RegistrationPolicy {
        reactions: vec![(Refusals::Class(4), reaction)],
        tries_max: Some(3),
        ..RegistrationPolicy::default()
    };
    assert_eq!(
        refused(403, reacting(Reaction::Stop)),
        (1, "gave up 403".into())
    );
    assert_eq!(
        refused(403, reacting(Reaction::Retry)),
        (3, "gave up 403".into())
    );
    assert_eq!(
        refused(503, reacting(Reaction::Stop)),
        (3, "gave up 503".into())
    );
    assert_eq!(
        refused(404, reacting(Reaction::AtOnce)),
        (4, "gave up 404".into())
    );
}

#[test]
fn a_share_of_the_lifetime_may_say_when_to_refresh() {
    let mut bench = bench(Transport::Udp);
    let mut plain = spec(1, target(Transport::Udp, None));
    plain.policy = RegistrationPolicy {
        refresh_share: Some(80),
        ..RegistrationPolicy::default()
    };
    bench.endpoint.register(bench.now, plain);
    let request = bench.sent_one();
    grant(&mut bench, &request, &[]);
    bench.pass(s(479));
    assert_eq!(bench.sent_titles().len(), 0);
    bench.pass(s(1));
    assert_eq!(bench.sent_titles(), ["REGISTER"]);
}
