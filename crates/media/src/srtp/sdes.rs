//! Keys in session descriptions (RFC 4568).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use gannet_sdp::MediaDescription;

use super::context::SrtpContext;
use super::keys::MasterKey;
use super::suite::{Protection, Suite};

/// An `a=crypto` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CryptoLine {
    /// Its number.
    pub tag: u32,
    /// Its suite.
    pub suite: Suite,
    /// What is done to the packets of who wrote it.
    pub protection: Protection,
    /// Master key and salt of who wrote it.
    pub master: MasterKey,
    /// For how many packets the key may be used, if the line says so (RFC 4568 6.1).
    pub lifetime: Option<u64>,
    /// Keys of the line; only the first is looked at.
    pub keys: usize,
}

/// Why an `a=crypto` line cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoLineError {
    /// Not of the form of RFC 4568 9.1.
    #[error("`a=crypto` is not of the form `tag suite inline:key`")]
    Form,
    /// A suite of others.
    #[error("the crypto suite {0:?} is not known")]
    Suite(String),
    /// Not base64, or too long or too short.
    #[error("the key is not {0} octets in base64")]
    Key(usize),
    /// A session parameter that changes packets, and is not known.
    #[error("the session parameter {0:?} of `a=crypto` is not known")]
    Parameter(String),
}

/// The `a=crypto` lines of a medium.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CryptoLines {
    /// Those that can be used.
    pub lines: Vec<CryptoLine>,
    /// Why others cannot.
    pub refused: Vec<CryptoLineError>,
}

/// The most octets of a master key identifier (RFC 4568 6.1).
const IDENTIFIER_OCTETS_MAX: usize = 128;

impl CryptoLine {
    /// Reads what stands behind `a=crypto:`. Of several keys the first one counts.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn parse(text: &str) -> Result<Self, CryptoLineError> {
        let mut words = text.split_ascii_whitespace();
        let mut word = || words.next().ok_or(CryptoLineError::Form);
        let tag = word()?.parse().map_err(|_| CryptoLineError::Form)?;
        let suite = word()?;
        let Some(suite) = Suite::named(suite) else {
            return Err(CryptoLineError::Suite(suite.to_owned()));
        };
        let mut protection = Protection::of(suite);
        let mut keys = word()?.split(';');
        let key = keys.next().unwrap_or_default();
        let keys = 1 + keys.count();
        let key = key.strip_prefix("inline:").ok_or(CryptoLineError::Form)?;
        let mut parts = key.split('|');
        let octets = parts.next().unwrap_or_default();
        let octets = STANDARD
            .decode(octets)
            .or_else(|_| STANDARD_NO_PAD.decode(octets))
            .map_err(|_| CryptoLineError::Key(suite.master_octets()))?;
        let master = MasterKey::new(suite, &octets);
        let master = master.ok_or(CryptoLineError::Key(suite.master_octets()))?;
        let mut lifetime = None;
        for part in parts {
            match part.split_once(':') {
                Some(parts) => protection.identifier = Some(identifier(parts)?),
                None => lifetime = Some(lifetime_of(part)?),
            }
        }
        for parameter in words {
            match parameter {
                // Cipher and tag of AES-GCM are one (RFC 7714 14.3).
                "UNENCRYPTED_SRTP" | "UNAUTHENTICATED_SRTP" if suite.is_aead() => {
                    return Err(CryptoLineError::Parameter(parameter.to_owned()));
                }
                "UNENCRYPTED_SRTP" => protection.encrypts = false,
                "UNAUTHENTICATED_SRTP" => protection.tag_octets = 0,
                "UNENCRYPTED_SRTCP" => protection.encrypts_control = false,
                // The window is that of who receives; a parameter with a hyphen may be ignored
                // (RFC 4568 6.3.7).
                "KDR=0" => {}
                other if other.starts_with("WSH=") || other.starts_with('-') => {}
                other => return Err(CryptoLineError::Parameter(other.to_owned())),
            }
        }
        Ok(Self {
            tag,
            suite,
            protection,
            master,
            lifetime,
            keys,
        })
    }

    /// A line with a key of one's own, without lifetime and identifier.
    pub fn new(tag: u32, suite: Suite, master: MasterKey) -> Self {
        Self {
            tag,
            suite,
            protection: Protection::of(suite),
            master,
            lifetime: None,
            keys: 1,
        }
    }

    /// The direction of packets of who wrote the line.
    pub fn context(&self) -> SrtpContext {
        SrtpContext::new(self.protection, &self.master)
    }

    /// The same where packets went under another key before.
    pub fn context_after(&self, before: &SrtpContext) -> SrtpContext {
        SrtpContext::following(self.protection, &self.master, before)
    }
}

/// What stands behind `a=crypto:`, without parameters of the session.
impl fmt::Display for CryptoLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode(self.master.octets());
        write!(out, "{} {} inline:{key}", self.tag, self.suite.name())?;
        if let Some(lifetime) = self.lifetime {
            if lifetime.is_power_of_two() {
                write!(out, "|2^{}", lifetime.ilog2())?;
            } else {
                write!(out, "|{lifetime}")?;
            }
        }
        match self.protection.identifier {
            Some((identifier, octets)) => write!(out, "|{identifier}:{octets}"),
            None => Ok(()),
        }
    }
}

/// Identifier and its length (RFC 4568 6.1).
fn identifier((number, octets): (&str, &str)) -> Result<(u32, usize), CryptoLineError> {
    let number = number.parse().map_err(|_| CryptoLineError::Form)?;
    let octets = octets.parse().map_err(|_| CryptoLineError::Form)?;
    if (1..=IDENTIFIER_OCTETS_MAX).contains(&octets) {
        Ok((number, octets))
    } else {
        Err(CryptoLineError::Form)
    }
}

/// Packets: a number, or a power of two (RFC 4568 6.1).
fn lifetime_of(text: &str) -> Result<u64, CryptoLineError> {
    let packets = match text.strip_prefix("2^") {
        Some(exponent) => {
            let exponent: u32 = exponent.parse().map_err(|_| CryptoLineError::Form)?;
            1_u64.checked_shl(exponent)
        }
        None => text.parse().ok(),
    };
    packets
        .filter(|packets| *packets > 0)
        .ok_or(CryptoLineError::Form)
}

impl CryptoLines {
    /// Those of the last medium of a kind (`audio`, `video`) in a body. `None` if there is no such
    /// medium.
    pub fn of(body: &[u8], medium: &str) -> Option<Self> {
        let mut found: Option<Self> = None;
        let mut is_inside = false;
        for line in body.split(|octet| *octet == b'\n') {
            let Ok(line) = std::str::from_utf8(line) else {
                continue;
            };
            if let Some(rest) = line.strip_prefix("m=") {
                is_inside = rest.split_ascii_whitespace().next() == Some(medium);
                if is_inside {
                    found = Some(Self::default());
                }
            } else if let (Some(lines), Some(text)) = (&mut found, line.strip_prefix("a=crypto:"))
                && is_inside
            {
                match CryptoLine::parse(text) {
                    Ok(line) => lines.lines.push(line),
                    Err(why) => lines.refused.push(why),
                }
            }
        }
        found
    }

    /// Those of an `m=` section.
    pub fn of_media(media: &MediaDescription<'_>) -> Self {
        let mut found = Self::default();
        let attributes = media.attributes().filter(|it| it.name == "crypto");
        for attribute in attributes {
            match CryptoLine::parse(attribute.value.unwrap_or_default()) {
                Ok(line) => found.lines.push(line),
                Err(why) => found.refused.push(why),
            }
        }
        found
    }

    /// Neither a line that can be used nor one that cannot.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.refused.is_empty()
    }

    /// The lines of an offer and its answer that belong together: the answer says which one of the
    /// offer it has chosen by its tag (RFC 4568 5.1.2). Of an answer with several lines, which the
    /// RFC does not allow, the first counts that has one of the offer.
    pub fn agreed<'a>(
        offer: &'a Self,
        answer: &'a Self,
    ) -> Option<(&'a CryptoLine, &'a CryptoLine)> {
        answer.lines.iter().find_map(|chosen| {
            let fits = |line: &&CryptoLine| line.tag == chosen.tag && line.suite == chosen.suite;
            let offered = offer.lines.iter().find(fits)?;
            Some((offered, chosen))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    fn parse(text: &str) -> Result<CryptoLine, CryptoLineError> {
        CryptoLine::parse(&text.replace("KEY", KEY))
    }

    #[test]
    fn lines_of_the_rfc_are_read() {
        let line = parse("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4\tFEC_ORDER=FEC_SRTP");
        assert_eq!(
            line,
            Err(CryptoLineError::Parameter("FEC_ORDER=FEC_SRTP".to_owned()))
        );
        let line = parse("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4\r").expect("a line");
        assert_eq!(line.tag, 1);
        assert_eq!(&line.master.octets()[..4], b"YS__");
        let expected = Protection {
            identifier: Some((1, 4)),
            ..Protection::of(Suite::AesCm80)
        };
        assert_eq!(line.protection, expected);
        let text = "22 NULL_HMAC_SHA1_32 inline:KEY;inline:x|1:4 WSH=64 -x";
        let line = parse(text).expect("a line");
        assert_eq!(line.tag, 22);
        assert_eq!(line.protection, Protection::of(Suite::Null32));
        let text = "1 AES_CM_128_HMAC_SHA1_32 inline:KEY UNENCRYPTED_SRTP UNAUTHENTICATED_SRTP";
        let line = parse(text).expect("a line");
        let none = Protection {
            encrypts: false,
            tag_octets: 0,
            ..Protection::of(Suite::AesCm32)
        };
        assert_eq!(line.protection, none);
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        for (text, why) in [
            ("", CryptoLineError::Form),
            (
                "x AES_CM_128_HMAC_SHA1_80 inline:KEY",
                CryptoLineError::Form,
            ),
            ("1 AES_CM_128_HMAC_SHA1_80", CryptoLineError::Form),
            ("1 AES_CM_128_HMAC_SHA1_80 KEY", CryptoLineError::Form),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:0",
                CryptoLineError::Form,
            ),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:129",
                CryptoLineError::Form,
            ),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:?",
                CryptoLineError::Key(30),
            ),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:AAAA",
                CryptoLineError::Key(30),
            ),
            ("1 F8 inline:KEY", CryptoLineError::Suite("F8".to_owned())),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY KDR=3",
                CryptoLineError::Parameter("KDR=3".to_owned()),
            ),
        ] {
            assert_eq!(parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn the_tag_of_the_answer_chooses() {
        let lines = |text: &str| {
            let body = format!("v=0\r\n{text}").replace("KEY", KEY);
            CryptoLines::of(body.as_bytes(), "audio").expect("a medium")
        };
        let offer = lines(
            "a=crypto:9 x y\r\nm=audio 1 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY\r\n\
             a=crypto:2 NULL_HMAC_SHA1_80 inline:KEY\r\na=crypto:3 other inline:KEY\r\n\
             m=video 2 RTP/SAVP 96\r\na=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:KEY\r\n",
        );
        assert_eq!((offer.lines.len(), offer.refused.len()), (2, 1));
        let answer = lines("m=audio 1 RTP/SAVP 0\na=crypto:2 NULL_HMAC_SHA1_80 inline:KEY\n");
        let agreed = CryptoLines::agreed(&offer, &answer).expect("one that was offered");
        assert_eq!(agreed.0, &offer.lines[1]);
        assert_eq!(agreed.1, &answer.lines[0]);
        let other = lines("m=audio 1 RTP/SAVP 0\na=crypto:5 NULL_HMAC_SHA1_80 inline:KEY\n");
        assert_eq!(CryptoLines::agreed(&offer, &other), None);
        let other = lines("m=audio 1 RTP/SAVP 0\na=crypto:2 NULL_HMAC_SHA1_32 inline:KEY\n");
        assert_eq!(CryptoLines::agreed(&offer, &other), None);
        assert!(lines("m=audio 1 RTP/AVP 0\n").is_empty());
        let twice = lines(
            "m=audio 1 RTP/AVP 0\nm=audio 2 RTP/SAVP 0\na=crypto:1 F8 inline:KEY\na=crypto:2 \u{1b} x\n",
        );
        assert_eq!((twice.lines.len(), twice.refused.len()), (0, 2));
        assert!(!twice.is_empty());
        assert!(!twice.refused[1].to_string().contains('\u{1b}'));
        assert_eq!(CryptoLines::of(b"m=audio 1 x 0\n", "video"), None);
    }
}
