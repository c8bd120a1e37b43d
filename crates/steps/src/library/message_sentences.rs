//! The sentences about which messages a phone receives and sends.

use gannet_events::Direction;

use super::messages;
use crate::{StepDefinition, step};

const SECTION: &str = "Messages";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} receives {msg}",
            section: SECTION,
            about: "Waits for this message, among those that no earlier sentence has looked at. For BYE the phone must also have answered 200.",
            example: "Alice receives BYE",
            condition,
            run: messages::receives,
        ),
        step!(
            "{phone} sends {msg}",
            section: SECTION,
            about: "Waits until the phone has sent this message.",
            example: "Alice sends ACK",
            condition,
            run: messages::sends,
        ),
        step!(
            "{phone} has received {msg}",
            section: SECTION,
            about: "This message is somewhere in all that the phone has received.",
            example: "Alice has received 180",
            no within,
            condition,
            run: messages::has_received,
            with: Direction::Received,
        ),
        step!(
            "{phone} receives {n} {msg}",
            section: SECTION,
            about: "Waits until the phone has received so many of this message since the last sentence that looked at one; retransmissions do not count.",
            example: "Alice receives 2 NOTIFY",
            run: messages::receives_several,
            with: Direction::Received,
        ),
        step!(
            "{phone} does not receive {msg}",
            section: SECTION,
            about: "Watches for a while: this message does not come.",
            example: "Alice does not receive BYE within 2 seconds",
            run: messages::does_not_receive,
            with: Direction::Received,
        ),
        step!(
            "{phone} receives these messages in order:",
            section: SECTION,
            about: "The messages of the table arrive in this order, perhaps with others between. Column: message.",
            example: "Alice receives these messages in order:",
            run: messages::in_order,
            with: Direction::Received,
        ),
        step!(
            "{phone} receives {msg} with header {hdr}",
            section: SECTION,
            about: "Waits for this message with such a header field.",
            example: "Alice receives 200 to INVITE with header Contact",
            run: messages::with_header,
            with: Direction::Received,
        ),
        step!(
            "{phone} receives {msg} with header {hdr} equal to {text}",
            section: SECTION,
            about: "Waits for this message with a header field that has exactly this value.",
            example: "Bob receives INVITE with header Subject equal to \"lunch\"",
            run: messages::with_header_equal,
            with: Direction::Received,
        ),
        step!(
            "{phone} receives {msg} with header {hdr} matching {re}",
            section: SECTION,
            about: "Waits for this message with a header field whose value the expression finds something in.",
            example: "Bob receives INVITE with header From matching /tag=/",
            run: messages::with_header_matching,
            with: Direction::Received,
        ),
        step!(
            "{phone} receives {msg} without header {hdr}",
            section: SECTION,
            about: "Waits for this message without such a header field.",
            example: "Bob receives INVITE without header Privacy",
            run: messages::without_header,
            with: Direction::Received,
        ),
        step!(
            "{phone} has sent {msg}",
            section: SECTION,
            about: "This message is somewhere in all that the phone has sent.",
            example: "Bob has sent 180",
            no within,
            condition,
            run: messages::has_received,
            with: Direction::Sent,
        ),
        step!(
            "{phone} sends {n} {msg}",
            section: SECTION,
            about: "Waits until the phone has sent so many of this message since the last sentence that looked at one; retransmissions do not count.",
            example: "Alice sends 2 REGISTER",
            run: messages::receives_several,
            with: Direction::Sent,
        ),
        step!(
            "{phone} does not send {msg}",
            section: SECTION,
            about: "Watches for a while: the phone does not send this message.",
            example: "Alice does not send BYE within 2 seconds",
            run: messages::does_not_receive,
            with: Direction::Sent,
        ),
        step!(
            "{phone} sends these messages in order:",
            section: SECTION,
            about: "The phone sends the messages of the table in this order, perhaps with others between. Column: message.",
            example: "Alice sends these messages in order:",
            run: messages::in_order,
            with: Direction::Sent,
        ),
        step!(
            "{phone} sends {msg} with header {hdr}",
            section: SECTION,
            about: "Waits until the phone has sent this message with such a header field.",
            example: "Alice sends INVITE with header Contact",
            run: messages::with_header,
            with: Direction::Sent,
        ),
        step!(
            "{phone} sends {msg} with header {hdr} equal to {text}",
            section: SECTION,
            about: "Waits until the phone has sent this message with a header field that has exactly this value.",
            example: "Alice sends INVITE with header Subject equal to \"lunch\"",
            run: messages::with_header_equal,
            with: Direction::Sent,
        ),
        step!(
            "{phone} sends {msg} with header {hdr} matching {re}",
            section: SECTION,
            about: "Waits until the phone has sent this message with a header field whose value the expression finds something in.",
            example: "Alice sends INVITE with header From matching /tag=/",
            run: messages::with_header_matching,
            with: Direction::Sent,
        ),
        step!(
            "{phone} sends {msg} without header {hdr}",
            section: SECTION,
            about: "Waits until the phone has sent this message without such a header field.",
            example: "Alice sends INVITE without header Privacy",
            run: messages::without_header,
            with: Direction::Sent,
        ),
    ]
}
