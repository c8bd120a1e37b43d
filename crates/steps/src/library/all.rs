//! The list of all sentences.

use super::{
    agreed, answering, calls, challenge, comparing, conditions, conferences, direct_calls, dtmf,
    dtmf_lengths, early_media, encryption, ending, event_socket, feature_codes, figures, flows,
    forwarding, header_sentences, hearing, hold, identity, impairing, judging, lamps, levels, mass,
    meanwhile, message_sentences, misbehaviour_sentences, outbound, parking, phones, playing,
    presence_words, publications, questions, queues, raw, recordings, registration, reliability,
    replaying, request, round_trip, screening, sdp_sentences, session_changes, session_timers,
    several_calls, signed, subscription_forks, subscriptions, talking, text_sentences, time,
    timing, transfers, voicemail, voicemail_calls,
};
use crate::StepDefinition;

/// All sentences, in the order in which `gannet steps` lists them.
pub fn definitions() -> Vec<StepDefinition> {
    [
        phones::definitions(),
        registration::definitions(),
        challenge::definitions(),
        outbound::definitions(),
        request::definitions(),
        raw::definitions(),
        calls::definitions(),
        direct_calls::definitions(),
        answering::definitions(),
        early_media::definitions(),
        reliability::definitions(),
        misbehaviour_sentences::definitions(),
        ending::definitions(),
        identity::definitions(),
        signed::definitions(),
        talking::definitions(),
        hearing::definitions(),
        levels::definitions(),
        comparing::definitions(),
        hold::definitions(),
        session_changes::definitions(),
        several_calls::definitions(),
        transfers::definitions(),
        conferences::definitions(),
        dtmf::definitions(),
        dtmf_lengths::definitions(),
        playing::definitions(),
        replaying::definitions(),
        recordings::definitions(),
        agreed::definitions(),
        encryption::definitions(),
        figures::definitions(),
        round_trip::definitions(),
        judging::definitions(),
        impairing::definitions(),
        session_timers::definitions(),
        voicemail::definitions(),
        subscriptions::definitions(),
        subscription_forks::definitions(),
        lamps::definitions(),
        publications::definitions(),
        presence_words::definitions(),
        mass::definitions(),
        feature_codes::definitions(),
        screening::definitions(),
        forwarding::definitions(),
        parking::definitions(),
        queues::definitions(),
        voicemail_calls::definitions(),
        text_sentences::definitions(),
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
