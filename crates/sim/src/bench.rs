//! One endpoint whose peer is the test.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, MessageBuilder, Method, NameAddr, Transport, Uri};
use gannet_ua::endpoint::{Body, CallId, Endpoint, EndpointConfig, Happening, RequestSpec};
use gannet_ua::{Target, response_to};

/// An endpoint on a virtual clock. What it sends lands in [`sent`](Self::sent); what the test
/// writes is handed in by [`receive`](Self::receive).
#[derive(Debug)]
pub struct Bench {
    /// The endpoint under test, `alice` at 10.0.0.1:5060.
    pub endpoint: Endpoint,
    /// The virtual time.
    pub now: Instant,
    /// Over which transport the peer speaks.
    pub transport: Transport,
    start: Instant,
    sent: Vec<(Duration, Message, Target)>,
    happenings: Vec<Happening>,
}

impl Bench {
    /// The address of the endpoint.
    pub const LOCAL: SocketAddr = SocketAddr::new(
        std::net::IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1)),
        5060,
    );
    /// The address of the peer, `bob`.
    pub const PEER: SocketAddr = SocketAddr::new(
        std::net::IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2)),
        5060,
    );

    /// An endpoint with the usual settings.
    pub fn new(now: Instant) -> Self {
        Self::with(now, EndpointConfig::new(Self::LOCAL, 1))
    }

    /// An endpoint with settings of one's own.
    pub fn with(now: Instant, config: EndpointConfig) -> Self {
        Self {
            transport: config.transport,
            endpoint: Endpoint::new(config),
            now,
            start: now,
            sent: Vec::new(),
            happenings: Vec::new(),
        }
    }

    /// Hands in a message from the peer. Lines end with `\n`; `\r\n` is written for them.
    pub fn receive(&mut self, text: &str) {
        self.receive_message(&Message::parse(crlf(text)));
    }

    /// Hands in a message from the peer.
    pub fn receive_message(&mut self, message: &Message) {
        self.receive_from(message, Target::new(self.transport, Self::PEER));
    }

    /// Hands in a message from anywhere.
    pub fn receive_from(&mut self, message: &Message, source: Target) {
        self.endpoint
            .handle_message(self.now, message.bytes().clone(), source);
        self.drain();
    }

    /// Answers a request of the endpoint; `change` adds what the response needs beyond its frame.
    pub fn answer(
        &mut self,
        request: &Message,
        code: u16,
        tag: &str,
        change: impl FnOnce(MessageBuilder) -> MessageBuilder,
    ) {
        let frame = response_to(request, Self::LOCAL, code, Some(tag));
        self.receive_message(&change(frame).message());
    }

    /// A 2xx or provisional response with a Contact.
    pub fn answer_with_contact(&mut self, request: &Message, code: u16, tag: &str) {
        self.answer(request, code, tag, |response| {
            response.header(HeaderName::Contact, format!("<sip:{tag}@10.0.0.2>"))
        });
    }

    /// Lets time pass; every deadline on the way is met exactly.
    pub fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        self.drain();
        while let Some(at) = self.endpoint.next_deadline().filter(|at| *at <= end) {
            self.now = at.max(self.now);
            self.endpoint.handle_timeout(self.now);
            self.drain();
            let next = self.endpoint.next_deadline();
            assert!(
                next.is_none_or(|next| next > self.now),
                "a deadline that is over stays: {:?}",
                self.elapsed()
            );
        }
        self.now = end;
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    /// Takes what was sent since the last time.
    pub fn sent(&mut self) -> Vec<Message> {
        self.sent_with_times()
            .into_iter()
            .map(|(_, message, _)| message)
            .collect()
    }

    /// Takes what was sent since the last time, with time since the start and destination.
    pub fn sent_with_times(&mut self) -> Vec<(Duration, Message, Target)> {
        self.drain();
        std::mem::take(&mut self.sent)
    }

    /// Takes the only message that was sent since the last time; panics if there were none or more.
    pub fn sent_one(&mut self) -> Message {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "{sent:#?}");
        sent.remove(0)
    }

    /// The titles of what was sent since the last time: `INVITE`, `200 OK (BYE)`.
    pub fn sent_titles(&mut self) -> Vec<String> {
        self.sent().iter().map(Message::title).collect()
    }

    /// Takes what happened since the last time.
    pub fn happenings(&mut self) -> Vec<Happening> {
        self.drain();
        std::mem::take(&mut self.happenings)
    }

    pub(crate) fn put_back(&mut self, happening: Happening) {
        self.happenings.push(happening);
    }

    /// A call of alice to bob with an offer.
    pub fn call_spec() -> RequestSpec {
        let mut spec = RequestSpec::new(
            Method::Invite,
            Uri::at(Some("bob"), Self::PEER),
            NameAddr::new(Uri::at(Some("alice"), Self::LOCAL)),
            NameAddr::new(Uri::at(Some("bob"), Self::PEER)),
        );
        spec.contact = Some(Self::contact());
        spec.body = Some(Body::sdp("v=0\r\n"));
        spec
    }

    /// The endpoint's contact.
    pub fn contact() -> NameAddr {
        NameAddr::new(Uri::at(Some("alice"), Self::LOCAL))
    }

    /// Starts a call; gives it with its INVITE.
    pub fn call(&mut self) -> (CallId, Message) {
        let call = self
            .endpoint
            .invite(self.now, Self::call_spec())
            .expect("bob's address is a literal");
        (call, self.sent_one())
    }

    /// A call that bob has answered; gives it with the INVITE.
    pub fn answered_call(&mut self) -> (CallId, Message) {
        let (call, invite) = self.call();
        self.answer_with_contact(&invite, 200, "b");
        assert_eq!(self.sent_titles(), ["ACK"]);
        self.happenings();
        (call, invite)
    }

    /// A request of bob. `fields` are lines that end with `\n` each.
    pub fn request(method: &str, branch: &str, to_tag: &str, cseq: u32, fields: &str) -> Message {
        let tag = if to_tag.is_empty() {
            String::new()
        } else {
            format!(";tag={to_tag}")
        };
        let cseq_method = if method == "ACK" { "ACK" } else { method };
        Message::parse(crlf(&format!(
            "{method} sip:alice@10.0.0.1 SIP/2.0\n\
             Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK{branch}\n\
             Max-Forwards: 70\n\
             From: <sip:bob@10.0.0.2>;tag=bobs\n\
             To: <sip:alice@10.0.0.1>{tag}\n\
             Call-ID: bobs-call\n\
             CSeq: {cseq} {cseq_method}\n\
             {fields}Content-Length: 0\n\n"
        )))
    }

    /// An INVITE of bob, without an offer.
    pub fn invite_of_bob(branch: &str, cseq: u32) -> Message {
        Self::request("INVITE", branch, "", cseq, "Contact: <sip:bob@10.0.0.2>\n")
    }

    /// A call of bob that rings nowhere yet.
    pub fn incoming_call(&mut self) -> (CallId, Message) {
        let invite = Self::invite_of_bob("in", 1);
        self.receive_message(&invite);
        let happenings = self.happenings();
        let [Happening::IncomingCall { call, .. }] = happenings[..] else {
            panic!("no incoming call: {happenings:#?}")
        };
        (call, invite)
    }

    fn drain(&mut self) {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            let message = Message::parse(transmit.bytes);
            self.sent.push((self.elapsed(), message, transmit.target));
        }
        while let Some(happening) = self.endpoint.poll_happening() {
            self.happenings.push(happening);
        }
    }
}

pub(crate) fn crlf(text: &str) -> Vec<u8> {
    text.replace("\r\n", "\n")
        .replace('\n', "\r\n")
        .into_bytes()
}
