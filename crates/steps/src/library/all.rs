//! The list of all sentences.

use super::{
    agreed, answering, calls, challenge, conditions, direct_calls, dtmf, early_media, ending,
    figures, flows, header_sentences, hearing, hold, message_sentences, phones, playing, questions,
    raw, registration, reliability, request, sdp_sentences, session_changes, session_timers,
    talking, texts, time, timing, voicemail,
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
        direct_calls::definitions(),
        answering::definitions(),
        early_media::definitions(),
        reliability::definitions(),
        ending::definitions(),
        talking::definitions(),
        hearing::definitions(),
        hold::definitions(),
        session_changes::definitions(),
        dtmf::definitions(),
        playing::definitions(),
        agreed::definitions(),
        figures::definitions(),
        session_timers::definitions(),
        voicemail::definitions(),
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
