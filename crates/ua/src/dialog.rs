//! Dialogs (RFC 3261 12).

use std::borrow::Cow;

use gannet_sip::{FieldError, HeaderName, Message, MessageBuilder, Method, NameAddr, Uri};
use thiserror::Error;

/// Why a message cannot make or change a dialog.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DialogError {
    /// A field that the dialog needs is missing or broken.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The provisional response has no To tag and makes no dialog (RFC 3261 12.1).
    #[error("no tag in To")]
    NoToTag,
}

/// Early or confirmed (RFC 3261 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogState {
    /// Made by a provisional response with a To tag.
    Early,
    /// Made or confirmed by a 2xx.
    Confirmed,
}

/// One end's view of a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    /// Early or confirmed.
    pub state: DialogState,
    /// Call-ID.
    pub call_id: String,
    /// Our tag.
    pub local_tag: String,
    /// Their tag; empty for a peer of RFC 2543 (RFC 3261 12.1.1).
    pub remote_tag: String,
    /// The number of our last request.
    pub local_cseq: u32,
    /// The number of their last request; `None` before the first.
    pub remote_cseq: Option<u32>,
    /// Our From (or To) with tag, as written.
    pub local: Box<str>,
    /// Their From (or To) with tag, as written.
    pub remote: Box<str>,
    /// Where requests go: their Contact.
    pub remote_target: Uri,
    /// Route values as received, in the order of use.
    pub route_set: Vec<String>,
}

/// Where a request inside a dialog goes and how it is routed (RFC 3261 12.2.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routing<'a> {
    /// The Request-URI.
    pub request_uri: Cow<'a, Uri>,
    /// Route values.
    pub routes: Cow<'a, [String]>,
    /// The URI whose host gets the message.
    pub next_hop: Cow<'a, Uri>,
}

impl Dialog {
    /// The dialog of the caller, made by a response (RFC 3261 12.1.2). A 2xx without To tag comes
    /// from a peer of RFC 2543: its tag is empty.
    pub fn from_response(request: &Message, response: &Message) -> Result<Self, DialogError> {
        let local = request.address_text(HeaderName::From)?;
        let remote = response.address_text(HeaderName::To)?;
        let mut route_set = route_values(response);
        route_set.reverse();
        let state = state_of(response);
        let remote_tag = match (response.tag(HeaderName::To), state) {
            (Some(tag), _) => tag.to_owned(),
            (None, DialogState::Confirmed) => String::new(),
            (None, DialogState::Early) => return Err(DialogError::NoToTag),
        };
        let remote_target = match response.contact() {
            Ok(contact) => contact.uri,
            // Without Contact the request's own target is all there is; responses of 2xx must have
            // one (RFC 3261 12.1.1), provisional ones of old peers often do not.
            Err(_) => request.request_uri()?,
        };
        Ok(Self {
            state,
            call_id: request
                .call_id()
                .ok_or(FieldError::Missing("Call-ID"))?
                .to_owned(),
            local_tag: request.from_tag().unwrap_or_default(),
            remote_tag,
            local_cseq: request.cseq()?.number,
            remote_cseq: None,
            local: local.into(),
            remote: remote.into(),
            remote_target,
            route_set,
        })
    }

    /// The dialog of the callee, made by its response to `request` (RFC 3261 12.1.1).
    pub fn from_request(
        request: &Message,
        local_tag: &str,
        state: DialogState,
    ) -> Result<Self, DialogError> {
        let remote = request.address_text(HeaderName::From)?;
        let local = request.address_text(HeaderName::To)?;
        let local = if local_tag.is_empty() {
            local.into()
        } else if request.tag(HeaderName::To).is_some() {
            retagged(&request.to()?, local_tag)
        } else {
            [&local, ";tag=", local_tag].concat().into()
        };
        Ok(Self {
            state,
            call_id: request
                .call_id()
                .ok_or(FieldError::Missing("Call-ID"))?
                .to_owned(),
            local_tag: local_tag.to_owned(),
            remote_tag: request.from_tag().unwrap_or_default(),
            local_cseq: 0,
            remote_cseq: Some(request.cseq()?.number),
            local,
            remote: remote.into(),
            remote_target: request.contact()?.uri,
            route_set: route_values(request),
        })
    }

    /// Our From (or To), taken apart.
    pub fn local_address(&self) -> NameAddr {
        NameAddr::parse("From", &self.local).expect("checked when the dialog was made")
    }

    /// Their From (or To), taken apart.
    pub fn remote_address(&self) -> NameAddr {
        NameAddr::parse("To", &self.remote).expect("checked when the dialog was made")
    }

    /// The same dialog of another device of ours: one with this tag, that has sent nothing.
    pub fn forked(&self, local_tag: String) -> Self {
        Self {
            local: retagged(&self.local_address(), &local_tag),
            local_tag,
            local_cseq: 0,
            ..self.clone()
        }
    }

    /// A later response for the same dialog: a 2xx confirms it and gives the final route set and
    /// target (RFC 3261 13.2.2.4).
    pub fn confirm(&mut self, response: &Message) {
        self.state = DialogState::Confirmed;
        self.route_set = route_values(response);
        self.route_set.reverse();
        self.refresh_target(response);
    }

    /// Takes the Contact of a target refresh request or its 2xx (RFC 3261 12.2.1.2, 12.2.2).
    pub fn refresh_target(&mut self, message: &Message) {
        if let Ok(contact) = message.contact() {
            self.remote_target = contact.uri;
        }
    }

    /// Checks the number of a request of theirs: false if it is older than one already seen, which
    /// must be answered 500 (RFC 3261 12.2.2).
    pub fn accept_cseq(&mut self, number: u32) -> bool {
        if self.remote_cseq.is_some_and(|seen| number < seen) {
            return false;
        }
        self.remote_cseq = Some(number);
        true
    }

    /// How requests are routed: loose routers keep the target in the Request-URI; a strict router
    /// at the top takes the Request-URI for itself and the target goes to the end of the routes
    /// (RFC 3261 12.2.1.1).
    pub fn routing(&self) -> Routing<'_> {
        let first = self
            .route_set
            .first()
            .and_then(|text| NameAddr::parse("Route", text).ok());
        match first {
            None => Routing {
                request_uri: Cow::Borrowed(&self.remote_target),
                routes: Cow::Borrowed(&[]),
                next_hop: Cow::Borrowed(&self.remote_target),
            },
            Some(first) if first.uri.is_loose_router() => Routing {
                request_uri: Cow::Borrowed(&self.remote_target),
                routes: Cow::Borrowed(&self.route_set),
                next_hop: Cow::Owned(first.uri),
            },
            Some(first) => {
                let mut routes = self.route_set[1..].to_vec();
                routes.push(format!("<{}>", self.remote_target));
                // Parameters that may not stand in a Request-URI are stripped (RFC 3261 19.1.1).
                let mut request_uri = first.uri.clone();
                request_uri.params.remove("method");
                request_uri.headers.clear();
                Routing {
                    request_uri: Cow::Owned(request_uri),
                    routes: Cow::Owned(routes),
                    next_hop: Cow::Owned(first.uri),
                }
            }
        }
    }

    /// Leaves out so many CSeq numbers of ours.
    pub const fn skip_numbers(&mut self, count: u32) {
        self.local_cseq += count;
    }

    /// A request with Request-URI, Max-Forwards, From, To, Call-ID, CSeq and Route; Via is still
    /// to come. Every method but ACK and CANCEL takes the next number.
    pub fn request(&mut self, method: &Method) -> MessageBuilder {
        if !matches!(method, Method::Ack | Method::Cancel) {
            self.local_cseq += 1;
        }
        self.request_with_cseq(method, self.local_cseq)
    }

    /// The same with a number given: the ACK for a 2xx has that of its INVITE
    /// (RFC 3261 13.2.2.4).
    pub fn request_with_cseq(&self, method: &Method, cseq: u32) -> MessageBuilder {
        let routing = self.routing();
        let mut request = MessageBuilder::request(method, &routing.request_uri);
        for route in &*routing.routes {
            request.push(HeaderName::Route, route.as_str());
        }
        request.push(HeaderName::MaxForwards, "70");
        request.push(HeaderName::From, self.local.as_bytes());
        request.push(HeaderName::To, self.remote.as_bytes());
        request.push(HeaderName::CallId, self.call_id.as_str());
        request.push_value(HeaderName::CSeq, format_args!("{cseq} {method}"));
        request
    }
}

fn retagged(address: &NameAddr, tag: &str) -> Box<str> {
    let mut address = address.clone();
    address.params.set("tag", tag);
    address.to_string().into()
}

fn state_of(response: &Message) -> DialogState {
    if response.status().is_some_and(|code| code >= 200) {
        DialogState::Confirmed
    } else {
        DialogState::Early
    }
}

fn route_values(message: &Message) -> Vec<String> {
    message
        .values(HeaderName::RecordRoute)
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message {
        Message::parse(text.replace('\n', "\r\n").into_bytes())
    }

    fn invite() -> Message {
        message(
            "INVITE sip:bob@b SIP/2.0\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\n\
             Record-Route: <sip:p1;lr>,<sip:p2;lr>\nFrom: <sip:a@a>;tag=A\nTo: <sip:bob@b>\n\
             Call-ID: c\nCSeq: 7 INVITE\nContact: <sip:a@1.1.1.1>\n\n",
        )
    }

    fn ok(record_route: &str) -> Message {
        message(&format!(
            "SIP/2.0 200 OK\n{record_route}From: <sip:a@a>;tag=A\nTo: <sip:bob@b>;tag=B\n\
             Call-ID: c\nCSeq: 7 INVITE\nContact: <sip:bob@2.2.2.2:9;transport=tcp>\n\n"
        ))
    }

    #[test]
    fn the_caller_reverses_and_the_callee_keeps_the_record_route() {
        let caller =
            Dialog::from_response(&invite(), &ok("Record-Route: <sip:p1;lr>, <sip:p2;lr>\n"))
                .expect("a dialog");
        assert_eq!(caller.route_set, ["<sip:p2;lr>", "<sip:p1;lr>"]);
        assert_eq!(
            (caller.local_tag.as_str(), caller.remote_tag.as_str()),
            ("A", "B")
        );
        let callee = Dialog::from_request(&invite(), "B", DialogState::Early).expect("a dialog");
        assert_eq!(callee.route_set, ["<sip:p1;lr>", "<sip:p2;lr>"]);
        assert_eq!(
            (callee.local_tag.as_str(), callee.remote_tag.as_str()),
            ("B", "A")
        );
        assert_eq!(callee.remote_cseq, Some(7));
    }

    #[test]
    fn addresses_are_sent_as_they_were_written_on_one_line() {
        let invite = message(
            "INVITE sip:b@b SIP/2.0\nFrom: \"A\\\n B\"\n  <sip:a@a;x>;tag=A;y=1\nTo: sip:b@b;z\n\
             Call-ID: c\nCSeq: 7 INVITE\nContact: <sip:a@1.1.1.1>\n\n",
        );
        let dialog = Dialog::from_request(&invite, "B", DialogState::Early).expect("a dialog");
        assert_eq!(&*dialog.local, "sip:b@b;z;tag=B");
        assert_eq!(&*dialog.remote, "\"A\\ B\" <sip:a@a;x>;tag=A;y=1");
        assert_eq!(dialog.remote_address().tag(), Some("A"));
        assert_eq!(dialog.local_address().uri.to_string(), "sip:b@b");
        let fork = dialog.forked("C".to_owned());
        assert_eq!(&*fork.local, "sip:b@b;z;tag=C");
    }

    #[test]
    fn loose_routing_keeps_the_target_and_strict_routing_moves_it() {
        let mut dialog = Dialog::from_response(&invite(), &ok("")).expect("a dialog");
        assert_eq!(
            dialog.routing().next_hop.to_string(),
            "sip:bob@2.2.2.2:9;transport=tcp"
        );
        dialog.route_set = vec!["<sip:p1;lr>".into(), "<sip:p2>".into()];
        let loose = dialog.routing();
        assert_eq!(
            loose.request_uri.to_string(),
            "sip:bob@2.2.2.2:9;transport=tcp"
        );
        assert_eq!(*loose.routes, ["<sip:p1;lr>", "<sip:p2>"]);
        dialog.route_set.remove(0);
        let strict = dialog.routing();
        assert_eq!(strict.request_uri.to_string(), "sip:p2");
        assert_eq!(*strict.routes, ["<sip:bob@2.2.2.2:9;transport=tcp>"]);
    }

    #[test]
    fn numbers_grow_and_older_ones_are_refused() {
        let mut dialog = Dialog::from_response(&invite(), &ok("")).expect("a dialog");
        let bye = dialog.request(&Method::Bye).message();
        assert_eq!(bye.cseq().expect("CSeq").number, 8);
        assert!(dialog.accept_cseq(5));
        assert!(!dialog.accept_cseq(4));
        assert!(dialog.accept_cseq(9));
    }
}
