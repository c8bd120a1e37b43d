//! Why a call failed, in words.

use gannet_scenario::model::{Scenario, StepKind};
use gannet_traffic::shard::{Cause, DATAGRAM_BYTES_MAX, Place};

/// Where a call was: section, step and message, as `Traffic, step 3 (receive 180)`.
pub(crate) fn place(scenario: &Scenario, place: Place) -> String {
    let section = &scenario.sections[place.section.index()];
    let step = section
        .steps
        .get(place.step)
        .map_or_else(String::new, |step| {
            let verb = match step.kind {
                StepKind::Send(_) => "send",
                StepKind::Receive(_) => "receive",
                StepKind::Pause(_) => "wait",
            };
            format!(" ({verb} {})", step.name)
        });
    format!("{}, step {}{step}", section.kind, place.step + 1)
}

/// Why a call failed.
pub(crate) fn cause(scenario: &Scenario, cause: Cause<'_>) -> String {
    let text = String::from_utf8_lossy;
    let channel = |id: gannet_scenario::model::ChannelId| &scenario.channels[id.index()].name;
    match cause {
        Cause::Timeout => "no message came in time".to_owned(),
        Cause::NoAnswer => "retransmissions were not answered".to_owned(),
        Cause::Unexpected => "another message came than it waited for".to_owned(),
        Cause::FieldAbsent { field } => format!("the message has no field \"{field}\""),
        Cause::FieldNotWritten { field } => {
            format!("field \"{field}\" is not in the message, so it cannot be written")
        }
        Cause::VariableUnset { variable } => {
            format!("variable \"{variable}\" was never stored")
        }
        Cause::TooLong { length } => format!(
            "the message has {length} bytes, more than fit in a datagram ({DATAGRAM_BYTES_MAX})"
        ),
        Cause::TooShort { field } => format!("\"{field}\" is shorter than the bytes wanted of it"),
        Cause::OtherValue {
            field,
            expected,
            received,
        } => format!(
            "field \"{field}\" is \"{}\", not \"{}\"",
            text(received).trim_end(),
            text(expected).trim_end()
        ),
        Cause::Authorization(why) => format!("the authentication method failed: {why}"),
        Cause::KeyTaken { key } => {
            format!(
                "another call has the identifier \"{}\"",
                text(key).trim_end()
            )
        }
        Cause::NotOpen { channel: id } => {
            format!(
                "channel \"{}\" is not open, or has no peer yet",
                channel(id)
            )
        }
        Cause::ConnectionLost { channel: id } => {
            format!("channel \"{}\" has no connection", channel(id))
        }
        Cause::SectionEnd => "the section counts as a failure".to_owned(),
        Cause::JumpNotTaken => "the condition of branch_on did not hold (-exact)".to_owned(),
        Cause::Stopped => "the run was stopped".to_owned(),
    }
}
