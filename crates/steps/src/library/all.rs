//! The list of all sentences.

use super::{
    answering, calls, challenge, dtmf, ending, header_sentences, hearing, hold, message_sentences,
    phones, questions, raw, registration, request, talking, texts, time, voicemail,
};
use crate::StepDefinition;

/// All sentences, in the order in which `gannet steps` lists them.
pub fn definitions() -> Vec<StepDefinition> {
    [
        phones::definitions(),
        registration::definitions(),
        challenge::definitions(),
        request::definitions(),
        raw::definitions(),
        calls::definitions(),
        answering::definitions(),
        ending::definitions(),
        talking::definitions(),
        hearing::definitions(),
        hold::definitions(),
        dtmf::definitions(),
        voicemail::definitions(),
        texts::definitions(),
        questions::definitions(),
        message_sentences::definitions(),
        header_sentences::definitions(),
        time::definitions(),
    ]
    .concat()
}
