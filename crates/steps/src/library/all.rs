//! The list of all sentences.

use super::{
    agreed, answering, calls, challenge, conditions, dtmf, ending, feature_codes, figures, flows,
    forwarding, header_sentences, hearing, hold, message_sentences, parking, phones, playing,
    questions, queues, raw, registration, request, sdp_sentences, several_calls, talking, texts,
    time, timing, transfers, voicemail,
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
        several_calls::definitions(),
        transfers::definitions(),
        dtmf::definitions(),
        playing::definitions(),
        agreed::definitions(),
        figures::definitions(),
        voicemail::definitions(),
        feature_codes::definitions(),
        forwarding::definitions(),
        parking::definitions(),
        queues::definitions(),
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
