//! The list of all sentences.

use super::{
    agreed, answering, calls, challenge, conditions, conferences, dtmf, ending, figures, flows,
    header_sentences, hearing, hold, message_sentences, phones, playing, questions, raw,
    registration, request, sdp_sentences, talking, texts, time, timing, voicemail, voicemail_calls,
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
        conferences::definitions(),
        dtmf::definitions(),
        playing::definitions(),
        agreed::definitions(),
        figures::definitions(),
        voicemail::definitions(),
        voicemail_calls::definitions(),
        texts::definitions(),
        questions::definitions(),
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
