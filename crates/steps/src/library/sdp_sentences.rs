//! The sentences about session descriptions.

use gannet_events::Direction;

use super::sdp;
use crate::{StepDefinition, step};

const SECTION: &str = "Session descriptions";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "SDP of {msg} offers {codecs}",
            section: SECTION,
            about: "The newest such message with a session description, of any phone, has all these codecs in its media that are not refused (port 0), perhaps with others. Waits for such a message if there is none.",
            example: "SDP of INVITE offers PCMU, telephone-event/8000",
            condition,
            run: sdp::offers,
            with: None,
        ),
        step!(
            "SDP of {msg} offers {codecs} in this order",
            section: SECTION,
            about: "The same, and these codecs stand in this order, which is that of preference; others may stand between.",
            example: "SDP of INVITE offers PCMA, PCMU in this order",
            condition,
            run: sdp::offers_in_order,
            with: None,
        ),
        step!(
            "SDP of {msg} direction is {word}",
            section: SECTION,
            about: "The audio of the newest such message with a session description, of any phone, is sendrecv, sendonly, recvonly or inactive, from the view of its sender. Without an attribute it is sendrecv (RFC 3264 5.1).",
            example: "SDP of INVITE direction is sendonly",
            condition,
            run: sdp::direction_is,
            with: None,
        ),
        step!(
            "SDP of {msg} has line {re}",
            section: SECTION,
            about: "The expression finds something in a line of the newest such session description of any phone.",
            example: "SDP of 200 to INVITE has line /^a=ptime:20$/",
            condition,
            run: sdp::has_line,
            with: None,
        ),
        step!(
            "SDP of {msg} received by {phone} offers {codecs}",
            section: SECTION,
            about: "The newest such message with a session description that the phone has received has all these codecs.",
            example: "SDP of INVITE received by Bob offers PCMU, PCMA",
            condition,
            run: sdp::offers,
            with: Some(Direction::Received),
        ),
        step!(
            "SDP of {msg} received by {phone} offers {codecs} in this order",
            section: SECTION,
            about: "The same, in this order of preference.",
            example: "SDP of INVITE received by Bob offers PCMU, PCMA in this order",
            condition,
            run: sdp::offers_in_order,
            with: Some(Direction::Received),
        ),
        step!(
            "SDP of {msg} received by {phone} direction is {word}",
            section: SECTION,
            about: "The audio of the newest such description that the phone has received has this direction, from the view of its sender.",
            example: "SDP of INVITE received by Bob direction is inactive",
            condition,
            run: sdp::direction_is,
            with: Some(Direction::Received),
        ),
        step!(
            "SDP of {msg} received by {phone} has line {re}",
            section: SECTION,
            about: "The expression finds something in a line of the newest such description that the phone has received.",
            example: "SDP of INVITE received by Bob has line /^m=audio /",
            condition,
            run: sdp::has_line,
            with: Some(Direction::Received),
        ),
        step!(
            "SDP of {msg} sent by {phone} offers {codecs}",
            section: SECTION,
            about: "The newest such message with a session description that the phone has sent has all these codecs.",
            example: "SDP of INVITE sent by Alice offers PCMU, PCMA",
            condition,
            run: sdp::offers,
            with: Some(Direction::Sent),
        ),
        step!(
            "SDP of {msg} sent by {phone} offers {codecs} in this order",
            section: SECTION,
            about: "The same, in this order of preference.",
            example: "SDP of INVITE sent by Alice offers PCMU, PCMA in this order",
            condition,
            run: sdp::offers_in_order,
            with: Some(Direction::Sent),
        ),
        step!(
            "SDP of {msg} sent by {phone} direction is {word}",
            section: SECTION,
            about: "The audio of the newest such description that the phone has sent has this direction, from its own view.",
            example: "SDP of INVITE sent by Alice direction is sendonly",
            condition,
            run: sdp::direction_is,
            with: Some(Direction::Sent),
        ),
        step!(
            "SDP of {msg} sent by {phone} has line {re}",
            section: SECTION,
            about: "The expression finds something in a line of the newest such description that the phone has sent.",
            example: "SDP of INVITE sent by Alice has line /^c=IN IP4 /",
            condition,
            run: sdp::has_line,
            with: Some(Direction::Sent),
        ),
    ]
}
