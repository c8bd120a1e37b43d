//! DTLS-SRTP in descriptions (RFC 5763, RFC 8122): who begins, and by which certificates both are known.

use std::fmt;

use gannet_sdp::{MediaDescription, SessionDescription};

use super::capabilities::LocalMedia;
use super::error::OfferAnswerError;

/// What descriptions settle of a handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DtlsTerms {
    /// We begin the handshake (`a=setup:active`).
    pub is_client: bool,
    /// The other side's certificate has one of these.
    pub fingerprints: Vec<Fingerprint>,
}

/// Our side of a handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalDtls {
    /// Of our certificate.
    pub fingerprint: Fingerprint,
    /// Whether we began the handshake that the session has, if it has one: who did, stays.
    pub is_client: Option<bool>,
}

/// The fingerprint of a certificate (RFC 8122 5).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// The hash function, in lower case: `sha-256`.
    pub hash: String,
    /// What it gives of the certificate.
    pub octets: Vec<u8>,
}

/// The longest hash that is read: SHA-512.
const OCTETS_MAX: usize = 64;

impl Fingerprint {
    /// Reads what stands behind `a=fingerprint:`. `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (hash, octets) = text.trim_end().split_once(' ')?;
        let octets = octets
            .split(':')
            .map(|octet| {
                let two = octet.len() == 2 && octet.bytes().all(|it| it.is_ascii_hexdigit());
                two.then(|| u8::from_str_radix(octet, 16).ok()).flatten()
            })
            .collect::<Option<Vec<u8>>>()?;
        (octets.len() <= OCTETS_MAX).then(|| Self {
            hash: hash.to_ascii_lowercase(),
            octets,
        })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.hash)?;
        for (at, octet) in self.octets.iter().enumerate() {
            write!(out, "{}{octet:02X}", if at == 0 { ' ' } else { ':' })?;
        }
        Ok(())
    }
}

/// The attributes of an offer, without `a=`: the other side chooses who begins (RFC 5763 5).
pub(super) fn offered(dtls: &LocalDtls) -> Vec<String> {
    vec![
        "setup:actpass".to_owned(),
        format!("fingerprint:{}", dtls.fingerprint),
        "rtcp-mux".to_owned(),
    ]
}

/// Those of an answer.
pub(super) fn answered(dtls: &LocalDtls, terms: &DtlsTerms, rtcp_mux: bool) -> Vec<String> {
    let setup = if terms.is_client { "active" } else { "passive" };
    let mut attributes = vec![
        format!("setup:{setup}"),
        format!("fingerprint:{}", dtls.fingerprint),
    ];
    if rtcp_mux {
        attributes.push("rtcp-mux".to_owned());
    }
    attributes
}

/// What we make of an offer; `None` if it has no fingerprint.
pub(super) fn choose(
    offer: &SessionDescription,
    media: &MediaDescription<'_>,
    local: &LocalMedia,
) -> Option<Result<DtlsTerms, OfferAnswerError>> {
    let dtls = local.dtls.as_ref()?;
    let fingerprints = fingerprints(offer, media)?;
    let is_client = match setup(offer, media) {
        // RFC 5763 5: the answerer should begin.
        Some("actpass") | None => Ok(dtls.is_client.unwrap_or(true)),
        Some("passive") => Ok(true),
        Some("active") => Ok(false),
        Some(other) => Err(bad_setup(other)),
    };
    Some(is_client.map(|is_client| DtlsTerms {
        is_client,
        fingerprints,
    }))
}

/// What the answer to our offer has settled; `None` if it has no fingerprint.
pub(super) fn settled(
    answer: &SessionDescription,
    media: &MediaDescription<'_>,
) -> Option<Result<DtlsTerms, OfferAnswerError>> {
    let fingerprints = fingerprints(answer, media)?;
    let is_client = match setup(answer, media) {
        Some("active") | None => Ok(false),
        Some("passive") => Ok(true),
        Some(other) => Err(bad_setup(other)),
    };
    Some(is_client.map(|is_client| DtlsTerms {
        is_client,
        fingerprints,
    }))
}

fn bad_setup(setup: &str) -> OfferAnswerError {
    OfferAnswerError::BadSetup {
        setup: setup.to_owned(),
    }
}

/// Of the media, or of the session where the media has none (RFC 8122 5).
fn fingerprints(
    description: &SessionDescription,
    media: &MediaDescription<'_>,
) -> Option<Vec<Fingerprint>> {
    let read = |attribute: gannet_sdp::Attribute<'_>| {
        let is_it = attribute.name == "fingerprint";
        is_it
            .then(|| Fingerprint::parse(attribute.value?))
            .flatten()
    };
    let of_media: Vec<_> = media.attributes().filter_map(read).collect();
    let found = if of_media.is_empty() {
        description.attributes().filter_map(read).collect()
    } else {
        of_media
    };
    (!found.is_empty()).then_some(found)
}

fn setup<'a>(description: &'a SessionDescription, media: &MediaDescription<'a>) -> Option<&'a str> {
    let attribute = media.attribute("setup");
    attribute
        .or_else(|| description.attribute("setup"))?
        .value
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_and_written() {
        let read = Fingerprint::parse("SHA-256 0a:FF:10\r").expect("one");
        assert_eq!(read.to_string(), "sha-256 0A:FF:10");
        for text in [
            "",
            "sha-256",
            "sha-256 ",
            "sha-256 0",
            "sha-256 0a:",
            "sha-256 +a",
            "x 0g",
        ] {
            assert_eq!(Fingerprint::parse(text), None, "{text}");
        }
    }
}
