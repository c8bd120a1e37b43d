//! Calls with session timers.

use gannet_sim::Bench;
use gannet_sip::{HeaderName, Message};
use gannet_ua::SessionPolicy;
use gannet_ua::endpoint::{Body, CallId, EndpointConfig, Happening, Reply};

use crate::harness::{s, start, text};

const ALLOW: &str = "INVITE, ACK, BYE, UPDATE";
/// A description as bob writes it.
const THEIRS: &str = "v=0\r\ns=bob\r\n";

pub(crate) fn policy(expires: u64) -> SessionPolicy {
    SessionPolicy {
        expires: (expires > 0).then(|| s(expires)),
        ..SessionPolicy::default()
    }
}

pub(crate) fn bench(policy: SessionPolicy) -> Bench {
    let mut config = EndpointConfig::new(Bench::LOCAL, 1);
    config.session = Some(policy);
    Bench::with(start(), config)
}

/// A 2xx of bob with these fields, by name and value.
pub(crate) fn accept(bench: &mut Bench, request: &Message, fields: &[(HeaderName, &str)]) {
    bench.answer(request, 200, "b", |response| {
        let contact = (HeaderName::Contact, "<sip:b@10.0.0.2>");
        let fields = fields.iter().copied().chain([contact]);
        fields
            .fold(response, |response, (name, value)| {
                response.header(name, value)
            })
            .body("application/sdp", THEIRS)
    });
}

pub(crate) fn settled(value: &str) -> Vec<(HeaderName, &str)> {
    vec![
        (HeaderName::SessionExpires, value),
        (HeaderName::Require, "timer"),
        (HeaderName::Allow, ALLOW),
    ]
}

/// A call of alice that bob has answered with this Session-Expires.
pub(crate) fn calling(bench: &mut Bench, session_expires: &str) -> (CallId, Message) {
    let (call, invite) = bench.call();
    accept(bench, &invite, &settled(session_expires));
    assert_eq!(bench.sent_titles(), ["ACK"]);
    (call, invite)
}

/// A call of bob, who writes these fields into his INVITE, that alice has answered; gives her 200.
pub(crate) fn called(bench: &mut Bench, fields: &str) -> (CallId, Message) {
    let fields = format!("Contact: <sip:bob@10.0.0.2>\n{fields}");
    bench.receive_message(&Bench::request("INVITE", "in", "", 1, &fields));
    let happenings = bench.happenings();
    let [Happening::IncomingCall { call, .. }] = happenings[..] else {
        panic!("no incoming call: {happenings:#?}")
    };
    let reply = Reply::new(200).body(Body::sdp("v=0\r\ns=alice\r\n"));
    bench
        .endpoint
        .accept(bench.now, call, Bench::contact(), reply);
    let ok = bench.sent_one();
    let tag = ok.to_tag().expect("a tag");
    bench.receive_message(&Bench::request("ACK", "ack", &tag, 1, ""));
    (call, ok)
}

/// The timers that were started since the last time: seconds and whether the refresher is alice; 0
/// for none any more.
pub(crate) fn started(bench: &mut Bench) -> Vec<(u64, bool)> {
    let happenings = bench.happenings().into_iter();
    happenings
        .filter_map(|happening| match happening {
            Happening::Session {
                interval,
                we_refresh,
                ..
            } => Some((interval.map_or(0, |time| time.as_secs()), we_refresh)),
            _ => None,
        })
        .collect()
}

pub(crate) fn session_expires(message: &Message) -> String {
    text(message, HeaderName::SessionExpires)
}
