//! The frame of a response (RFC 3261 8.2.6).

use std::net::SocketAddr;

use gannet_sip::{HeaderName, Message, MessageBuilder, ViaView};

/// A response with Via, From, To, Call-ID and CSeq of the request; the top Via gets `received` and
/// `rport` from `source`. `to_tag` is added to To if the request has none there. 100 also copies
/// Timestamp; 101 to 299 copy Record-Route, for dialogs (RFC 3261 12.1.1).
pub fn response_to(
    request: &Message,
    source: SocketAddr,
    code: u16,
    to_tag: Option<&str>,
) -> MessageBuilder {
    let mut response = MessageBuilder::response(code);
    for (index, value) in request.values(HeaderName::Via).enumerate() {
        match ViaView::read(value) {
            Ok(via) if index == 0 => response.push(HeaderName::Via, via.noted(source)),
            _ => response.push(HeaderName::Via, value),
        }
    }
    if (101..300).contains(&code) {
        for field in request.headers_named(HeaderName::RecordRoute) {
            response.push(HeaderName::RecordRoute, field.value);
        }
    }
    copy(request, &mut response, HeaderName::From);
    if let Some(to) = request.header(HeaderName::To) {
        let tag = to_tag.filter(|tag| !tag.is_empty() && request.tag(HeaderName::To).is_none());
        let value = match tag {
            Some(tag) => [to.value, b";tag=", tag.as_bytes()].concat(),
            None => to.value.to_vec(),
        };
        response.push(HeaderName::To, value);
    }
    copy(request, &mut response, HeaderName::CallId);
    copy(request, &mut response, HeaderName::CSeq);
    if code == 100 {
        copy(request, &mut response, HeaderName::Timestamp);
    }
    response
}

fn copy(request: &Message, response: &mut MessageBuilder, name: HeaderName) {
    if let Some(field) = request.header(name) {
        response.push(name, field.value);
    }
}
