//! SRTP in offers and answers: keys in the description (RFC 4568), or from DTLS (RFC 5763).

use gannet_sdp::{MediaDescription, SessionDescription};

use super::capabilities::LocalMedia;
use super::dtls::{self, DtlsTerms};
use super::error::OfferAnswerError;
use crate::srtp::{CryptoLine, CryptoLines, MasterKey, Suite};

/// What a device makes of SRTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SrtpStyle {
    /// Whether it wants SRTP.
    pub policy: SrtpPolicy,
    /// How it offers keys; it takes either.
    pub keying: Keying,
    /// The suites that it has, in the order of its offers.
    pub suites: Vec<Suite>,
    /// How an offer shows that it may be SRTP.
    pub form: OfferForm,
    /// For how many packets its keys may be used, if it says so (RFC 4568 6.1).
    pub lifetime: Option<u64>,
    /// Its master key identifier and how many octets that has, if there is one (RFC 4568 6.1).
    pub identifier: Option<(u32, usize)>,
    /// Each later offer has new keys; else the first ones stay.
    pub new_keys: bool,
}

impl Default for SrtpStyle {
    /// Off; else the suites that most devices have.
    fn default() -> Self {
        Self {
            policy: SrtpPolicy::Off,
            keying: Keying::Sdes,
            suites: vec![Suite::AesCm80, Suite::AesCm32, Suite::Aes256Cm80],
            form: OfferForm::Profile,
            lifetime: None,
            identifier: None,
            new_keys: false,
        }
    }
}

impl SrtpStyle {
    /// Takes whatever is offered and offers nothing, as the services of a server do.
    pub fn accepting() -> Self {
        Self {
            policy: SrtpPolicy::Accepted,
            suites: Suite::ALL
                .into_iter()
                .filter(|suite| suite.encrypts())
                .collect(),
            ..Self::default()
        }
    }
}

/// Whether a device wants SRTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SrtpPolicy {
    /// It knows none.
    #[default]
    Off,
    /// It takes what is offered, and offers plain RTP.
    Accepted,
    /// It offers SRTP and takes plain RTP.
    Offered,
    /// It refuses plain RTP.
    Required,
}

/// Where keys come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Keying {
    /// They stand in the descriptions (RFC 4568).
    #[default]
    Sdes,
    /// A DTLS handshake gives them (RFC 5763).
    Dtls,
}

/// How an offer shows that it may be SRTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OfferForm {
    /// One line, `RTP/SAVP` or `UDP/TLS/RTP/SAVP`.
    #[default]
    Profile,
    /// One line, `RTP/AVP` with `a=crypto` or `a=fingerprint`, which the answer may leave out
    /// (RFC 8643).
    Attribute,
    /// A line as in `Profile` and one with `RTP/AVP` behind it, of which the answer takes one.
    TwoLines,
}

/// What protects the packets of a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Security {
    /// Nothing: RTP.
    #[default]
    None,
    /// SRTP with keys that were in the descriptions (RFC 4568).
    Sdes {
        /// Ours: the key of what we send.
        local: Box<CryptoLine>,
        /// Theirs: the key of what they send.
        remote: Box<CryptoLine>,
    },
    /// SRTP with keys from a DTLS handshake (RFC 5763).
    Dtls(Box<DtlsTerms>),
}

impl Security {
    /// Whether anything protects them.
    pub const fn is_srtp(&self) -> bool {
        !matches!(self, Self::None)
    }
}

/// The own keys of a call, one for each suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyring {
    keys: Vec<(Suite, MasterKey)>,
}

impl Keyring {
    /// New keys.
    pub fn random(rng: &mut fastrand::Rng) -> Self {
        let encrypting = Suite::ALL.into_iter().filter(|suite| suite.encrypts());
        let keys = encrypting.map(|suite| (suite, MasterKey::random(suite, rng)));
        Self {
            keys: keys.collect(),
        }
    }

    fn line(&self, tag: u32, suite: Suite, style: &SrtpStyle) -> Option<CryptoLine> {
        let (_, key) = self.keys.iter().find(|(of, _)| *of == suite)?;
        let mut line = CryptoLine::new(tag, suite, key.clone());
        line.lifetime = style.lifetime;
        line.protection.identifier = style.identifier;
        Some(line)
    }
}

const SAVP: &str = "RTP/SAVP";
const DTLS_SAVP: &str = "UDP/TLS/RTP/SAVP";

/// What the protocol of an `m=` line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// RTP, with or without feedback (RFC 3551, RFC 4585).
    Plain,
    /// SRTP (RFC 3711, RFC 5124).
    Secure,
    /// The same with keys from DTLS (RFC 5764 8).
    SecureDtls,
    Other,
}

impl Transport {
    pub(super) fn of(protocol: &str) -> Self {
        match protocol {
            "RTP/AVP" | "RTP/AVPF" => Self::Plain,
            SAVP | "RTP/SAVPF" => Self::Secure,
            DTLS_SAVP | "UDP/TLS/RTP/SAVPF" => Self::SecureDtls,
            _ => Self::Other,
        }
    }

    pub(super) fn is_secure(self) -> bool {
        matches!(self, Self::Secure | Self::SecureDtls)
    }
}

/// The protocol of an offer of SRTP, and its attributes without `a=`; none of a device that has
/// neither keys nor a certificate for it.
pub(super) fn offered(
    style: &SrtpStyle,
    keying: Keying,
    local: &LocalMedia,
) -> Option<(&'static str, Vec<String>)> {
    let (protocol, attributes) = match keying {
        Keying::Sdes => (SAVP, offered_lines(style, local)),
        Keying::Dtls => (DTLS_SAVP, dtls::offered(local.dtls.as_ref()?)),
    };
    (!attributes.is_empty()).then_some((protocol, attributes))
}

/// The attributes of an answer, without `a=`.
pub(super) fn answered(security: &Security, local: &LocalMedia, rtcp_mux: bool) -> Vec<String> {
    match (security, &local.dtls) {
        (Security::Sdes { local, .. }, _) => vec![format!("crypto:{local}")],
        (Security::Dtls(terms), Some(own)) => dtls::answered(own, terms, rtcp_mux),
        (Security::None | Security::Dtls(_), _) => Vec::new(),
    }
}

/// The `a=crypto` lines of an offer, without `a=`.
fn offered_lines(style: &SrtpStyle, local: &LocalMedia) -> Vec<String> {
    let Some(keys) = &local.keys else {
        return Vec::new();
    };
    let lines = (1..).zip(&style.suites);
    lines
        .filter_map(|(tag, suite)| keys.line(tag, *suite, style))
        .map(|line| format!("crypto:{line}"))
        .collect()
}

/// What an audio line of an offer is answered with; `None` if the device knows nothing of such
/// lines.
pub(super) fn answer_to(
    offer: &SessionDescription,
    media: &MediaDescription<'_>,
    transport: Transport,
    style: &SrtpStyle,
    local: &LocalMedia,
) -> Option<Result<Security, OfferAnswerError>> {
    let knows_srtp = style.policy != SrtpPolicy::Off && local.keys.is_some();
    match transport {
        Transport::Other => None,
        Transport::Secure => knows_srtp.then(|| choose(media, style, local)),
        Transport::SecureDtls if local.dtls.is_none() => None,
        Transport::SecureDtls => knows_srtp.then(|| {
            let terms = dtls::choose(offer, media, local);
            let terms = terms.ok_or(OfferAnswerError::NoFingerprint)?;
            Ok(Security::Dtls(Box::new(terms?)))
        }),
        Transport::Plain if knows_srtp => Some(match opportunistic(offer, media, style, local) {
            Err(_) if style.policy != SrtpPolicy::Required => Ok(Security::None),
            Err(OfferAnswerError::NoCommonSuite { offered, .. }) if offered.is_empty() => {
                Err(OfferAnswerError::NotSecure)
            }
            chosen => chosen,
        }),
        Transport::Plain => Some(Ok(Security::None)),
    }
}

/// What plain RTP has besides (RFC 8643).
fn opportunistic(
    offer: &SessionDescription,
    media: &MediaDescription<'_>,
    style: &SrtpStyle,
    local: &LocalMedia,
) -> Result<Security, OfferAnswerError> {
    choose(media, style, local).or_else(|error| match dtls::choose(offer, media, local) {
        Some(terms) => Ok(Security::Dtls(Box::new(terms?))),
        None => Err(error),
    })
}

/// The first line that can be used (RFC 4568 5.1.2 and 7.1.2).
fn choose(
    media: &MediaDescription<'_>,
    style: &SrtpStyle,
    local: &LocalMedia,
) -> Result<Security, OfferAnswerError> {
    let offer = CryptoLines::of_media(media);
    let usable = |line: &&CryptoLine| is_usable(line) && style.suites.contains(&line.suite);
    let remote = offer.lines.iter().find(usable);
    let chosen = remote.zip(local.keys.as_ref()).and_then(|(remote, keys)| {
        let local = keys.line(remote.tag, remote.suite, style)?;
        Some(Security::Sdes {
            local: Box::new(local),
            remote: Box::new(remote.clone()),
        })
    });
    chosen.ok_or_else(|| OfferAnswerError::NoCommonSuite {
        offered: described(&offer),
        supported: names(&style.suites),
    })
}

/// What the answer to our audio line has settled.
pub(super) fn settled(
    own: &MediaDescription<'_>,
    (description, theirs): (&SessionDescription, &MediaDescription<'_>),
    style: &SrtpStyle,
) -> Result<Security, OfferAnswerError> {
    if own.attribute("fingerprint").is_some()
        && let Some(terms) = dtls::settled(description, theirs)
    {
        return Ok(Security::Dtls(Box::new(terms?)));
    }
    let (offer, answer) = (CryptoLines::of_media(own), CryptoLines::of_media(theirs));
    let protocol = own.line_view().map_or("", |line| line.protocol);
    if answer.is_empty() || offer.is_empty() {
        return match Transport::of(protocol) {
            Transport::Secure | Transport::SecureDtls => Err(OfferAnswerError::AnswerWithoutKey),
            _ if style.policy == SrtpPolicy::Required => Err(OfferAnswerError::NotSecure),
            _ => Ok(Security::None),
        };
    }
    let (local, remote) = CryptoLines::agreed(&offer, &answer)
        .filter(|(_, remote)| is_usable(remote))
        .ok_or_else(|| OfferAnswerError::CryptoNotOffered {
            answered: described(&answer),
            offered: described(&offer),
        })?;
    Ok(Security::Sdes {
        local: Box::new(local.clone()),
        remote: Box::new(remote.clone()),
    })
}

/// A phone neither weakens a suite nor looks for the key of a packet among several.
fn is_usable(line: &CryptoLine) -> bool {
    line.protection.is_whole() && line.suite.encrypts() && line.keys == 1
}

/// The lines without their keys, and why those that cannot be used cannot.
fn described(lines: &CryptoLines) -> Vec<String> {
    let known = lines.lines.iter().map(|line| {
        let what = match line {
            line if line.keys > 1 => " with several keys",
            line if !line.protection.is_whole() => " weakened by session parameters",
            _ => "",
        };
        format!("{} {}{what}", line.tag, line.suite.name())
    });
    let refused = lines.refused.iter().map(ToString::to_string);
    known.chain(refused).collect()
}

fn names(suites: &[Suite]) -> Vec<String> {
    suites.iter().map(|suite| suite.name().to_owned()).collect()
}
