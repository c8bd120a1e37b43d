//! A peer that does exactly what its script says.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_sip::{HeaderName, Message, MessageBuilder, Method, Transport};
use gannet_ua::{Target, Transmit, response_to};

use crate::world::Node;

/// One step of a script.
#[derive(Debug, Clone)]
pub enum Step {
    /// Waits for a request with this method. Anything else that comes is kept in
    /// [`Peer::unexpected`].
    Expect(Method),
    /// Waits for a response with this code.
    ExpectResponse(u16),
    /// Lets time pass.
    Wait(Duration),
    /// Answers the last expected request.
    Reply {
        /// The status code.
        code: u16,
        /// The To tag, so that one peer can play several forks.
        tag: &'static str,
        /// More header fields.
        headers: Vec<(&'static str, String)>,
    },
    /// Sends a request inside the dialog that the last expected INVITE made.
    Send {
        /// The method.
        method: Method,
        /// The To tag that the replies had: the peer's own tag.
        tag: &'static str,
        /// The number.
        cseq: u32,
    },
}

/// A node without any protocol machine: no retransmissions, no ACK, no mercy.
#[derive(Debug)]
pub struct Peer {
    address: SocketAddr,
    script: VecDeque<Step>,
    /// The last request that was expected, and where it came from.
    last: Option<(Message, SocketAddr)>,
    /// The last expected INVITE.
    invite: Option<(Message, SocketAddr)>,
    wake_at: Option<Instant>,
    transmits: VecDeque<Transmit>,
    unexpected: Vec<Message>,
    branches: u32,
}

impl Peer {
    /// A peer at this address.
    pub fn new(address: SocketAddr, script: impl Into<VecDeque<Step>>) -> Self {
        Self {
            address,
            script: script.into(),
            last: None,
            invite: None,
            wake_at: None,
            transmits: VecDeque::new(),
            unexpected: Vec::new(),
            branches: 0,
        }
    }

    /// True once every step was taken.
    pub fn is_done(&self) -> bool {
        self.script.is_empty()
    }

    /// The steps that are left.
    pub const fn steps_left(&self) -> &VecDeque<Step> {
        &self.script
    }

    /// What came without being expected: retransmissions as a rule.
    pub fn unexpected(&self) -> &[Message] {
        &self.unexpected
    }

    fn advance(&mut self, now: Instant) {
        while let Some(step) = self.script.front().cloned() {
            match step {
                Step::Expect(_) | Step::ExpectResponse(_) => return,
                Step::Wait(time) => match self.wake_at {
                    None => {
                        self.wake_at = Some(now + time);
                        return;
                    }
                    Some(at) if at > now => return,
                    Some(_) => self.wake_at = None,
                },
                Step::Reply { code, tag, headers } => self.reply(code, tag, headers),
                Step::Send { method, tag, cseq } => self.send(&method, tag, cseq),
            }
            self.script.pop_front();
        }
    }

    fn reply(&mut self, code: u16, tag: &str, headers: Vec<(&'static str, String)>) {
        let Some((request, source)) = &self.last else {
            return;
        };
        let mut response = response_to(request, *source, code, Some(tag));
        if code < 300 && request.method() == Some(Method::Invite) {
            response.push(HeaderName::Contact, format!("<sip:{tag}@{}>", self.address));
        }
        for (name, value) in headers {
            response.push(name, value);
        }
        let target = Target::new(Transport::Udp, *source);
        let bytes = response.build();
        self.transmits.push_back(Transmit { target, bytes });
    }

    fn send(&mut self, method: &Method, tag: &str, cseq: u32) {
        let Some((invite, source)) = &self.invite else {
            return;
        };
        self.branches += 1;
        let text = |name| invite.text(name).unwrap_or_default().into_owned();
        let uri = invite.contact().map_or_else(
            |_| format!("sip:{source}"),
            |contact| contact.uri.to_string(),
        );
        let bytes = MessageBuilder::request(method, &uri)
            .header(
                HeaderName::Via,
                format!(
                    "SIP/2.0/UDP {};branch=z9hG4bKpeer{}",
                    self.address, self.branches
                ),
            )
            .header(HeaderName::MaxForwards, "70")
            .header(
                HeaderName::From,
                format!("{};tag={tag}", text(HeaderName::To)),
            )
            .header(HeaderName::To, text(HeaderName::From))
            .header(HeaderName::CallId, text(HeaderName::CallId))
            .header(HeaderName::CSeq, format!("{cseq} {method}"))
            .build();
        let target = Target::new(Transport::Udp, *source);
        self.transmits.push_back(Transmit { target, bytes });
    }
}

impl Node for Peer {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn handle_message(&mut self, now: Instant, bytes: Bytes, source: Target) {
        let message = Message::parse(bytes);
        let is_expected = match self.script.front() {
            Some(Step::Expect(method)) => {
                message.is_request() && message.method().as_ref() == Some(method)
            }
            Some(Step::ExpectResponse(code)) => message.status() == Some(*code),
            _ => false,
        };
        if !is_expected {
            self.unexpected.push(message);
            return;
        }
        self.script.pop_front();
        if message.is_request() {
            if message.method() == Some(Method::Invite) {
                self.invite = Some((message.clone(), source.address));
            }
            self.last = Some((message, source.address));
        }
        self.advance(now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.advance(now);
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.wake_at
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }
}
