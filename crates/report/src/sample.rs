//! A run as the tests of this crate show it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gannet_events::{
    Difference, Direction, Failure, FailureClass, FeatureStarted, Heard, MediaReport,
    NearestMessage, Notice, NoticeLevel, RunEvent, RunFinished, RunStarted, ScenarioFinished,
    ScenarioId, ScenarioStarted, Status, StepFinished, StepProgress, StepStarted, Tally, WireKind,
    WireRecord,
};

/// 2025-07-20 08:26:40 UTC.
const START: Duration = Duration::from_secs(1_753_000_000);

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A capture that is written down packet by packet.
#[derive(Default)]
pub(crate) struct Wire {
    records: Vec<WireRecord>,
}

fn address(name: &str) -> SocketAddr {
    match name {
        "pbx" => "127.0.0.1:5060",
        "Alice" => "127.0.0.1:40001",
        "Bob" => "127.0.0.1:40002",
        "Zoë" => "[::1]:40003",
        other => other,
    }
    .parse()
    .expect("a sample name or an address")
}

impl Wire {
    /// A packet captured by its sender, and by its receiver if that has a name.
    pub(crate) fn packet(
        mut self,
        at_ms: u64,
        from: &str,
        to: &str,
        kind: WireKind,
        bytes: impl Into<Bytes>,
    ) -> Self {
        let bytes = bytes.into();
        let named = |name: &str| name.parse::<SocketAddr>().is_err();
        for (owner, other, direction, late) in [
            (from, to, Direction::Sent, Duration::ZERO),
            (to, from, Direction::Received, Duration::from_micros(90)),
        ] {
            if named(owner) {
                self.records.push(WireRecord {
                    at: START + ms(at_ms) + late,
                    direction,
                    kind,
                    transport: "UDP",
                    local: address(owner),
                    remote: address(other),
                    owner: owner.into(),
                    bytes: bytes.clone(),
                    dropped: false,
                });
            }
        }
        self
    }

    /// A SIP message seen at both ends.
    pub(crate) fn sip(self, at_ms: u64, from: &str, to: &str, text: impl Into<Bytes>) -> Self {
        self.packet(at_ms, from, to, WireKind::Sip, text)
    }

    /// The last packet was dropped at the receiver.
    pub(crate) fn dropped(mut self) -> Self {
        if let Some(last) = self.records.last_mut() {
            last.dropped = true;
        }
        self
    }

    /// RTP of 20 ms packets.
    pub(crate) fn rtp(mut self, at_ms: u64, from: &str, to: &str, packets: u16) -> Self {
        for index in 0..packets {
            let mut packet = vec![0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
            packet[2..4].copy_from_slice(&index.to_be_bytes());
            packet.resize(172, 0xff);
            let at = at_ms + u64::from(index) * 20;
            self = self.packet(at, from, to, WireKind::Rtp, packet);
        }
        self
    }

    pub(crate) fn records(self) -> Arc<[WireRecord]> {
        self.records.into()
    }
}

/// A request with the fewest headers that a ladder needs.
pub(crate) fn request(method: &str, call_id: &str, sdp: bool) -> String {
    message(
        &format!("{method} sip:bob@127.0.0.1 SIP/2.0"),
        method,
        call_id,
        sdp,
    )
}

/// A response likewise.
pub(crate) fn response(status: &str, method: &str, call_id: &str, sdp: bool) -> String {
    message(&format!("SIP/2.0 {status}"), method, call_id, sdp)
}

fn message(start: &str, method: &str, call_id: &str, sdp: bool) -> String {
    let body = if sdp {
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio 40001 RTP/AVP 0\r\n"
    } else {
        ""
    };
    let content_type = if sdp {
        "Content-Type: application/sdp\r\n"
    } else {
        ""
    };
    format!(
        "{start}\r\nCall-ID: {call_id}\r\nCSeq: 1 {method}\r\n{content_type}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Alice calls Bob through the PBX, Bob is busy.
pub(crate) fn busy_call() -> Arc<[WireRecord]> {
    Wire::default()
        .sip(0, "Alice", "pbx", request("INVITE", "a1@alice", true))
        .sip(
            1,
            "pbx",
            "Alice",
            response("100 Trying", "INVITE", "a1@alice", false),
        )
        .sip(2, "pbx", "Bob", request("INVITE", "b2@pbx", true))
        .dropped()
        .sip(502, "pbx", "Bob", request("INVITE", "b2@pbx", true))
        .sip(510, "Bob", "pbx", busy())
        .sip(511, "pbx", "Bob", request("ACK", "b2@pbx", false))
        .sip(
            512,
            "pbx",
            "Alice",
            response("486 Busy Here", "INVITE", "a1@alice", false),
        )
        .sip(513, "Alice", "pbx", request("ACK", "a1@alice", false))
        .records()
}

fn busy() -> String {
    response("486 Busy Here", "INVITE", "b2@pbx", false)
}

/// The events of a scenario, one after the other.
pub(crate) struct Script {
    pub(crate) events: Vec<RunEvent>,
    id: ScenarioId,
    attempt: u32,
    next_step: u32,
    next_line: u32,
}

impl Script {
    pub(crate) fn start(id: u32, file: &str, feature: &str, line: u32, name: &str) -> Self {
        Self::attempt(id, 1, file, feature, line, name)
    }

    fn attempt(id: u32, attempt: u32, file: &str, feature: &str, line: u32, name: &str) -> Self {
        let id = ScenarioId(id);
        Self {
            events: vec![RunEvent::ScenarioStarted(ScenarioStarted {
                id,
                at: START + ms(10),
                feature: feature.into(),
                rule: None,
                file: file.into(),
                line,
                name: name.into(),
                tags: vec!["@basecall".into()],
                attempt,
            })],
            id,
            attempt,
            next_step: 0,
            next_line: line + 1,
        }
    }

    pub(crate) fn step(
        mut self,
        keyword: &str,
        text: &str,
        millis: u64,
        status: Status,
        failure: Option<Failure>,
    ) -> Self {
        let (scenario, step) = (self.id, self.next_step);
        self.events.push(RunEvent::StepStarted(StepStarted {
            scenario,
            step,
            keyword: keyword.into(),
            text: text.into(),
            line: self.next_line,
        }));
        if millis > 1000 {
            self.events.push(RunEvent::StepProgress(StepProgress {
                scenario,
                step,
                message: "waiting, 1 of 5 s".into(),
            }));
        }
        self.events.push(RunEvent::StepFinished(StepFinished {
            scenario,
            step,
            status,
            duration: ms(millis),
            failure,
        }));
        self.next_step += 1;
        self.next_line += 1;
        self
    }

    pub(crate) fn passed(self, keyword: &str, text: &str, millis: u64) -> Self {
        self.step(keyword, text, millis, Status::Passed, None)
    }

    pub(crate) fn end(
        self,
        status: Status,
        millis: u64,
        will_retry: bool,
        wire: Arc<[WireRecord]>,
    ) -> Vec<RunEvent> {
        let media = if status.is_passed() {
            vec![talk()]
        } else {
            Vec::new()
        };
        let mut events = self.events;
        events.push(RunEvent::ScenarioFinished(ScenarioFinished {
            id: self.id,
            attempt: self.attempt,
            status,
            duration: ms(millis),
            will_retry,
            failure: None,
            wire,
            media,
        }));
        events
    }
}

fn talk() -> MediaReport {
    MediaReport {
        phone: "Alice".into(),
        call_id: Some("a1@alice".into()),
        codec: "PCMU/8000".into(),
        packets_sent: 500,
        packets_received: 499,
        packets_lost: 1,
        packets_reordered: 0,
        jitter: Duration::from_micros(800),
        heard: vec![Heard {
            what: "tone 440 Hz".into(),
            start: ms(20),
            duration: ms(9_980),
        }],
    }
}

pub(crate) fn busy_failure() -> Failure {
    Failure::new(FailureClass::Timeout, "Bob's phone did not ring")
        .waiting_for("an INVITE at Bob that rings", ms(5_000))
        .of_phone("Bob")
        .in_call("a1@alice")
        .with_nearest(NearestMessage {
            bytes: busy().into(),
            differences: vec![Difference {
                what: "status code".into(),
                expected: "180".into(),
                received: "486".into(),
            }],
        })
}

const FILE: &str = "features/alice.feature";
const FEATURE: &str = "Alice Makes Calls";

/// A scenario that passes.
pub(crate) fn passing() -> Vec<RunEvent> {
    let wire = Wire::default()
        .sip(0, "Alice", "pbx", request("INVITE", "a1@alice", true))
        .sip(
            9,
            "pbx",
            "Alice",
            response("200 OK", "INVITE", "a1@alice", true),
        )
        .sip(10, "Alice", "pbx", request("ACK", "a1@alice", false))
        .rtp(30, "Alice", "pbx", 20)
        .records();
    Script::start(0, FILE, FEATURE, 3, "Alice calls Bob")
        .passed("Given ", "Alice uses Squirrel350 phone", 12)
        .passed("When ", "Alice calls Bob", 31)
        .passed("And ", "Alice and Bob talk for 10 seconds", 10_004)
        .end(Status::Passed, 10_051, false, wire)
}

/// A scenario that fails in its second step.
pub(crate) fn failing() -> Vec<RunEvent> {
    let skipped = || Status::Skipped("an earlier step failed".into());
    Script::start(1, FILE, FEATURE, 12, "Bob answers")
        .passed("When ", "Alice calls Bob", 31)
        .step(
            "Then ",
            "Bob answers the phone",
            5_000,
            Status::TimedOut,
            Some(busy_failure()),
        )
        .step(
            "And ",
            "Alice and Bob talk for 10 seconds",
            0,
            skipped(),
            None,
        )
        .step("Then ", "Bob hangs up the phone", 0, skipped(), None)
        .end(Status::TimedOut, 5_040, false, busy_call())
}

/// A scenario that is tagged `@skip`.
pub(crate) fn skipped() -> Vec<RunEvent> {
    Script::start(2, FILE, FEATURE, 20, "Bob sends a fax").end(
        Status::Skipped("tagged @skip".into()),
        0,
        false,
        [].into(),
    )
}

/// A scenario with a step that nobody knows.
pub(crate) fn undefined() -> Vec<RunEvent> {
    let failure = Failure::new(
        FailureClass::Undefined,
        "no step is known for \"Bob dances\"",
    )
    .detail("the nearest known steps:\n  {name} answers\n  {name} dials {number}");
    Script::start(3, FILE, FEATURE, 26, "Bob dances")
        .step("When ", "Bob dances", 0, Status::Undefined, Some(failure))
        .end(Status::Undefined, 0, false, [].into())
}

/// A scenario with names from all over the world and from an attacker.
pub(crate) fn odd_names() -> Vec<RunEvent> {
    Script::start(
        4,
        "features/日本 語.feature",
        "Zoë ruft \u{1b}[31mBöb\u{202e}",
        2,
        "電話をかける \u{7}😀",
    )
    .passed("前提", "「アリス」が電話を使う", 4)
    .end(Status::Passed, 4, false, [].into())
}

/// A scenario that passes when tried again.
fn flaky() -> Vec<RunEvent> {
    let file = "features/日本 語.feature";
    let (feature, name) = ("Zoë ruft \u{1b}[31mBöb\u{202e}", "second try");
    let failure = Failure::new(FailureClass::CallFailed, "the call was refused with 503");
    let first = Script::attempt(5, 1, file, feature, 8, name)
        .step("When ", "Zoë calls", 3, Status::Failed, Some(failure))
        .end(Status::Failed, 3, true, [].into());
    let second = Script::attempt(5, 2, file, feature, 8, name)
        .passed("When ", "Zoë calls", 3)
        .end(Status::Passed, 3, false, [].into());
    [first, second].concat()
}

pub(crate) fn run_started(selected: u32) -> RunEvent {
    RunEvent::RunStarted(RunStarted {
        at: START,
        version: "0.1.0".into(),
        server: "embedded PBX at 127.0.0.1:5060".into(),
        rerun_command: "gannet test".into(),
        selected,
        left_out: 2,
    })
}

/// A run of the given scenarios, with start and end.
pub(crate) fn run(selected: u32, scenarios: Vec<Vec<RunEvent>>) -> Vec<RunEvent> {
    let mut events = vec![run_started(selected)];
    events.extend(scenarios.into_iter().flatten());
    let mut tally = Tally::default();
    for event in &events {
        tally.on_event(event);
    }
    events.push(RunEvent::RunFinished(RunFinished {
        summary: tally.summary(),
        duration: ms(10_060),
    }));
    events
}

/// A run with one of everything.
pub(crate) fn whole_run() -> Vec<RunEvent> {
    let mut events = run(
        6,
        vec![
            odd_names(),
            flaky(),
            failing(),
            passing(),
            skipped(),
            undefined(),
        ],
    );
    events.insert(
        1,
        RunEvent::FeatureStarted(FeatureStarted {
            name: FEATURE.into(),
            file: FILE.into(),
            line: 1,
        }),
    );
    events.insert(
        2,
        RunEvent::Notice(Notice {
            scenario: None,
            level: NoticeLevel::Warning,
            text: "the clock of this machine was set back".into(),
        }),
    );
    events
}
