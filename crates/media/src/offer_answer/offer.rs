//! Making offers (RFC 3264 5 and 8).

use gannet_sdp::{MediaDescription, MediaLine, SessionDescription};

use super::capabilities::{AttributeSlot, LocalMedia, MediaCapabilities};
use super::continuation::continue_session;
use super::security::{OfferForm, SAVP, SrtpPolicy, SrtpStyle, Transport, offered_lines};
use super::write::{Section, write};

const AVP: &str = "RTP/AVP";

/// The first offer of a session: one audio line with all formats.
pub fn build_offer(caps: &MediaCapabilities, local: &LocalMedia) -> SessionDescription {
    let SrtpStyle { policy, form, .. } = caps.srtp;
    let lines = offered_lines(&caps.srtp, local);
    let offers = matches!(policy, SrtpPolicy::Offered | SrtpPolicy::Required);
    let plain = audio(caps, local, AVP, Vec::new());
    let sections = if !offers || lines.is_empty() {
        vec![plain]
    } else {
        match form {
            OfferForm::Profile => vec![audio(caps, local, SAVP, lines)],
            OfferForm::Attribute => vec![audio(caps, local, AVP, lines)],
            OfferForm::TwoLines => vec![audio(caps, local, SAVP, lines), plain],
        }
    };
    write(caps, local, &sections)
}

/// A later offer in the same session. `previous` is the description that we
/// sent last, as offer or as answer: its session id, its lines (all but the
/// audio with port 0) and the version rule are kept (RFC 3264 8).
pub fn build_reoffer(
    previous: &SessionDescription,
    caps: &MediaCapabilities,
    local: &LocalMedia,
) -> SessionDescription {
    let agreed = local.media_index.and_then(|index| previous.media_at(index));
    let agreed = agreed.or_else(|| previous.audio());
    let audio_line = agreed.as_ref().map(MediaDescription::first_line);
    let again = agreed.as_ref().map_or_else(
        || audio(caps, local, AVP, Vec::new()),
        |agreed| audio_again(agreed, caps, local),
    );
    let mut sections: Vec<Section<'_>> = previous
        .media()
        .map(|media| {
            if Some(media.first_line()) == audio_line {
                return again.clone();
            }
            let line = media.line().unwrap_or_else(|| MediaLine::audio(0, &[0]));
            Section::Rejected(MediaLine { port: 0, ..line })
        })
        .collect();
    if audio_line.is_none() {
        sections.push(again);
    }
    let mut offer = write(caps, local, &sections);
    continue_session(previous, &mut offer);
    offer
}

/// A later offer keeps the protocol; SRTP stays SRTP, also if another party of the session began it.
fn audio_again<'a>(
    agreed: &MediaDescription<'_>,
    caps: &'a MediaCapabilities,
    local: &LocalMedia,
) -> Section<'a> {
    let protocol = agreed.line_view().map_or(AVP, |line| line.protocol);
    let style = &caps.srtp;
    let asks = style.form == OfferForm::Attribute
        && matches!(style.policy, SrtpPolicy::Offered | SrtpPolicy::Required);
    let is_secure = Transport::of(protocol) == Transport::Secure
        || agreed.attribute("crypto").is_some()
        || asks;
    let mut lines = Vec::new();
    if is_secure && style.policy != SrtpPolicy::Off {
        lines = offered_lines(style, local);
    }
    let protocol = match Transport::of(protocol) {
        Transport::Secure if lines.is_empty() => AVP,
        _ => protocol,
    };
    audio(caps, local, protocol, lines)
}

fn audio<'a>(
    caps: &'a MediaCapabilities,
    local: &LocalMedia,
    protocol: &str,
    security: Vec<String>,
) -> Section<'a> {
    let payload_types: Vec<u8> = caps
        .formats
        .iter()
        .map(|format| format.payload_type)
        .collect();
    Section::Audio {
        line: MediaLine {
            protocol: protocol.to_owned(),
            ..MediaLine::audio(local.address.port(), &payload_types)
        },
        formats: (&caps.formats).into(),
        direction: local.direction,
        rtcp_mux: caps.layout.attributes.contains(&AttributeSlot::RtcpMux),
        security,
    }
}
