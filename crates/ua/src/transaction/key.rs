//! Which transaction a message belongs to (RFC 3261 17.1.3, 17.2.3).

use gannet_sip::{HeaderName, Message, Method};

/// Identity of a client transaction: branch of the top Via and method of CSeq.
pub(crate) fn client_key(message: &Message) -> Option<String> {
    let via = message.via().ok()?;
    let cseq = message.cseq().ok()?;
    Some(format!("{} {}", via.branch()?, cseq.method))
}

/// Identity of a server transaction. ACK gives the key of its INVITE. Requests whose branch lacks
/// the magic cookie fall back to the comparison of RFC 2543, which RFC 3261 17.2.3 spells out.
pub(crate) fn server_key(request: &Message) -> Option<String> {
    let method = match request.method()? {
        Method::Ack => Method::Invite,
        other => other,
    };
    keyed(request, &method)
}

/// The key of the INVITE that this CANCEL is for (RFC 3261 9.2).
pub(crate) fn cancelled_key(cancel: &Message) -> Option<String> {
    keyed(cancel, &Method::Invite)
}

fn keyed(request: &Message, method: &Method) -> Option<String> {
    let via = request.via().ok()?;
    match via.branch() {
        Some(branch) if via.has_rfc3261_branch() => {
            Some(format!("{branch} {} {method}", via.sent_by()))
        }
        _ => {
            // Request-URI, From tag, Call-ID, CSeq number and top Via. The To tag is left out: the
            // INVITE has none, its ACK carries that of the response.
            let cseq = request.cseq().ok()?.number;
            Some(format!(
                "2543 {} {} {} {cseq} {via} {method}",
                request.request_uri_text()?,
                request.from_tag().unwrap_or_default(),
                request.call_id()?,
            ))
        }
    }
}

/// What merged requests have in common (RFC 3261 8.2.2.2): From tag, Call-ID and CSeq, for requests
/// without a To tag.
pub(crate) fn merge_key(request: &Message) -> Option<String> {
    if request.to_tag().is_some() || request.header(HeaderName::To).is_none() {
        return None;
    }
    let from_tag = request.from_tag()?;
    let cseq = request.cseq().ok()?;
    Some(format!("{from_tag} {} {cseq}", request.call_id()?))
}
