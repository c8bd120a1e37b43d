//! The sentences about texts by MESSAGE (RFC 3428).

use super::texts::{self, Extent};
use crate::{StepDefinition, step};

const SECTION: &str = "Text messages";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} sends message {text} to {dest}",
            section: SECTION,
            about: "Sends MESSAGE with this text and waits for its final response, whatever it is.",
            example: "Alice sends message \"lunch?\" to Bob",
            run: texts::sends,
            with: Extent::Text,
        ),
        step!(
            "{phone} sends message to {dest}:",
            section: SECTION,
            about: "The same with the doc string as the text.",
            example: "Alice sends message to Bob:",
            run: texts::sends,
            with: Extent::DocString,
        ),
        step!(
            "{phone} sends message {text} to {dest} as {text}",
            section: SECTION,
            about: "The same with this Content-Type. What a phone takes is its setting texts.types; others get 415 with Accept.",
            example: "Alice sends message \"<b>lunch?</b>\" to Bob as \"text/html\"",
            run: texts::sends,
            with: Extent::Typed,
        ),
        step!(
            "{phone} sends message {text} to {dest} that expires after {time}",
            section: SECTION,
            about: "The same with Date and Expires, in whole seconds. A phone that gets it later answers 2xx and does not show it; 0 s asks that no server keeps it.",
            example: "Alice sends message \"lunch?\" to Bob that expires after 10 seconds",
            run: texts::sends,
            with: Extent::Expiring,
        ),
        step!(
            "{phone} sends message of {n} octets to {dest}",
            section: SECTION,
            about: "Sends MESSAGE with a text of this length. Over UDP more than 1300 octets with the head are too many by RFC 3428 8; phones refuse what is longer than their setting texts.bytes-max with 413.",
            example: "Alice sends message of 1200 octets to Bob",
            run: texts::sends_long,
        ),
        step!(
            "{phone} sends message {text} in the call",
            section: SECTION,
            about: "Sends MESSAGE inside the phone's call and waits for its final response, whatever it is.",
            example: "Alice sends message \"one moment\" in the call",
            run: texts::sends_in_call,
        ),
        step!(
            "{phone} receives message {text} from {dest}",
            section: SECTION,
            about: "Waits for a MESSAGE with exactly this text whose From names this sender, after those that earlier sentences have looked at.",
            example: "Bob receives message \"lunch?\" from Alice",
            run: texts::receives_from,
        ),
        step!(
            "{phone} receives message {text}",
            section: SECTION,
            about: "The same from anybody.",
            example: "Bob receives message \"lunch?\"",
            run: texts::receives,
        ),
        step!(
            "{phone} receives message:",
            section: SECTION,
            about: "The same with the doc string as the text.",
            example: "Bob receives message:",
            run: texts::receives,
        ),
        step!(
            "{phone} does not receive message {text}",
            section: SECTION,
            about: "Watches for a while: this text is not shown. (One that has expired, or is of another type than the phone takes, is not.)",
            example: "Bob does not receive message \"lunch?\" within 1 second",
            run: texts::does_not_receive,
        ),
        step!(
            "{phone} has received {n} expired message(s)",
            section: SECTION,
            about: "Waits until so many texts have come in all whose time was over.",
            example: "Bob has received 1 expired message",
            condition,
            run: texts::has_expired,
        ),
        step!(
            "the message is accepted",
            section: SECTION,
            about: "The text that was sent last got a 2xx.",
            example: "the message is accepted",
            no within,
            run: texts::accepted,
        ),
        step!(
            "the message is kept",
            section: SECTION,
            about: "The text that was sent last got 202: it has not arrived, and may do so later.",
            example: "the message is kept",
            no within,
            run: texts::kept,
        ),
        step!(
            "the message is refused with {code}",
            section: SECTION,
            about: "The text that was sent last got one of these codes.",
            example: "the message is refused with 404",
            no within,
            run: texts::refused,
        ),
        step!(
            "the embedded server keeps messages",
            section: SECTION,
            about: "From now on texts for users none of whose phones is registered get 202 and are given to the next one that registers, unless they have expired. Otherwise they get 480. The same as keep_messages under [pbx.features].",
            example: "the embedded server keeps messages",
            no within,
            run: texts::server_keeps,
        ),
    ]
}
