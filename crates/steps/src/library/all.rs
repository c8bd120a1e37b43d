//! The list of all sentences.

use super::{
    answering, calls, ending, header_sentences, hearing, message_sentences, phones, registration,
    request, talking, time, voicemail,
};
use crate::StepDefinition;

/// All sentences, in the order in which `gannet steps` lists them.
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
        message_sentences::definitions(),
        header_sentences::definitions(),
        time::definitions(),
    ]
    .concat()
}
