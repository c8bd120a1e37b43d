//! DTLS-SRTP (RFC 5763, RFC 5764) of calls: the certificate of the run, and a handshake.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use gannet_media::offer_answer::{DtlsTerms, Fingerprint};
use gannet_media::srtp::{CryptoLine, MasterKey, Suite};
use gannet_media::{HandshakeState, KeyHandshake};
use rtc_dtls::config::{ClientAuthType, ConfigBuilder};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile as Profile;
use sha2::Digest as _;

/// The library keeps associations by address; each of ours has one.
const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

/// Suites that DTLS can agree on, and what they are there (RFC 5764 4.1.2, RFC 7714 14.2).
const PROFILES: [(Suite, Profile); 4] = [
    (Suite::AesCm80, Profile::Srtp_Aes128_Cm_Hmac_Sha1_80),
    (Suite::AesCm32, Profile::Srtp_Aes128_Cm_Hmac_Sha1_32),
    (Suite::Aes128Gcm, Profile::Srtp_Aead_Aes_128_Gcm),
    (Suite::Aes256Gcm, Profile::Srtp_Aead_Aes_256_Gcm),
];

/// When a flight is sent again: sooner than RFC 6347 4.2.4.1 proposes, since a call has no sound until
/// then.
const REPEATED_AFTER: Duration = Duration::from_millis(200);

/// The certificate of the run.
struct Identity {
    certificate: Certificate,
    fingerprint: Fingerprint,
}

fn identity() -> Result<&'static Identity, &'static str> {
    static IDENTITY: OnceLock<Result<Identity, String>> = OnceLock::new();
    let made = IDENTITY.get_or_init(|| {
        let provider =
            rtc_dtls::crypto_provider::default_provider().map_err(|it| it.to_string())?;
        let certificate =
            Certificate::generate_self_signed(vec!["gannet".to_owned()], provider.crypto())
                .map_err(|it| it.to_string())?;
        let first = certificate.certificate.first();
        let octets = first.map(|it| sha2::Sha256::digest(it).to_vec());
        let fingerprint = Fingerprint {
            hash: "sha-256".to_owned(),
            octets: octets.unwrap_or_default(),
        };
        Ok(Identity {
            certificate,
            fingerprint,
        })
    });
    made.as_ref().map_err(String::as_str)
}

/// The fingerprint of the certificate of the run, if one could be made.
pub(crate) fn own_fingerprint() -> Option<Fingerprint> {
    identity().ok().map(|identity| identity.fingerprint.clone())
}

/// The handshake of a call.
pub(crate) struct Handshake {
    endpoint: Endpoint,
    terms: DtlsTerms,
    state: HandshakeState,
}

impl fmt::Debug for Handshake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Handshake")
            .field("terms", &self.terms)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Handshake {
    /// Begins as the descriptions say. What goes wrong is in the state.
    pub(crate) fn new(terms: DtlsTerms, suites: &[Suite], now: Instant) -> Self {
        let (endpoint, state) = match open(&terms, suites, now) {
            Ok(endpoint) => (endpoint, HandshakeState::Running),
            Err(why) => {
                let closed = Endpoint::new(PEER, default_of(), None);
                (closed, HandshakeState::Failed(why))
            }
        };
        Self {
            endpoint,
            terms,
            state,
        }
    }

    fn fail(&mut self, why: impl fmt::Display) {
        if self.state == HandshakeState::Running {
            self.state = HandshakeState::Failed(why.to_string());
        }
    }

    /// Checks the certificate and takes the keys (RFC 5764 4.2).
    fn complete(&mut self) -> Result<HandshakeState, String> {
        let state = self.endpoint.get_connection_state(PEER);
        let state = state.ok_or("the association is gone")?;
        let certificate = state.peer_certificates.first();
        let certificate = certificate.ok_or("the other side has no certificate")?;
        self.check(certificate)?;
        let chosen = state.srtp_protection_profile();
        let suite = PROFILES.iter().find(|(_, profile)| *profile == chosen);
        let (suite, _) = suite.ok_or("the other side agrees on no SRTP profile")?;
        let (key, salt) = (suite.key_octets(), suite.salt_octets());
        let exported = state
            .export_keying_material("EXTRACTOR-dtls_srtp", &[], 2 * (key + salt))
            .map_err(|error| error.to_string())?;
        let octets: &[u8] = exported.as_ref();
        let line = |end: usize| {
            let key_at = end * key;
            let salt_at = 2 * key + end * salt;
            let both = [
                &octets[key_at..key_at + key],
                &octets[salt_at..salt_at + salt],
            ]
            .concat();
            let master = MasterKey::new(*suite, &both).ok_or("too few octets of keys")?;
            Ok::<_, String>(Box::new(CryptoLine::new(0, *suite, master)))
        };
        let (client, server) = (line(0)?, line(1)?);
        Ok(if self.terms.is_client {
            HandshakeState::Done {
                local: client,
                remote: server,
            }
        } else {
            HandshakeState::Done {
                local: server,
                remote: client,
            }
        })
    }

    /// RFC 8122 5: one of the fingerprints must fit.
    fn check(&self, certificate: &[u8]) -> Result<(), String> {
        let mut known = self.terms.fingerprints.iter().filter_map(|fingerprint| {
            let found = match fingerprint.hash.as_str() {
                "sha-1" => sha1::Sha1::digest(certificate).to_vec(),
                "sha-256" => sha2::Sha256::digest(certificate).to_vec(),
                "sha-384" => sha2::Sha384::digest(certificate).to_vec(),
                "sha-512" => sha2::Sha512::digest(certificate).to_vec(),
                _ => return None,
            };
            Some(found == fingerprint.octets)
        });
        match known.find(|fits| *fits) {
            Some(_) => Ok(()),
            None => Err("the certificate has not the fingerprint of the description".to_owned()),
        }
    }
}

/// The protocol of the transport, UDP, whose type the library does not name to others.
fn default_of<T: Default>() -> T {
    T::default()
}

fn open(terms: &DtlsTerms, suites: &[Suite], now: Instant) -> Result<Endpoint, String> {
    let identity = identity()?;
    let provider = rtc_dtls::crypto_provider::default_provider().map_err(|it| it.to_string())?;
    let profile = |suite: &Suite| {
        let found = PROFILES.iter().find(|(known, _)| known == suite);
        found.map(|(_, profile)| *profile)
    };
    let profiles: Vec<_> = suites.iter().filter_map(profile).collect();
    if profiles.is_empty() {
        return Err("none of the device's suites can be agreed on by DTLS".to_owned());
    }
    // Whom the other side is, the fingerprint says (RFC 5763 5).
    let config = ConfigBuilder::default()
        .with_crypto_provider(provider)
        .with_certificates(vec![identity.certificate.clone()])
        .with_srtp_protection_profiles(profiles)
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_insecure_skip_verify(true)
        .with_flight_interval(REPEATED_AFTER)
        .build(terms.is_client, terms.is_client.then_some(PEER))
        .map_err(|error| error.to_string())?;
    let config = Arc::new(config);
    let server = (!terms.is_client).then(|| Arc::clone(&config));
    let mut endpoint = Endpoint::new(PEER, default_of(), server);
    if terms.is_client {
        endpoint
            .connect(now, PEER, config, None)
            .map_err(|error| error.to_string())?;
    }
    Ok(endpoint)
}

impl KeyHandshake for Handshake {
    fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) {
        let read = self
            .endpoint
            .read(now, PEER, None, BytesMut::from(datagram));
        match read {
            Ok(events) => {
                let complete =
                    |event: &EndpointEvent| matches!(event, EndpointEvent::HandshakeComplete);
                if events.iter().any(complete) {
                    self.state = self.complete().unwrap_or_else(HandshakeState::Failed);
                }
            }
            Err(error) => self.fail(error),
        }
    }

    fn poll_transmit(&mut self, now: Instant, out: &mut Vec<u8>) -> bool {
        let due = self.endpoint.poll_timeout(&PEER);
        if due.is_some_and(|due| due <= now)
            && let Err(error) = self.endpoint.handle_timeout(PEER, now)
        {
            self.fail(error);
        }
        let Some(transmit) = self.endpoint.poll_transmit() else {
            return false;
        };
        out.clear();
        out.extend_from_slice(&transmit.message);
        true
    }

    fn next_deadline(&self) -> Option<Instant> {
        match self.state {
            HandshakeState::Failed(_) => None,
            _ => self.endpoint.poll_timeout(&PEER),
        }
    }

    fn state(&self) -> HandshakeState {
        self.state.clone()
    }
}
