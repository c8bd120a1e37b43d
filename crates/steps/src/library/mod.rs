//! The sentences that Gannet knows, by subject.

mod answering;
mod call_table;
mod calls;
mod ending;
mod headers;
mod hearing;
mod message_wait;
mod messages;
mod notes;
mod phones;
mod registration;
mod request;
mod support;
mod talking;
mod time;
mod voicemail;

use crate::StepDefinition;

pub use notes::Notes;

/// All sentences.
pub fn definitions() -> Vec<StepDefinition> {
    [
        phones::definitions(),
        registration::definitions(),
        request::definitions(),
        calls::definitions(),
        answering::definitions(),
        ending::definitions(),
        talking::definitions(),
        hearing::definitions(),
        voicemail::definitions(),
        messages::definitions(),
        headers::definitions(),
        time::definitions(),
    ]
    .concat()
}
