//! The list of all sentences.

use super::{
    agreed, answering, calls, challenge, conditions, dtmf, ending, event_socket, figures, flows,
    header_sentences, hearing, hold, meanwhile, message_sentences, phones, playing, questions, raw,
    registration, request, sdp_sentences, talking, texts, time, timing, voicemail,
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
        playing::definitions(),
        agreed::definitions(),
        figures::definitions(),
        voicemail::definitions(),
        texts::definitions(),
        event_socket::definitions(),
        questions::definitions(),
        message_sentences::definitions(),
        flows::definitions(),
        header_sentences::definitions(),
        sdp_sentences::definitions(),
        time::definitions(),
        timing::definitions(),
        conditions::definitions(),
        meanwhile::definitions(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Registry;

    #[test]
    fn every_pattern_can_be_read_and_every_example_means_its_own_sentence() {
        let faults: Vec<String> = Registry::new(definitions())
            .err()
            .into_iter()
            .flatten()
            .map(|error| error.to_string())
            .collect();
        assert_eq!(faults, [""; 0]);
    }
}
