//! The list of all sentences.

use super::{
    answering, calls, ending, headers, hearing, messages, phones, registration, request, talking,
    time, voicemail,
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
        messages::definitions(),
        headers::definitions(),
        time::definitions(),
    ]
    .concat()
}
