//! SUBSCRIBE and NOTIFY of the peer.

use std::time::Duration;

use gannet_sip::{HeaderName, Message};
use gannet_ua::Grant;
use gannet_ua::endpoint::{Happening, NoticeId};
use gannet_ua::transaction::TransactionId;

use crate::bench::Bench;

impl Bench {
    /// A SUBSCRIBE of bob. An empty `to_tag` asks for a new subscription; `seconds` is Expires.
    pub fn subscribe_of_bob(event: &str, to_tag: &str, cseq: u32, seconds: u32) -> Message {
        let branch = format!("sub{cseq}{}", event.len());
        let fields = format!("Contact: <sip:bob@10.0.0.2>\nEvent: {event}\nExpires: {seconds}\n");
        Self::request("SUBSCRIBE", &branch, to_tag, cseq, &fields)
    }

    /// Hands in a SUBSCRIBE that the endpoint gives to its owner; gives the handle for an answer and
    /// the subscription that is meant. What else happened stays to be taken.
    pub fn subscribed(&mut self, subscribe: &Message) -> (TransactionId, Option<NoticeId>) {
        self.receive_message(subscribe);
        let mut found = None;
        for happening in self.happenings() {
            match happening {
                Happening::Request {
                    request, notice, ..
                } => found = Some((request, notice)),
                other => self.put_back(other),
            }
        }
        found.expect("a request for the owner")
    }

    /// Hands in a SUBSCRIBE and grants what it asks for; gives the subscription and the response.
    pub fn granted(&mut self, subscribe: &Message) -> (NoticeId, Message) {
        let seconds = subscribe.number(HeaderName::Expires).unwrap_or(3600);
        let (request, _) = self.subscribed(subscribe);
        let grant = Grant::new(Duration::from_secs(seconds.into()), Self::contact());
        let granted = self.endpoint.grant(self.now, request, grant);
        let notice = granted.expect("a dialog");
        (notice, self.sent_one())
    }

    /// A NOTIFY of a notifier with this tag in the dialog that a SUBSCRIBE of the endpoint asked
    /// for. `fields` are lines that end with `\n` each.
    pub fn notify_for(
        subscribe: &Message,
        tag: &str,
        cseq: u32,
        state: &str,
        fields: &str,
    ) -> Message {
        let field = |name| subscribe.text(name).unwrap_or_default();
        Message::parse(super::bench::crlf(&format!(
            "NOTIFY sip:alice@10.0.0.1 SIP/2.0\n\
             Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKn{tag}{cseq}\nMax-Forwards: 70\n\
             From: <sip:alice@10.0.0.2>;tag={tag}\nTo: {}\nCall-ID: {}\nCSeq: {cseq} NOTIFY\n\
             Contact: <sip:{tag}@10.0.0.2>\nEvent: {}\nSubscription-State: {state}\n\
             {fields}Content-Length: 0\n\n",
            field(HeaderName::From),
            field(HeaderName::CallId),
            field(HeaderName::Event),
        )))
    }
}
