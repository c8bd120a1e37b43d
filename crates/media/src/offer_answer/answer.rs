//! Answering an offer, and reading the answer to our own (RFC 3264 6 and 7).

use gannet_sdp::{MediaDescription, MediaLine, SessionDescription};

use super::agree::{
    Common, Negotiated, TelephoneEventTypes, comfort_noise_beside, common_codecs, direction_for,
    opus_wishes, packet_time, telephone_event_beside,
};
use super::capabilities::{AttributeSlot, Format, LocalMedia, MediaCapabilities};
use super::error::OfferAnswerError;
use super::security::{Security, Transport, answer_to, answered as answered_security, settled};
use super::write::{Section, write};
use crate::codec::Codec;

/// An answer and what it settles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The description to send. For a later answer in a session, pass it
    /// through [`super::continue_session`] with the one sent before.
    pub description: SessionDescription,
    /// The agreement.
    pub negotiated: Negotiated,
}

/// Answers `offer`: the first audio line with a common codec is accepted, every
/// other line gets port 0, and all stay in their order (RFC 3264 6). Codecs
/// keep the order and the payload types of the offer.
///
/// # Errors
/// If there is nothing to accept; the offer is then to be refused with 488.
pub fn build_answer(
    offer: &SessionDescription,
    caps: &MediaCapabilities,
    local: &LocalMedia,
) -> Result<Answer, OfferAnswerError> {
    let Chosen {
        media_index,
        media,
        common,
        security,
    } = choose(offer, caps, local)?;
    let (remote, remote_rtcp) = addresses(&media)?;
    let listed = if caps.answers_all_codecs {
        &common[..]
    } else {
        &common[..1]
    };
    let mut formats: Vec<Format> = listed.iter().map(|common| answered(caps, common)).collect();
    let first = common[0];
    let comfort_noise = comfort_noise_beside(first.codec, caps, &media);
    formats.extend(comfort_noise.map(|payload_type| Format {
        payload_type,
        ..Format::comfort_noise()
    }));
    let event = answered_event(first.codec, caps, &media);
    let telephone_event = event.as_ref().map(|format| TelephoneEventTypes {
        send: format.payload_type,
        receive: format.payload_type,
    });
    formats.extend(event);
    let (rtcp_mux, mux_unwritten) = multiplexes(caps, &media, &security);
    let direction = direction_for(&media).intersect(local.direction);
    let payload_types: Vec<u8> = formats.iter().map(|format| format.payload_type).collect();
    let audio = Section::Audio {
        line: MediaLine {
            protocol: media
                .line_view()
                .map_or_else(String::new, |line| line.protocol.to_owned()),
            ..MediaLine::audio(local.address.port(), &payload_types)
        },
        formats: formats.into(),
        direction,
        rtcp_mux,
        security: answered_security(&security, local, mux_unwritten),
    };
    let sections = all_sections(offer, media_index, audio);
    Ok(Answer {
        description: write(caps, local, &sections),
        negotiated: Negotiated {
            media_index,
            remote,
            remote_rtcp: if rtcp_mux {
                remote
            } else {
                separate_rtcp(&media, remote_rtcp)
            },
            rtcp_mux,
            codec: first.codec,
            payload_type: first.theirs,
            receive_payload_types: listed.iter().map(|c| (c.theirs, c.codec)).collect(),
            direction,
            ptime: packet_time(first.codec, caps, &media),
            telephone_event,
            comfort_noise,
            opus_wishes: opus_wishes(&first, &media),
            security,
        },
    })
}

/// Whether RTCP goes the way of RTP, and whether the layout of the device has no place to say so. Over
/// DTLS a second handshake is saved (RFC 5764 3).
fn multiplexes(
    caps: &MediaCapabilities,
    offered: &MediaDescription<'_>,
    security: &Security,
) -> (bool, bool) {
    let has_slot = caps.layout.attributes.contains(&AttributeSlot::RtcpMux);
    let is_dtls = matches!(security, Security::Dtls(_));
    let rtcp_mux = offered.rtcp_mux() && (has_slot || is_dtls);
    (rtcp_mux, rtcp_mux && !has_slot)
}

/// The telephone-event of the offer that goes with a codec, if we have it too.
fn answered_event(
    codec: Codec,
    caps: &MediaCapabilities,
    offered: &MediaDescription<'_>,
) -> Option<Format> {
    let payload_type = telephone_event_beside(codec, offered)?;
    let clock_rate = codec.clock_rate();
    let mut ours = caps.formats.iter();
    let ours = ours.find(|it| it.is_telephone_event() && it.clock_rate == clock_rate)?;
    Some(Format {
        payload_type,
        ..ours.clone()
    })
}

/// Reads the answer to our `offer`. Lines and formats are matched by their
/// order; formats that we did not offer are ignored.
///
/// # Errors
/// If the answer does not fit the offer, rejects the audio, or leaves no codec
/// that is implemented.
pub fn apply_answer(
    offer: &SessionDescription,
    caps: &MediaCapabilities,
    answer: &SessionDescription,
) -> Result<Negotiated, OfferAnswerError> {
    if offer.audio().is_none() {
        return Err(OfferAnswerError::OwnOfferWithoutAudio);
    }
    let (expected, received) = (offer.media().count(), answer.media().count());
    if expected != received {
        return Err(OfferAnswerError::MediaCount { expected, received });
    }
    for (index, (ours, theirs)) in offer.media().zip(answer.media()).enumerate() {
        let (expected, received) = (kind(&ours), kind(&theirs));
        if expected != received {
            let shown = |(kind, protocol): (&str, &str)| format!("{kind} {protocol}");
            return Err(OfferAnswerError::MediaChanged {
                index,
                expected: expected.map_or_else(String::new, shown),
                received: received.map_or_else(String::new, shown),
            });
        }
    }
    let pairs = offer.media().zip(answer.media());
    let (media_index, (own, media)) = pairs
        .enumerate()
        .find(|(_, (own, media))| is_open_audio(own) && is_open_audio(media))
        .ok_or(OfferAnswerError::Rejected)?;
    let security = settled(&own, (answer, &media), &caps.srtp)?;
    let common = common_codecs(caps, &media)?;
    let (remote, remote_rtcp) = addresses(&media)?;
    let rtcp_mux = own.rtcp_mux() && media.rtcp_mux();
    let own_line = own
        .line_view()
        .ok_or(OfferAnswerError::OwnOfferWithoutAudio)?;
    let first = common[0];
    let own_event = telephone_event_beside(first.codec, &own);
    Ok(Negotiated {
        media_index,
        remote,
        remote_rtcp: if rtcp_mux {
            remote
        } else {
            separate_rtcp(&media, remote_rtcp)
        },
        rtcp_mux,
        codec: first.codec,
        payload_type: first.theirs,
        receive_payload_types: own_line
            .payload_types()
            .filter_map(|pt| {
                let map = own.rtpmap_view(pt)?;
                let codec = Codec::from_rtpmap(map.encoding, map.clock_rate, map.parameters)?;
                Some((pt, codec))
            })
            .collect(),
        direction: direction_for(&media).intersect(own.direction()),
        ptime: packet_time(first.codec, caps, &media),
        telephone_event: telephone_event_beside(first.codec, &media)
            .zip(own_event)
            .map(|(send, receive)| TelephoneEventTypes { send, receive }),
        comfort_noise: comfort_noise_beside(first.codec, caps, &media),
        opus_wishes: opus_wishes(&first, &media),
        security,
    })
}

/// An audio line with a port.
fn is_open_audio(media: &MediaDescription<'_>) -> bool {
    let line = media.line_view();
    line.is_some_and(|line| line.kind == "audio" && line.port != 0)
}

/// What is accepted.
struct Chosen<'a> {
    media_index: usize,
    media: MediaDescription<'a>,
    common: Vec<Common>,
    security: Security,
}

/// The line to accept. With several audio lines the first one that has a common
/// codec, with SRTP before one without; the reason for refusing comes from the first audio line.
fn choose<'a>(
    offer: &'a SessionDescription,
    caps: &MediaCapabilities,
    local: &LocalMedia,
) -> Result<Chosen<'a>, OfferAnswerError> {
    let (mut first_error, mut plain) = (None, None);
    for (index, media) in offer.media().enumerate() {
        let Some(line) = media.line_view() else {
            continue;
        };
        if line.kind != "audio" || line.port == 0 {
            continue;
        }
        let transport = Transport::of(line.protocol);
        let Some(security) = answer_to(offer, &media, transport, &caps.srtp, local) else {
            continue;
        };
        let both = security.and_then(|it| Ok((it, common_codecs(caps, &media)?)));
        match both {
            Ok((security, common)) => {
                let is_best = security.is_srtp();
                let chosen = Chosen {
                    media_index: index,
                    media,
                    common,
                    security,
                };
                if is_best {
                    return Ok(chosen);
                }
                plain.get_or_insert(chosen);
            }
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    if let Some(plain) = plain {
        return Ok(plain);
    }
    Err(first_error.unwrap_or_else(|| OfferAnswerError::NoAudio {
        offered: offer
            .media()
            .map(|media| media.lines()[0].value().to_owned())
            .collect(),
    }))
}

/// `audio` in its place, and the other lines rejected.
fn all_sections<'a>(
    offer: &SessionDescription,
    media_index: usize,
    audio: Section<'a>,
) -> Vec<Section<'a>> {
    let mut sections: Vec<Section<'a>> = offer
        .media()
        .map(|media| {
            let line = media.line().unwrap_or_else(|| MediaLine::audio(0, &[0]));
            Section::Rejected(MediaLine {
                port: 0,
                port_count: None,
                ..line
            })
        })
        .collect();
    sections[media_index] = audio;
    sections
}

/// Media type and protocol; `None` of a malformed line.
fn kind<'a>(media: &MediaDescription<'a>) -> Option<(&'a str, &'a str)> {
    media.line_view().map(|line| (line.kind, line.protocol))
}

fn addresses(
    media: &MediaDescription<'_>,
) -> Result<(std::net::SocketAddr, std::net::SocketAddr), OfferAnswerError> {
    let rtp = media
        .rtp_address()
        .ok_or_else(|| OfferAnswerError::NoConnection {
            line: media.first_line(),
        })?;
    Ok((rtp, media.rtcp_address().unwrap_or(rtp)))
}

/// The RTCP address when multiplexing was not agreed: a peer that only offered
/// it also listens beside its RTP port (RFC 5761 5.1.1).
fn separate_rtcp(
    media: &MediaDescription<'_>,
    signalled: std::net::SocketAddr,
) -> std::net::SocketAddr {
    if !media.rtcp_mux() {
        return signalled;
    }
    let port = media
        .rtcp()
        .map_or_else(|| signalled.port().saturating_add(1), |rtcp| rtcp.port);
    std::net::SocketAddr::new(signalled.ip(), port)
}

/// Our format under the payload type of the offer (RFC 3264 6.1).
fn answered(caps: &MediaCapabilities, common: &Common) -> Format {
    Format {
        payload_type: common.theirs,
        ..caps.formats[common.ours].clone()
    }
}
