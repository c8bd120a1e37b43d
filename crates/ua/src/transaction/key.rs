//! Which transaction a message belongs to (RFC 3261 17.1.3, 17.2.3).

use gannet_sip::{HeaderName, Message, Method};

/// Room in a key for sent-by and method.
const KEY_BEYOND_BRANCH: usize = 40;

/// Identity of a client transaction: branch of the top Via and method of CSeq.
pub(crate) fn client_key(message: &Message) -> Option<String> {
    let via = message.top_via().ok()?;
    let cseq = message.cseq().ok()?;
    Some([via.branch()?, " ", cseq.method.as_str()].concat())
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
    let via = request.top_via().ok()?;
    match via.branch() {
        Some(branch) if via.has_rfc3261_branch() => {
            let mut key = String::with_capacity(branch.len() + KEY_BEYOND_BRANCH);
            key.extend([branch, " "]);
            via.write_sent_by(&mut key);
            key.extend([" ", method.as_str()]);
            Some(key)
        }
        _ => {
            // Request-URI, From tag, Call-ID, CSeq number and top Via. The To tag is left out: the
            // INVITE has none, its ACK carries that of the response.
            let cseq = request.cseq().ok()?.number;
            Some(format!(
                "2543 {} {} {} {cseq} {} {method}",
                request.request_uri_text()?,
                request.tag(HeaderName::From).unwrap_or_default(),
                request.call_id()?,
                via.to_via(),
            ))
        }
    }
}

/// What merged requests have in common (RFC 3261 8.2.2.2): From tag, Call-ID and CSeq, for requests
/// without a To tag.
pub(crate) fn merge_key(request: &Message) -> Option<String> {
    if request.tag(HeaderName::To).is_some() || request.header(HeaderName::To).is_none() {
        return None;
    }
    let from_tag = request.tag(HeaderName::From)?;
    let cseq = request.cseq().ok()?;
    Some(format!("{from_tag} {} {cseq}", request.call_id()?))
}
