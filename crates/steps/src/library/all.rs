//! The list of all sentences.

use super::{
    agreed, answering, calls, challenge, conditions, ending, figures, flows, header_sentences,
    hearing, message_sentences, phones, playing, registration, request, sdp_sentences, talking,
    time, timing, voicemail,
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
        playing::definitions(),
        agreed::definitions(),
        figures::definitions(),
        voicemail::definitions(),
        message_sentences::definitions(),
        flows::definitions(),
        header_sentences::definitions(),
        sdp_sentences::definitions(),
        time::definitions(),
        timing::definitions(),
        conditions::definitions(),
    ]
    .concat()
}
