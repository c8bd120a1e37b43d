//! What is done to packets.

/// A crypto suite (RFC 4568 6.2, RFC 6188 4, RFC 7714 14.2), or one like it without a cipher
/// (RFC 3711 4.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`.
    AesCm80,
    /// `AES_CM_128_HMAC_SHA1_32`.
    AesCm32,
    /// `AES_256_CM_HMAC_SHA1_80`.
    Aes256Cm80,
    /// `AES_256_CM_HMAC_SHA1_32`.
    Aes256Cm32,
    /// `AEAD_AES_128_GCM`.
    Aes128Gcm,
    /// `AEAD_AES_256_GCM`.
    Aes256Gcm,
    /// `NULL_HMAC_SHA1_80`.
    Null80,
    /// `NULL_HMAC_SHA1_32`.
    Null32,
}

/// Octets of a tag of AES-GCM (RFC 7714 12).
pub(super) const GCM_TAG_OCTETS: usize = 16;

impl Suite {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::AesCm80,
        Self::AesCm32,
        Self::Aes256Cm80,
        Self::Aes256Cm32,
        Self::Aes128Gcm,
        Self::Aes256Gcm,
        Self::Null80,
        Self::Null32,
    ];

    /// The suite that `a=crypto` names so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// Its name in `a=crypto`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AesCm80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm32 => "AES_CM_128_HMAC_SHA1_32",
            Self::Aes256Cm80 => "AES_256_CM_HMAC_SHA1_80",
            Self::Aes256Cm32 => "AES_256_CM_HMAC_SHA1_32",
            Self::Aes128Gcm => "AEAD_AES_128_GCM",
            Self::Aes256Gcm => "AEAD_AES_256_GCM",
            Self::Null80 => "NULL_HMAC_SHA1_80",
            Self::Null32 => "NULL_HMAC_SHA1_32",
        }
    }

    /// Whether payloads are encrypted.
    pub fn encrypts(self) -> bool {
        !matches!(self, Self::Null80 | Self::Null32)
    }

    /// Whether cipher and tag are one (RFC 7714).
    pub(super) fn is_aead(self) -> bool {
        matches!(self, Self::Aes128Gcm | Self::Aes256Gcm)
    }

    /// Octets of a master key.
    pub fn key_octets(self) -> usize {
        match self {
            Self::Aes256Cm80 | Self::Aes256Cm32 | Self::Aes256Gcm => 32,
            Self::AesCm80 | Self::AesCm32 | Self::Aes128Gcm | Self::Null80 | Self::Null32 => 16,
        }
    }

    /// Octets of a master salt.
    pub fn salt_octets(self) -> usize {
        if self.is_aead() { 12 } else { 14 }
    }

    /// Octets of a master key and its salt, as they stand in `inline:`.
    pub fn master_octets(self) -> usize {
        self.key_octets() + self.salt_octets()
    }

    /// Octets of the authentication tag of RTP packets.
    pub fn tag_octets(self) -> usize {
        match self {
            Self::AesCm80 | Self::Aes256Cm80 | Self::Null80 => 10,
            Self::AesCm32 | Self::Aes256Cm32 | Self::Null32 => 4,
            Self::Aes128Gcm | Self::Aes256Gcm => GCM_TAG_OCTETS,
        }
    }

    /// Octets of the authentication tag of RTCP packets: never a short one (RFC 4568 6.2.2,
    /// RFC 6188 4.2).
    pub(super) fn control_tag_octets(self) -> usize {
        if self.is_aead() { GCM_TAG_OCTETS } else { 10 }
    }
}

/// What is done to the packets of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Protection {
    /// The suite; what follows may take something from it.
    pub suite: Suite,
    /// The payload is encrypted.
    pub encrypts: bool,
    /// RTCP is encrypted.
    pub encrypts_control: bool,
    /// Octets of the authentication tag; 0: packets are not authenticated.
    pub tag_octets: usize,
    /// The master key identifier that stands beside the tag, and how many octets it has there.
    pub identifier: Option<(u32, usize)>,
}

impl Protection {
    /// What a suite does.
    pub fn of(suite: Suite) -> Self {
        Self {
            suite,
            encrypts: suite.encrypts(),
            encrypts_control: suite.encrypts(),
            tag_octets: suite.tag_octets(),
            identifier: None,
        }
    }

    /// Whether it takes nothing from what its suite does.
    pub fn is_whole(&self) -> bool {
        *self
            == Self {
                identifier: self.identifier,
                ..Self::of(self.suite)
            }
    }
}
