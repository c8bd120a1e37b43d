//! The vocabulary that was agreed on, sentence by sentence: each means exactly one thing.

use gannet_steps::{MatchError, Registry, library};

/// How calls are made, answered and refused, and how they end.
const CALLS: &str = r#"
Alice calls Bob
"Alice" calls "Bob" as call first
Alice calls Bob without SDP
Alice calls Bob anonymously
Alice calls Bob with header Subject "lunch"
Bob rings
Bob is ringing
Bob does not ring
Bob stops ringing
Bob shows "Alice"
Bob rings for 3 seconds
Bob answers the call after 2 seconds
Bob rejects the call with 603
Bob is busy
Bob lets it ring
Bob redirects the call to Charlie
Alice cancels the call
Alice hangs up after 2 seconds
Alice is idle
Alice has 2 calls
Alice is connected to Bob
the call fails with 4xx
the call ends
the call ends with cause "Busy Here"
Alice gets no answer
Alice hears ringback
Alice hears busy tone
the following calls are made:
"#;

/// What happens in calls.
const IN_CALLS: &str = r#"
Alice puts the call on hold
Alice resumes the call
Bob sees the call held
Alice mutes
Alice unmutes
Alice sends DTMF "12#"
Alice sends DTMF "12#" by RFC 4733
Alice sends DTMF "12#" by INFO with 200 ms tones
Alice sends DTMF "12#" in-band
Alice sends DTMF "12#" with 80 ms tones
Bob receives DTMF "12#"
Bob receives DTMF "12#" by RFC 4733
Bob receives DTMF "12#" by INFO
Bob receives DTMF "12#" in-band
Alice transfers the call to Charlie
Alice transfers the call to Charlie blind
Alice transfers attended to Charlie
Alice swaps calls
the transfer succeeds
the transfer fails with 486
Bob is transferred to Charlie
Alice joins calls first and second
Alice starts a conference with Bob, Charlie
Alice hears 2 parties
Alice re-invites with codec PCMA
Alice changes its media address
Alice goes away without BYE
"#;

/// What PBXes do beside calls.
const FEATURES: &str = r#"
Status is set to DND
Status is set to available
Status is set to forward to Charlie
Status is set to forward to Charlie always
Status is set to forward to Charlie when busy
Status is set to forward to Charlie after 5 seconds
Bob sets DND
Bob sets DND by feature code "*78"
Bob forwards always to Charlie
Bob forwards on busy to Charlie
Bob forwards on no answer to Charlie
Bob clears forwarding
Bob parks the call on 500
Charlie retrieves the call from 500
Charlie picks up Bob
the parked call returns after 5 seconds
Bob has 1 new and 0 old messages
Bob has no voicemail waiting
Alice leaves a voicemail of 3 seconds
Bob listens to voicemail "57"
Bob logs into queue A200
Alice pages Bob
Charlie presses the BLF key for Bob
Bob is auto-answered
"#;

/// Events, texts, single requests.
const EVENTS: &str = r#"
Alice subscribes to dialog of Bob
Alice subscribes to dialog of Bob for 60 seconds
Alice subscribes to presence of Bob with body:
Alice subscribes to presence of Bob for 60 seconds with body:
Alice refreshes the subscription
Alice terminates the subscription
Alice is notified that Bob is Away
BLF lamp of Bob is early
Alice receives NOTIFY for dialog with state "active"
Alice receives NOTIFY for dialog with state "terminated" and reason "timeout"
Alice publishes presence as:
Alice refreshes its publication
Alice removes its publication
Alice uses a stale ETag
Alice sends message "lunch?" to Bob
Bob receives message "lunch?" from Alice
the message is accepted
the message is refused with 404
Alice sends INFO package "conference"
Alice sends OPTIONS to Bob
Alice gets 200
"#;

/// What the protocol does, and what phones do wrong.
const PROTOCOL: &str = r#"
Alice requires 100rel
Bob sends reliable 183
Alice does not send PRACK
Alice sends UPDATE with hold
Alice uses session timer 1800 refreshed by uac
the session is refreshed within 50 seconds
Alice never refreshes
Bob sends early media
Alice hears early media
Bob answers with 3 provisional responses
Bob forks to 3 dialogs
Bob ignores 2 INVITE
Bob ignores INVITE
Bob ignores 1 ACK
Alice ignores 180
Alice ignores 2 200 to INVITE
Alice ignores 401,407
Alice ignores 4xx to REGISTER
"Alice" ignores "1" "200 to INVITE"
Alice drops 20% of packets
Alice drops 0.5% of packets
Alice drops 5% of RTP packets
Bob delays 200 to INVITE by 2 seconds
Bob delays 180 by 500 ms
Alice sends BYE twice
Alice sends 200 to INVITE twice
Alice retransmits INVITE 3 times
Bob retransmits 200 to INVITE 1 time
Bob retransmits 200 3 times
Bob answers every OPTIONS with 503
Bob answers every OPTIONS with 503 2 times
Bob answers every INVITE with 503 with header Retry-After "5"
Bob answers every INVITE with 503 1 time with header Retry-After "5"
Bob behaves again
"#;

/// Which messages there are, and what they say.
const MESSAGES: &str = r#"
Bob receives INVITE
Bob receives 2 INVITE
Bob does not receive BYE
Bob receives these messages in order:
Bob receives INVITE with header Subject
Bob receives INVITE with header Subject equal to "lunch"
Bob receives INVITE with header From matching /tag=/
Bob receives INVITE without header Privacy
Alice sends ACK
Alice sends 2 REGISTER
Alice does not send BYE
header Contact of 200 received by Alice has parameter transport "tcp"
header Via of INVITE received by Bob has 1 value
header Call-ID of INVITE received by Bob is stored as id
header Call-ID of INVITE sent by Alice is stored as id
the request URI of INVITE received by Bob is "sip:bob@127.0.0.1:5070"
both legs have the same Subject
body of INVITE matches /m=audio/
the reason phrase of 486 is "Busy Here"
200 to INVITE is valid SIP
no message has header P-Asserted-Identity
"#;

/// Session descriptions and media.
const MEDIA: &str = r#"
SDP of INVITE offers PCMU
SDP of INVITE offers PCMU, telephone-event/8000
SDP of INVITE offers PCMU, PCMA in this order
SDP of INVITE direction is sendrecv
SDP of 200 to INVITE has line /^a=ptime:20$/
the call uses codec PCMU
the call uses ptime 20
the call is relayed through 127.0.0.1
media flows directly
Alice hears Bob
Alice does not hear Bob
Alice hears a 440 Hz tone
Alice hears silence
Alice receives audio for 3 seconds
Alice loses at most 0.5%
Alice has jitter below 20 ms
Alice has gap below 200 ms
Alice plays "hello.wav"
Alice plays a 440 Hz tone
Alice plays silence
Bob echoes
Bob records to "heard.wav"
RTP from Alice keeps SSRC
RTCP is received
"#;

/// Time and order.
const TIME: &str = "
180 arrives at Alice within 2 seconds of INVITE
200 to INVITE arrives at Alice after at least 2 seconds
post-dial delay is below 2 seconds
set-up is below 2 seconds
wait 500 ms
wait until Alice is idle
meanwhile:
";

#[test]
fn every_sentence_that_was_agreed_on_means_one_thing() {
    let registry = Registry::of_checked(library::definitions()).expect("sound definitions");
    let all = [
        CALLS, IN_CALLS, FEATURES, EVENTS, PROTOCOL, MESSAGES, MEDIA, TIME,
    ];
    let sentences = all.iter().flat_map(|part| part.trim().lines());
    let faults: Vec<_> = sentences
        .filter_map(|sentence| match registry.find(sentence) {
            Ok(_) => None,
            Err(MatchError::Undefined { .. }) => Some(format!("{sentence}: nothing")),
            Err(MatchError::Ambiguous { patterns }) => Some(format!("{sentence}: {patterns:?}")),
        })
        .collect();
    assert_eq!(faults, [""; 0]);
}
