//! Making offers (RFC 3264 5 and 8).

use gannet_sdp::{MediaLine, SessionDescription};

use super::capabilities::{AttributeSlot, LocalMedia, MediaCapabilities};
use super::continuation::continue_session;
use super::write::{Section, write};

/// The first offer of a session: one audio line with all formats.
pub fn build_offer(caps: &MediaCapabilities, local: &LocalMedia) -> SessionDescription {
    write(caps, local, &[audio(caps, local)])
}

/// A later offer in the same session. `previous` is the description that we
/// sent last, as offer or as answer: its session id, its lines (all but the
/// audio with port 0) and the version rule are kept (RFC 3264 8).
pub fn build_reoffer(
    previous: &SessionDescription,
    caps: &MediaCapabilities,
    local: &LocalMedia,
) -> SessionDescription {
    let audio_line = previous.audio().map(|media| media.first_line());
    let mut sections: Vec<Section<'_>> = previous
        .media()
        .map(|media| {
            if Some(media.first_line()) == audio_line {
                return audio(caps, local);
            }
            let line = media.line().unwrap_or_else(|| MediaLine::audio(0, &[0]));
            Section::Rejected(MediaLine { port: 0, ..line })
        })
        .collect();
    if audio_line.is_none() {
        sections.push(audio(caps, local));
    }
    let mut offer = write(caps, local, &sections);
    continue_session(previous, &mut offer);
    offer
}

fn audio<'a>(caps: &'a MediaCapabilities, local: &LocalMedia) -> Section<'a> {
    let payload_types: Vec<u8> = caps
        .formats
        .iter()
        .map(|format| format.payload_type)
        .collect();
    Section::Audio {
        line: MediaLine::audio(local.address.port(), &payload_types),
        formats: (&caps.formats).into(),
        direction: local.direction,
        rtcp_mux: caps.layout.attributes.contains(&AttributeSlot::RtcpMux),
    }
}
