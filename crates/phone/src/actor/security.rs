//! What a call does for SRTP: keys, certificates, handshakes, and faults on purpose.

use gannet_media::offer_answer::{DtlsTerms, Keyring, LocalDtls, LocalMedia, Negotiated, Security};
use gannet_media::{RtpSession, SrtpFault};

use super::core::Actor;
use super::leg::LegMedia;
use crate::call::CallHandle;
use crate::dtls;
use crate::media::lock;
use crate::profile::{Quirk, Quirks};

/// Adds what a description needs for SRTP, if the device knows it, and which line was agreed on.
pub(super) fn secure(media: &LegMedia, local: &mut LocalMedia) {
    local.keys.clone_from(&media.keys);
    let port = lock(&media.port);
    let agreed = port.session.as_ref().map(RtpSession::negotiated);
    local.media_index = agreed.map(|it| it.media_index);
    let is_client = match agreed.map(|it| &it.security) {
        Some(Security::Dtls(terms)) => Some(terms.is_client),
        _ => None,
    };
    if media.keys.is_some() {
        local.dtls = dtls::own_fingerprint().map(|fingerprint| LocalDtls {
            fingerprint,
            is_client,
        });
    }
}

/// The terms of the handshake that a new agreement asks for. One that was done for the same terms
/// stays (RFC 8842 4).
pub(super) fn handshake_for(
    session: Option<&RtpSession>,
    negotiated: &Negotiated,
) -> Option<DtlsTerms> {
    let before = session.map(|it| &it.negotiated().security);
    match &negotiated.security {
        security @ Security::Dtls(terms) if before != Some(security) => {
            Some(terms.as_ref().clone())
        }
        _ => None,
    }
}

impl Actor {
    /// Takes new keys for a later offer, if the device does so.
    pub(super) fn renew_keys(&mut self, call: CallHandle, local: &mut LocalMedia) {
        let renews = self.config.profile.sdp.srtp.new_keys && local.keys.is_some();
        let leg = self.legs.get_mut(&call).filter(|leg| leg.local.is_some());
        if let Some(media) = leg.and_then(|leg| leg.media.as_mut())
            && renews
        {
            media.keys = Some(Keyring::random(&mut self.rng));
            local.keys.clone_from(&media.keys);
        }
    }
}

/// What the device does wrong with SRTP.
pub(super) fn srtp_fault(quirks: Quirks) -> Option<SrtpFault> {
    [
        (Quirk::RtpInsteadOfSrtp, SrtpFault::SendsPlain),
        (Quirk::SrtpInsteadOfRtp, SrtpFault::SendsProtected),
        (Quirk::WrongSrtpKey, SrtpFault::OtherKey),
    ]
    .into_iter()
    .find_map(|(quirk, fault)| quirks.has(quirk).then_some(fault))
}
