//! The route set and the target of a dialog (RFC 3261 12.1), as `rrs` keeps them.

use gannet_sip::HeaderName;

use super::Extra;
use crate::sipp::received::{Received, uri_of};

/// Keeps both. False if there is no Contact.
///
/// Of a request the Record-Route set is kept as it is, of a response in reverse. Where the first hop
/// is a strict router (no `lr`), it is the target, and the Contact is the last hop (RFC 3261 16.12).
pub(super) fn keep(extra: &mut Extra, received: &Received<'_>) -> bool {
    let Some(contact) = received.contact() else {
        return false;
    };
    let contact = if contact.contains(&b'<') {
        uri_of(contact)
    } else {
        contact
    };
    let Extra {
        routes, next_url, ..
    } = extra;
    next_url.clear();
    next_url.extend_from_slice(contact);
    let is_response = received.code().is_some();
    let mut hops: smallvec::SmallVec<[&[u8]; 8]> = received
        .values(HeaderName::RecordRoute)
        .flat_map(elements)
        .collect();
    if is_response {
        hops.reverse();
    }
    let Some(first) = hops.first() else {
        return true;
    };
    let is_strict = memchr::memmem::find(first, b";lr").is_none();
    if is_strict {
        next_url.clear();
        next_url.extend_from_slice(uri_of(first));
    }
    for hop in &hops[usize::from(is_strict)..] {
        push(routes, &[hop]);
    }
    if is_strict {
        push(routes, &[b"<", contact, b">"]);
    }
    true
}

fn push(routes: &mut Vec<u8>, parts: &[&[u8]]) {
    if !routes.is_empty() {
        routes.extend_from_slice(b", ");
    }
    for part in parts {
        routes.extend_from_slice(part);
    }
}

/// The elements of a list, without the blanks around them; commas in quotes and angle brackets
/// divide nothing.
fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut in_quotes, mut in_brackets) = (false, false);
    value
        .split(move |byte| {
            match byte {
                b'"' if !in_brackets => in_quotes = !in_quotes,
                b'<' if !in_quotes => in_brackets = true,
                b'>' if !in_quotes => in_brackets = false,
                _ => {}
            }
            *byte == b',' && !in_quotes && !in_brackets
        })
        .map(<[u8]>::trim_ascii)
        .filter(|element| !element.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sipp::received::Reader;

    /// What SIPp 3.6.1 sends after these messages.
    #[test]
    fn routes_and_target_are_those_of_sipp() {
        let contact = "Contact: <sip:c@h>";
        let three = "Record-Route: <sip:r1;lr>,  <sip:r2;lr>\r\nrecord-route: <sip:r3;lr>";
        let strict =
            "Record-Route: <sip:r1>\r\nRecord-Route: <sip:r2;lr>\r\nRecord-Route: <sip:r3>";
        let cases: [(&str, &str, &str, (&str, &str)); 9] = [
            (contact, "", "", ("sip:c@h", "sip:c@h")),
            ("m: sip:c@h;p=1", "", "", ("sip:c@h;p=1", "sip:c@h;p=1")),
            (
                "Contact: \"x\" <sip:c;t=1>;q=1",
                "",
                "",
                ("sip:c;t=1", "sip:c;t=1"),
            ),
            (
                &format!("{contact}\r\nRecord-Route: <sip:r1;lr>"),
                "<sip:r1;lr>",
                "<sip:r1;lr>",
                ("sip:c@h", "sip:c@h"),
            ),
            (
                &format!("{contact}\r\n{three}"),
                "<sip:r1;lr>, <sip:r2;lr>, <sip:r3;lr>",
                "<sip:r3;lr>, <sip:r2;lr>, <sip:r1;lr>",
                ("sip:c@h", "sip:c@h"),
            ),
            (
                &format!("{contact}\r\nRecord-Route: <sip:r1>"),
                "<sip:c@h>",
                "<sip:c@h>",
                ("sip:r1", "sip:r1"),
            ),
            (
                &format!("{contact}\r\n{strict}"),
                "<sip:r2;lr>, <sip:r3>, <sip:c@h>",
                "<sip:r2;lr>, <sip:r1>, <sip:c@h>",
                ("sip:r1", "sip:r3"),
            ),
            ("Record-Route: <sip:r1;lr>", "", "", ("", "")),
            (
                &format!("{contact}\r\nRecord-Route: \"a, b\" <sip:r,1;lr>;x, ,"),
                "\"a, b\" <sip:r,1;lr>;x",
                "\"a, b\" <sip:r,1;lr>;x",
                ("sip:c@h", "sip:c@h"),
            ),
        ];
        let mut reader = Reader::default();
        for (headers, of_request, of_response, targets) in cases {
            for (first, routes, target) in [
                ("INVITE sip:x SIP/2.0", of_request, targets.0),
                ("SIP/2.0 200 OK", of_response, targets.1),
            ] {
                let text = format!("{first}\r\n{headers}\r\n\r\n");
                let mut extra = Extra::default();
                let has_contact = keep(
                    &mut extra,
                    &reader.read(text.as_bytes()).expect("a message"),
                );
                assert_eq!(has_contact, !target.is_empty(), "{text}");
                assert_eq!(extra.routes, routes.as_bytes(), "{text}");
                assert_eq!(extra.next_url, target.as_bytes(), "{text}");
            }
        }
    }
}
