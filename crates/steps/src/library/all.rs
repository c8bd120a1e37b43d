//! The list of all sentences.

use super::{
    answering, calls, challenge, ending, header_sentences, hearing, message_sentences, phones,
    registration, request, talking, time, voicemail,
};
use crate::StepDefinition;

/// All sentences, in the order in which `gannet steps` lists them.
pub fn definitions() -> Vec<StepDefinition> {
    [
        phones::definitions(),
        registration::definitions(),
        challenge::definitions(),
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
