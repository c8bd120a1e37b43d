//! What of a message goes on to the other side.

use gannet_sip::{HeaderName, Message, reason_phrase};
use gannet_ua::endpoint::{Body, Reply};

/// Fields that belong to one side only: to its transaction, its dialog, its authentication, or to
/// extensions that this server does not carry through.
const OWN: [HeaderName; 36] = [
    HeaderName::Via,
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
    HeaderName::MaxForwards,
    HeaderName::Contact,
    HeaderName::Route,
    HeaderName::RecordRoute,
    HeaderName::Path,
    HeaderName::ServiceRoute,
    HeaderName::ContentLength,
    HeaderName::ContentType,
    HeaderName::Allow,
    HeaderName::AllowEvents,
    HeaderName::Supported,
    HeaderName::Require,
    HeaderName::Unsupported,
    HeaderName::ProxyRequire,
    HeaderName::Timestamp,
    HeaderName::Authorization,
    HeaderName::ProxyAuthorization,
    HeaderName::WwwAuthenticate,
    HeaderName::ProxyAuthenticate,
    HeaderName::AuthenticationInfo,
    HeaderName::ProxyAuthenticationInfo,
    HeaderName::PAssertedIdentity,
    HeaderName::PPreferredIdentity,
    HeaderName::RSeq,
    HeaderName::RAck,
    HeaderName::Replaces,
    HeaderName::TargetDialog,
    HeaderName::SessionExpires,
    HeaderName::MinSe,
    HeaderName::FlowTimer,
    HeaderName::SipEtag,
];

/// The fields that are passed on, in order, names as written.
pub(crate) fn passed_headers(message: &Message) -> Vec<(String, String)> {
    message
        .headers()
        .filter(|header| !header.name.is_empty() && !OWN.contains(&header.id))
        .map(|header| {
            (
                header.name_text().into_owned(),
                header.unfolded().into_owned(),
            )
        })
        .collect()
}

/// The body, untouched.
pub(crate) fn passed_body(message: &Message) -> Option<Body> {
    let bytes = message.body();
    (!bytes.is_empty()).then(|| Body {
        content_type: message
            .text(HeaderName::ContentType)
            .unwrap_or_default()
            .into_owned(),
        bytes: message.bytes().slice_ref(bytes),
    })
}

/// A response as it goes on: code, phrase, fields and body.
pub(crate) fn passed_reply(response: &Message) -> Reply {
    let code = response.status().unwrap_or(500);
    let mut headers = passed_headers(response);
    // A redirection is nothing without its targets, 405, 420 and 488 little without their lists.
    let kept: &[HeaderName] = match code {
        300..=399 => &[HeaderName::Contact],
        405 => &[HeaderName::Allow],
        420 => &[HeaderName::Unsupported],
        _ => &[],
    };
    for name in kept {
        let values: Vec<_> = response.values(*name).collect();
        if !values.is_empty() {
            headers.push((name.as_str().to_owned(), values.join(", ")));
        }
    }
    let reason = response
        .reason()
        .filter(|text| *text != reason_phrase(code));
    Reply {
        code,
        reason: reason.map(str::to_owned),
        headers,
        body: passed_body(response),
    }
}

/// Max-Forwards for the next hop, or `None` if this is where the message ends
/// (RFC 3261 16.3 step 3, 16.6 step 3).
pub(crate) fn next_max_forwards(message: &Message) -> Option<u32> {
    match message.number(HeaderName::MaxForwards) {
        Ok(hops) => hops.checked_sub(1).map(|hops| hops.min(70)),
        Err(_) => Some(70),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message {
        Message::parse(text.replace('\n', "\r\n").into_bytes())
    }

    #[test]
    fn fields_of_one_side_stay_there_and_the_rest_goes_on() {
        let invite = message(
            "INVITE sip:bob@a SIP/2.0\nv: SIP/2.0/UDP a;branch=z9hG4bK1\nMax-Forwards: 7\n\
             X-Drey-MAC: 00aa\nSubject: hi\nProxy-Authorization: Digest x\nk: 100rel\n\
             c: application/sdp\nl: 3\n\nv=0",
        );
        let names: Vec<_> = passed_headers(&invite).into_iter().map(|h| h.0).collect();
        assert_eq!(names, ["X-Drey-MAC", "Subject"]);
        let body = passed_body(&invite).expect("a body");
        assert_eq!(
            (body.content_type.as_str(), &body.bytes[..]),
            ("application/sdp", &b"v=0"[..])
        );
        assert_eq!(next_max_forwards(&invite), Some(6));
    }

    #[test]
    fn phrases_and_targets_of_failures_are_kept() {
        let busy = message("SIP/2.0 486 Do Not Disturb\nRetry-After: 5\n\n");
        let reply = passed_reply(&busy);
        assert_eq!(reply.reason.as_deref(), Some("Do Not Disturb"));
        assert_eq!(reply.headers, [("Retry-After".into(), "5".into())]);
        let moved = message("SIP/2.0 302 Moved Temporarily\nm: <sip:carol@c>\n\n");
        assert_eq!(
            passed_reply(&moved).headers,
            [("Contact".into(), "<sip:carol@c>".into())]
        );
        assert_eq!(passed_reply(&moved).reason, None);
    }

    #[test]
    fn the_last_hop_is_known() {
        let hops =
            |value: &str| next_max_forwards(&message(&format!("INVITE sip:a SIP/2.0\n{value}\n")));
        assert_eq!(hops("Max-Forwards: 0\n"), None);
        assert_eq!(hops("Max-Forwards: 1\n"), Some(0));
        assert_eq!(hops(""), Some(70));
        assert_eq!(hops("Max-Forwards: x\n"), Some(70));
    }
}
