//! Making offers (RFC 3264 5 and 8).

use gannet_sdp::{MediaDescription, MediaLine, SessionDescription};

use super::capabilities::{AttributeSlot, LocalMedia, MediaCapabilities};
use super::continuation::continue_session;
use super::security::{Keying, OfferForm, SrtpPolicy, SrtpStyle, Transport, offered};
use super::write::{Section, write};

const AVP: &str = "RTP/AVP";

/// The first offer of a session: one audio line with all formats.
pub fn build_offer(caps: &MediaCapabilities, local: &LocalMedia) -> SessionDescription {
    let SrtpStyle { policy, form, .. } = caps.srtp;
    let offered = offered(&caps.srtp, caps.srtp.keying, local);
    let offers = matches!(policy, SrtpPolicy::Offered | SrtpPolicy::Required);
    let plain = audio(caps, local, AVP, Vec::new());
    let sections = match (offered.filter(|_| offers), form) {
        (None, _) => vec![plain],
        (Some((protocol, lines)), OfferForm::Profile) => vec![audio(caps, local, protocol, lines)],
        (Some((_, lines)), OfferForm::Attribute) => vec![audio(caps, local, AVP, lines)],
        (Some((protocol, lines)), OfferForm::TwoLines) => {
            vec![audio(caps, local, protocol, lines), plain]
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
    let transport = Transport::of(protocol);
    let was_dtls = agreed.attribute("fingerprint").is_some();
    let was_secure = transport.is_secure() || agreed.attribute("crypto").is_some() || was_dtls;
    let keying = match (was_secure, was_dtls) {
        (true, true) => Keying::Dtls,
        (true, false) => Keying::Sdes,
        (false, _) => style.keying,
    };
    let secure = (was_secure || asks) && style.policy != SrtpPolicy::Off;
    match offered(style, keying, local).filter(|_| secure) {
        Some((_, lines)) => audio(caps, local, protocol, lines),
        None if transport.is_secure() => audio(caps, local, AVP, Vec::new()),
        None => audio(caps, local, protocol, Vec::new()),
    }
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
