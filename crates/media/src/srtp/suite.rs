//! What is done to packets.

/// A crypto suite (RFC 4568 6.2), or one like it without a cipher (RFC 3711 4.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`.
    AesCm80,
    /// `AES_CM_128_HMAC_SHA1_32`.
    AesCm32,
    /// `NULL_HMAC_SHA1_80`.
    Null80,
    /// `NULL_HMAC_SHA1_32`.
    Null32,
}

const ALL: [Suite; 4] = [Suite::AesCm80, Suite::AesCm32, Suite::Null80, Suite::Null32];

impl Suite {
    /// The suite that `a=crypto` names so.
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// Its name in `a=crypto`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AesCm80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm32 => "AES_CM_128_HMAC_SHA1_32",
            Self::Null80 => "NULL_HMAC_SHA1_80",
            Self::Null32 => "NULL_HMAC_SHA1_32",
        }
    }
}

/// What is done to the packets of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Protection {
    /// The payload is encrypted.
    pub encrypts: bool,
    /// Octets of the authentication tag; 0: packets are not authenticated.
    pub tag_octets: usize,
    /// The master key identifier that stands before the tag, and how many octets it has there.
    pub identifier: Option<(u32, usize)>,
}

impl Protection {
    /// What a suite does.
    pub fn of(suite: Suite) -> Self {
        Self {
            encrypts: matches!(suite, Suite::AesCm80 | Suite::AesCm32),
            tag_octets: match suite {
                Suite::AesCm80 | Suite::Null80 => 10,
                Suite::AesCm32 | Suite::Null32 => 4,
            },
            identifier: None,
        }
    }
}
