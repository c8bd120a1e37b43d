//! A transaction layer on a virtual clock.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_sip::{Message, Transport};
use gannet_ua::transaction::{TransactionEvent, TransactionId, TransactionLayer};
use gannet_ua::{Target, Timers, response_to};

/// What comes out of the layer: time in milliseconds and title.
pub(crate) type Log = Vec<(u64, String)>;

pub(crate) struct Bench {
    pub(crate) layer: TransactionLayer,
    pub(crate) now: Instant,
    pub(crate) target: Target,
    start: Instant,
    sent: Log,
    targets: Vec<Target>,
    last_sent: Option<Message>,
    events: Vec<(u64, TransactionEvent)>,
}

pub(crate) fn peer() -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 2], 5060))
}

pub(crate) fn message(text: &str) -> Message {
    Message::parse(text.replace('\n', "\r\n").into_bytes())
}

/// A request of ours or theirs with one Via.
pub(crate) fn request(method: &str, branch: &str) -> Message {
    message(&format!(
        "{method} sip:bob@10.0.0.2 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK{branch}\n\
         Max-Forwards: 70\nFrom: <sip:a@10.0.0.1>;tag=A\nTo: <sip:bob@10.0.0.2>\n\
         Call-ID: c\nCSeq: 1 {method}\n\n"
    ))
}

impl Bench {
    pub(crate) fn new(transport: Transport) -> Self {
        Self::with(transport, Timers::default())
    }

    pub(crate) fn with(transport: Transport, timers: Timers) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the base of the virtual clock")]
        let start = Instant::now();
        Self {
            layer: TransactionLayer::new(timers),
            now: start,
            target: Target::new(transport, peer()),
            start,
            sent: Vec::new(),
            targets: Vec::new(),
            last_sent: None,
            events: Vec::new(),
        }
    }

    pub(crate) fn send(&mut self, request: &Message) -> TransactionId {
        let id = self
            .layer
            .send_request(self.now, request.clone(), self.target);
        self.drain();
        id
    }

    /// A response to `request` arrives.
    pub(crate) fn response(&mut self, request: &Message, code: u16, tag: &str) {
        let response = response_to(request, peer(), code, Some(tag)).message();
        self.receive(&response);
    }

    pub(crate) fn receive(&mut self, message: &Message) {
        self.receive_from(message, self.target);
    }

    pub(crate) fn receive_from(&mut self, message: &Message, source: Target) {
        self.layer.handle_message(self.now, message.clone(), source);
        self.drain();
    }

    /// The transaction user answers.
    pub(crate) fn respond(&mut self, id: TransactionId, request: &Message, code: u16) {
        let response = response_to(request, peer(), code, Some("us")).build();
        self.layer.respond(self.now, id, code, response);
        self.drain();
    }

    /// A request arrives that starts a transaction; its number.
    pub(crate) fn start(&mut self, request: &Message) -> TransactionId {
        self.receive(request);
        match self.events().last() {
            Some((
                _,
                TransactionEvent::Request { id, .. } | TransactionEvent::Cancel { id, .. },
            )) => *id,
            other => panic!("no transaction: {other:?}"),
        }
    }

    pub(crate) fn fail(&mut self, target: Target) {
        self.layer.handle_transport_failure(target);
        self.drain();
    }

    pub(crate) fn pass(&mut self, milliseconds: u64) {
        let end = self.now + Duration::from_millis(milliseconds);
        while let Some(at) = self.layer.next_deadline().filter(|at| *at <= end) {
            self.now = at.max(self.now);
            self.layer.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// Takes what was sent since the last time.
    pub(crate) fn sent(&mut self) -> Log {
        self.targets.clear();
        std::mem::take(&mut self.sent)
    }

    /// The times at which something was sent since the last time.
    pub(crate) fn sent_times(&mut self) -> Vec<u64> {
        self.sent().into_iter().map(|(at, _)| at).collect()
    }

    /// Where it was sent since the last time.
    pub(crate) fn targets(&mut self) -> Vec<Target> {
        self.sent.clear();
        std::mem::take(&mut self.targets)
    }

    pub(crate) fn last_sent(&self) -> &Message {
        self.last_sent.as_ref().expect("something was sent")
    }

    /// Takes the events since the last time.
    pub(crate) fn events(&mut self) -> Vec<(u64, TransactionEvent)> {
        std::mem::take(&mut self.events)
    }

    /// The events since the last time, by time and name.
    pub(crate) fn event_names(&mut self) -> Vec<(u64, &'static str)> {
        self.events()
            .into_iter()
            .map(|(at, event)| (at, name(&event)))
            .collect()
    }

    fn drain(&mut self) {
        let at = u64::try_from((self.now - self.start).as_millis()).expect("a short test");
        while let Some(transmit) = self.layer.poll_transmit() {
            let message = Message::parse(transmit.bytes);
            self.sent.push((at, message.title()));
            self.targets.push(transmit.target);
            self.last_sent = Some(message);
        }
        while let Some(event) = self.layer.poll_event() {
            self.events.push((at, event));
        }
    }
}

fn name(event: &TransactionEvent) -> &'static str {
    match event {
        TransactionEvent::Response { .. } => "response",
        TransactionEvent::TimedOut { .. } => "timed out",
        TransactionEvent::TransportFailed { .. } => "transport failed",
        TransactionEvent::Request { merged: true, .. } => "merged request",
        TransactionEvent::Request { .. } => "request",
        TransactionEvent::Cancel { .. } => "cancel",
        TransactionEvent::Ack { .. } => "ack",
        TransactionEvent::FailureAcknowledged { .. } => "failure acknowledged",
        TransactionEvent::AckMissing { .. } => "ack missing",
        TransactionEvent::Unanswered { .. } => "unanswered",
        TransactionEvent::StrayResponse { .. } => "stray response",
        TransactionEvent::Unusable { .. } => "unusable",
    }
}

/// Timer values of a quick network, to show that every timer follows from them.
pub(crate) fn quick() -> Timers {
    Timers {
        t1: Duration::from_millis(100),
        t2: Duration::from_millis(400),
        t4: Duration::from_millis(700),
    }
}

/// T1, doubled up to T2, until 64*T1: the times of timers E and G.
pub(crate) const CAPPED: [u64; 11] = [
    0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
];
