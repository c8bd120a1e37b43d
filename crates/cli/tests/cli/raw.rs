//! Messages by hand: raw, built of parts, answered with any code and phrase.

use crate::bench::{Bench, feature};

/// OPTIONS as a person writes it.
const RAW: &str = r#"      """
      OPTIONS sip:${who}@[domain] SIP/2.0
      v: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
      Max-Forwards: 70
      f: <sip:[user]@[domain]>;tag=[tag]
      t: <sip:${who}@[domain]>
      i: [call_id]
      CSeq: 7 OPTIONS
      X-Empty:
      l: [len]
      """
"#;

/// A description that takes what is sent to it nowhere.
const SDP: &str = "v=0\n      o=- 1 1 IN IP4 127.0.0.1\n      s=-\n      c=IN IP4 127.0.0.1\n      \
                   t=0 0\n      m=audio 40000 RTP/AVP 0 8\n";

fn doc(text: &str) -> String {
    format!("      \"\"\"\n      {text}\n      \"\"\"\n")
}

fn step(text: &str) -> String {
    format!("    * {text}\n")
}

#[test]
fn raw_messages_and_octets_go_out_as_they_are() {
    let steps = [
        feature(&[
            "Bob registers",
            "Alice registers",
            "Alice sends raw message:",
        ]),
        RAW.to_owned(),
        step("Alice receives 404 to OPTIONS with header CSeq equal to \"7 OPTIONS\""),
        step("Alice sends raw message to Bob:"),
        RAW.to_owned(),
        step("Bob receives OPTIONS with header X-Empty equal to \"\""),
        step("Alice receives 200 to OPTIONS"),
        step("Alice sends bytes from garbage.bin"),
        step("Bob does not receive OPTIONS within 50 ms"),
    ];
    let bench = Bench::new()
        .with("f.feature", &steps.concat())
        .with("gannet.toml", "[variables]\nwho = \"5550199\"\n")
        .with_bytes("garbage.bin", &[0, 1, 2, 13, 10, 255]);
    bench.run("test f.feature").expect(0, &["1 passed"]);
}

#[test]
fn requests_are_built_sent_and_answered_by_hand() {
    let challenged = [
        feature(&[
            "Bob registers",
            "Alice builds MESSAGE to Bob",
            "with header field \"X-Test\" value \"1\"",
            "with body:",
        ]),
        doc("hello"),
        step("Alice sends it"),
        step("Alice gets 407"),
        step("with header field Authorization for Alice"),
        step("Alice sends it"),
        step("Alice gets 200"),
        step("Bob receives MESSAGE with header X-Test equal to \"1\""),
        step("Bob receives message \"hello\" from Alice"),
    ];
    let invite = [
        feature(&[
            "Bob expects a call",
            "Alice builds INVITE to Bob",
            "with body:",
        ]),
        doc(SDP),
        step("Alice sends it"),
        step("Alice gets 407"),
        step("with header field Authorization for Alice"),
        step("Alice sends it"),
        step("Alice gets 200"),
        step("Bob receives ACK"),
    ];
    let accepted = [
        feature(&[
            "Bob registers",
            "Alice calls Bob",
            "Bob answers the last request with 200 \"Fine\" with body:",
        ]),
        doc(SDP),
        step("Alice receives 200 to INVITE"),
        step("the reason phrase of 200 to INVITE is \"Fine\""),
        step("Bob receives ACK"),
        step("Alice hangs up"),
        step("Bob receives BYE"),
    ];
    let bench = Bench::new()
        .with("challenged.feature", &challenged.concat())
        .with("invite.feature", &invite.concat())
        .with("accepted.feature", &accepted.concat());
    bench
        .run("test challenged.feature invite.feature accepted.feature")
        .expect(0, &["3 passed"]);
}

#[test]
fn refusals_by_hand_have_the_phrase_and_body_that_was_written() {
    let call = [
        feature(&[
            "Bob registers",
            "Alice calls Bob",
            "Bob answers the last request with 488 \"Not Like This\"",
            "the call fails with 488",
            "the reason phrase of 488 to INVITE is \"Not Like This\"",
        ]),
        step("Alice calls Bob"),
        step("Bob answers the last request with 488 \"Why\" with body:"),
        doc("because"),
        step("Alice receives 488 to INVITE"),
        step("body of 488 to INVITE matches /^because$/"),
    ];
    let refused = [
        "Bob registers",
        "Alice builds INVITE to 5550199",
        "Alice sends it",
        "Alice gets 404,407",
        "Alice sends ACK",
    ];
    let bench = Bench::new()
        .with("call.feature", &call.concat())
        .with("refused.feature", &feature(&refused));
    bench
        .run("test call.feature refused.feature")
        .expect(0, &["2 passed"]);
}

#[test]
fn what_cannot_be_sent_or_answered_is_told() {
    let bench = Bench::new()
        .with("empty.feature", &feature(&["Alice sends raw message:"]))
        .with("unbuilt.feature", &feature(&["Alice sends it"]))
        .with(
            "idle.feature",
            &feature(&["Bob answers the last request with 200 \"OK\" within 50 ms"]),
        )
        .with(
            "file.feature",
            &feature(&["Alice sends bytes from none.bin"]),
        );
    bench
        .run("test empty.feature unbuilt.feature idle.feature")
        .expect(
            1,
            &[
                "this step needs a doc string below it",
                "Alice has built no request",
                "waited for a request that waits for an answer",
                "3 scenarios: 2 failed, 1 timed out",
            ],
        );
    bench
        .run("test file.feature")
        .expect(2, &["there is no file `none.bin`"]);
}
