//! The sentences about what stands in messages.

use gannet_events::Direction;

use super::headers;
use crate::{StepDefinition, step};

const SECTION: &str = "What messages say";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "header {hdr} of {msg} received by {phone} is {text}",
            section: SECTION,
            about: "The newest such message that the phone has received has a header field with this value.",
            example: "header Subject of INVITE received by Bob is \"lunch\"",
            no within,
            run: headers::header_is,
            with: Direction::Received,
        ),
        step!(
            "header {hdr} of {msg} received by {phone} has parameter {word} {text}",
            section: SECTION,
            about: "A value of this header field has the parameter with this value.",
            example: "header Contact of 200 received by Alice has parameter transport \"tcp\"",
            no within,
            run: headers::header_has_parameter,
            with: Direction::Received,
        ),
        step!(
            "header {hdr} of {msg} received by {phone} has {n} value(s)",
            section: SECTION,
            about: "The header field has so many values over all its lines.",
            example: "header Via of INVITE received by Bob has 1 value",
            no within,
            run: headers::header_has_values,
            with: Direction::Received,
        ),
        step!(
            "header {hdr} of {msg} received by {phone} is stored as {var}",
            section: SECTION,
            about: "Later sentences can use the value as ${name}.",
            example: "header Call-ID of INVITE received by Bob is stored as id",
            no within,
            run: headers::header_is_stored,
            with: Direction::Received,
        ),
        step!(
            "the request URI of {msg} received by {phone} is {text}",
            section: SECTION,
            about: "Compared as RFC 3261 19.1.4 compares URIs.",
            example: "the request URI of INVITE received by Bob is \"sip:bob@127.0.0.1:5070\"",
            no within,
            run: headers::request_uri_is,
            with: Direction::Received,
        ),
        step!(
            "header {hdr} of {msg} sent by {phone} is {text}",
            section: SECTION,
            about: "The newest such message that the phone has sent has a header field with this value.",
            example: "header Subject of INVITE sent by Bob is \"lunch\"",
            no within,
            run: headers::header_is,
            with: Direction::Sent,
        ),
        step!(
            "header {hdr} of {msg} sent by {phone} has parameter {word} {text}",
            section: SECTION,
            about: "A value of this header field has the parameter with this value.",
            example: "header Contact of 200 sent by Alice has parameter transport \"tcp\"",
            no within,
            run: headers::header_has_parameter,
            with: Direction::Sent,
        ),
        step!(
            "header {hdr} of {msg} sent by {phone} has {n} value(s)",
            section: SECTION,
            about: "The header field has so many values over all its lines.",
            example: "header Via of INVITE sent by Bob has 1 value",
            no within,
            run: headers::header_has_values,
            with: Direction::Sent,
        ),
        step!(
            "header {hdr} of {msg} sent by {phone} is stored as {var}",
            section: SECTION,
            about: "Later sentences can use the value as ${name}.",
            example: "header Call-ID of INVITE sent by Bob is stored as id",
            no within,
            run: headers::header_is_stored,
            with: Direction::Sent,
        ),
        step!(
            "the request URI of {msg} sent by {phone} is {text}",
            section: SECTION,
            about: "Compared as RFC 3261 19.1.4 compares URIs.",
            example: "the request URI of INVITE sent by Bob is \"sip:bob@127.0.0.1:5070\"",
            no within,
            run: headers::request_uri_is,
            with: Direction::Sent,
        ),
        step!(
            "both legs have the same {hdr}",
            section: SECTION,
            about: "The INVITE as the caller sent it and as the callee received it have equal values of this header field.",
            example: "both legs have the same Subject",
            no within,
            run: headers::same_on_both_legs,
        ),
        step!(
            "body of {msg} matches {re}",
            section: SECTION,
            about: "The expression finds something in the body of the newest such message of any phone.",
            example: "body of INVITE matches /m=audio/",
            no within,
            run: headers::body_matches,
        ),
        step!(
            "the reason phrase of {msg} is {text}",
            section: SECTION,
            about: "The newest such response of any phone has this phrase.",
            example: "the reason phrase of 486 is \"Busy Here\"",
            no within,
            run: headers::reason_is,
        ),
        step!(
            "{msg} is valid SIP",
            section: SECTION,
            about: "The newest such message that a phone received keeps every rule of RFC 3261; otherwise each broken rule is listed with its section.",
            example: "200 to INVITE is valid SIP",
            no within,
            run: headers::is_valid,
        ),
        step!(
            "no message has header {hdr}",
            section: SECTION,
            about: "No message that any phone sent or received has such a header field.",
            example: "no message has header P-Asserted-Identity",
            no within,
            run: headers::no_message_has,
        ),
    ]
}
