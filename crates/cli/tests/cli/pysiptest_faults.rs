//! What pysiptest's users know to be broken there, seen on the wire of a run: here it is right.

use std::collections::{BTreeMap, BTreeSet};

use gannet_sip::{HeaderName, Message, Method, Uri};
use serde_json::Value;

use crate::bench::{Bench, feature};

/// A message of a run.
struct Wire {
    owner: String,
    sent: bool,
    message: Message,
}

/// Alice registers and calls Bob twice, and Bob hangs up, at a server that asks for SHA-512-256.
fn calls() -> Vec<Wire> {
    let steps = [
        "Alice uses generic phone",
        "Bob uses generic phone",
        "Alice calls Bob",
        "Bob answers the call",
        "Bob hangs up",
        "Alice receives BYE",
        "Alice calls Bob",
        "Bob answers the call",
        "Bob hangs up",
        "Alice receives BYE",
    ];
    let bench = Bench::new()
        .with("gannet.toml", "[pbx]\nalgorithms = [\"SHA-512-256\"]\n")
        .with("f.feature", &feature(&steps));
    bench
        .run("test f.feature --out results")
        .expect(0, &["1 passed"]);
    let events = bench.read("results/events.jsonl");
    let lines = events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let records: Vec<Value> = lines
        .filter_map(|event| event["wire"].as_array().cloned())
        .flatten()
        .collect();
    let wire: Vec<Wire> = records
        .iter()
        .filter(|record| record["kind"] == "sip")
        .map(|record| Wire {
            owner: record["owner"].as_str().unwrap_or_default().to_owned(),
            sent: record["direction"] == "sent",
            message: Message::parse(record["text"].as_str().expect("text").to_owned()),
        })
        .collect();
    assert!(!wire.is_empty());
    wire
}

/// The requests that a phone sent.
fn requests<'a>(wire: &'a [Wire], owner: &'a str, method: &'a Method) -> Vec<&'a Message> {
    let of_owner = wire.iter().filter(|one| one.sent && one.owner == owner);
    of_owner
        .map(|one| &one.message)
        .filter(|message| message.method().as_ref() == Some(method))
        .collect()
}

/// The parameters of a request's credentials.
fn credentials(request: &Message) -> Option<BTreeMap<String, String>> {
    let text = [HeaderName::Authorization, HeaderName::ProxyAuthorization]
        .into_iter()
        .find_map(|name| request.text(name))?;
    let text = text.strip_prefix("Digest ")?.to_owned();
    let pairs = text.split(", ").filter_map(|pair| pair.split_once('='));
    Some(
        pairs
            .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
            .collect(),
    )
}

#[test]
fn the_faults_of_pysiptest_are_not_here() {
    let wire = calls();
    each_request_has_a_branch_of_its_own(&wire);
    the_200_says_where_the_callee_is(&wire);
    credentials_are_for_the_request_with_the_right_hash(&wire);
    nonces_are_counted_each_for_itself(&wire);
    the_bye_of_the_callee_goes_where_the_caller_is(&wire);
}

/// RFC 3261 8.1.3.5: a request that is sent again with credentials is a new transaction.
fn each_request_has_a_branch_of_its_own(wire: &[Wire]) {
    for method in [Method::Register, Method::Invite] {
        let requests = requests(wire, "Alice", &method);
        assert!(requests.len() > 1, "{method}: with and without credentials");
        let branch = |request: &&Message| {
            let via = request.via().expect("a Via");
            via.params.get("branch").expect("a branch").to_owned()
        };
        let branches: BTreeSet<String> = requests.iter().map(branch).collect();
        assert_eq!(branches.len(), requests.len(), "{method}");
    }
}

/// RFC 3261 13.3.1.4.
fn the_200_says_where_the_callee_is(wire: &[Wire]) {
    let answers: Vec<&Message> = wire
        .iter()
        .filter(|one| one.sent && one.owner == "Bob" && one.message.status() == Some(200))
        .map(|one| &one.message)
        .filter(|message| {
            message
                .cseq()
                .is_ok_and(|cseq| cseq.method == Method::Invite)
        })
        .collect();
    assert_eq!(answers.len(), 2);
    for answer in answers {
        let contact = answer.contact().expect("a Contact in 200");
        assert!(contact.uri.port.is_some(), "{}", contact.uri);
    }
}

/// RFC 3261 22.4 and RFC 7616 3.4.6: `uri` is the Request-URI. SHA-512-256 has 256 bits.
fn credentials_are_for_the_request_with_the_right_hash(wire: &[Wire]) {
    for method in [Method::Register, Method::Invite] {
        let with_credentials: Vec<_> = requests(wire, "Alice", &method)
            .into_iter()
            .filter_map(|request| Some((request, credentials(request)?)))
            .collect();
        assert!(!with_credentials.is_empty(), "{method}");
        for (request, credentials) in with_credentials {
            assert_eq!(Some(&*credentials["uri"]), request.request_uri_text());
            assert_eq!(credentials["algorithm"], "SHA-512-256");
            assert_eq!(credentials["response"].len(), 256 / 4);
        }
    }
}

/// RFC 7616 3.4: `nc` counts the requests with one nonce.
fn nonces_are_counted_each_for_itself(wire: &[Wire]) {
    let mut counts = BTreeMap::<String, Vec<String>>::new();
    let sent = wire.iter().filter(|one| one.sent && one.owner == "Alice");
    for credentials in sent.filter_map(|one| credentials(&one.message)) {
        // ACK and CANCEL repeat the credentials of their INVITE (RFC 3261 22.1).
        let of_nonce = counts.entry(credentials["nonce"].clone()).or_default();
        if of_nonce.last() != Some(&credentials["nc"]) {
            of_nonce.push(credentials["nc"].clone());
        }
    }
    assert!(!counts.is_empty());
    for counted in counts.values() {
        let expected: Vec<String> = (1..=counted.len()).map(|n| format!("{n:08x}")).collect();
        assert_eq!(*counted, expected);
    }
    assert!(
        counts.values().any(|counted| counted.len() > 1),
        "{counts:?}"
    );
}

/// RFC 3261 12.2.1.1: the target of a dialog is the other side's Contact.
fn the_bye_of_the_callee_goes_where_the_caller_is(wire: &[Wire]) {
    let byes = requests(wire, "Bob", &Method::Bye);
    assert_eq!(byes.len(), 2);
    for bye in byes {
        let invite = wire
            .iter()
            .filter(|one| !one.sent && one.owner == "Bob")
            .map(|one| &one.message)
            .find(|message| {
                message.method() == Some(Method::Invite) && message.call_id() == bye.call_id()
            })
            .expect("the INVITE of that call");
        let contact: Uri = invite.contact().expect("a Contact").uri;
        assert_eq!(bye.request_uri().expect("a URI"), contact);
    }
}

/// pysiptest waits for ever where another final response comes than the one it expects.
#[test]
fn any_final_response_ends_the_wait() {
    // A proxy makes 500 of 503: the overload is not its own (RFC 3261 16.7).
    let codes = [302, 400, 404, 480, 486, 500, 503, 600, 603].map(|code| match code {
        503 => (503, 500),
        code => (code, code),
    });
    let table: Vec<String> = codes
        .iter()
        .map(|(sent, comes)| {
            format!(
                "  Scenario: {sent}\n    * Bob answers requests by hand\n    * Alice calls Bob\n    \
                 * Bob answers the last request with {sent} \"No\"\n    * the call fails with {comes}\n"
            )
        })
        .collect();
    let text = format!("Feature: F\n{}", table.concat());
    let bench = Bench::new().with("f.feature", &text);
    bench.run("test f.feature").expect(0, &["9 passed"]);
}
