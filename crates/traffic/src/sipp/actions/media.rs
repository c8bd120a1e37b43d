//! Actions on media.

use gannet_scenario::sipp::model::{Media, Text};

use super::run::Stop;
use crate::sipp::MediaOrder;
use crate::sipp::state::CallState;
use crate::sipp::text::{At, Env, rendered};

/// `rtp_echo` of the process.
pub(super) fn echo_all(env: &mut Env<'_>, at: At, on: bool) {
    env.world.media(at.call, MediaOrder::EchoAll(on));
}

/// `exec` of media.
pub(super) fn order(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    media: &Media,
) -> Result<(), Stop> {
    let text: &Text = match media {
        Media::PlayCapture { file, .. } => file,
        Media::PlayDtmf(text) | Media::RtpStream(text) | Media::RtpEcho(text) => text,
    };
    let text = rendered(env, state, at, text)?;
    let order = match media {
        Media::PlayCapture { kind, .. } => MediaOrder::PlayCapture {
            kind: *kind,
            file: &text,
        },
        Media::PlayDtmf(_) => MediaOrder::PlayDtmf(&text),
        Media::RtpStream(_) => MediaOrder::RtpStream(&text),
        Media::RtpEcho(_) => MediaOrder::RtpEcho(&text),
    };
    env.world.media(at.call, order);
    env.common.scratch.give(text);
    Ok(())
}
