//! How TLS is spoken, as the user says it.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};
use thiserror::Error;

/// How TLS is spoken. The octets of files, not their names: reading files is the caller's.
#[derive(Clone, Default)]
pub struct TlsSettings {
    /// Certificates in PEM, our own first, then those that lead to its authority. Anything else in
    /// the file is passed over. A server needs them; a client shows them when it is asked, and may
    /// have none.
    pub certificates: Vec<u8>,
    /// The private key of the first certificate, in PEM: PKCS #8, PKCS #1 or SEC 1, not encrypted.
    pub key: Vec<u8>,
    /// Authorities in PEM. When given, the other end must show a certificate that one of them
    /// signed, or that is one of them, in either role; when not, any certificate does, and a server
    /// asks for none.
    pub authorities: Option<Vec<u8>>,
    /// Lists of revoked certificates in PEM. When given, every certificate on the way to the
    /// authority must be covered by a list that is not out of date.
    pub revocations: Option<Vec<u8>>,
    /// What is offered and taken.
    pub versions: TlsVersions,
    /// The name that a client asks for (SNI, RFC 6066 3). `None`: the address, which is not sent.
    pub server_name: Option<String>,
    /// With `authorities`: the certificate of the server must be for the name, or the address. SIPp
    /// does not look at it.
    pub check_name: bool,
    /// Where the secrets of every connection are appended, in the format that Wireshark reads
    /// (`SSLKEYLOGFILE`).
    pub key_log: Option<PathBuf>,
    /// Every handshake is a full one. Otherwise later connections to the same name resume the
    /// session of an earlier one (RFC 8446 2.2, RFC 5077).
    pub full_handshakes: bool,
}

impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSettings")
            .field("versions", &self.versions)
            .field("server_name", &self.server_name)
            .field("verifies", &self.authorities.is_some())
            .finish_non_exhaustive()
    }
}

/// Versions of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsVersions {
    /// 1.3, or 1.2 when the other end has nothing newer.
    #[default]
    Any,
    /// 1.2 alone (RFC 5246).
    Only12,
    /// 1.3 alone (RFC 8446).
    Only13,
}

impl TlsVersions {
    pub(super) fn list(self) -> &'static [&'static SupportedProtocolVersion] {
        static NEWEST_FIRST: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
        match self {
            Self::Any => &NEWEST_FIRST,
            Self::Only12 => &NEWEST_FIRST[1..],
            Self::Only13 => &NEWEST_FIRST[..1],
        }
    }
}

impl FromStr for TlsVersions {
    type Err = TlsError;

    /// A number as `-tls_version` takes it.
    ///
    /// # Errors
    /// [`TlsError::VersionRefused`] for 1.0 and 1.1, [`TlsError::VersionUnknown`] for anything else.
    fn from_str(text: &str) -> Result<Self, TlsError> {
        match text {
            "1.2" => Ok(Self::Only12),
            "1.3" => Ok(Self::Only13),
            "1.0" | "1.1" => Err(TlsError::VersionRefused {
                version: text.to_owned(),
            }),
            _ => Err(TlsError::VersionUnknown {
                given: text.to_owned(),
            }),
        }
    }
}

/// Settings that cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A version that is no longer spoken.
    #[error(
        "TLS {version} is not spoken: RFC 8996 has done away with it and no library that is kept \
         has it; use 1.2 or 1.3"
    )]
    VersionRefused {
        /// As given.
        version: String,
    },
    /// No version of TLS.
    #[error("\"{given}\" is no version of TLS: 1.2 and 1.3 are spoken")]
    VersionUnknown {
        /// As given.
        given: String,
    },
    /// A server without a certificate, or a key without one.
    #[error("the certificate file has no certificate in PEM (\"-----BEGIN CERTIFICATE-----\")")]
    NoCertificate,
    /// A file without what it is for.
    #[error("the {what} file has no {what} in PEM")]
    Empty {
        /// `"key"`, `"CA"` or `"CRL"`.
        what: &'static str,
    },
    /// A file that is broken.
    #[error("the {what} file cannot be read: {why}")]
    Pem {
        /// `"certificate"`, `"key"`, `"CA"` or `"CRL"`.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The key asks for a pass phrase.
    #[error("the key is encrypted: take the pass phrase off (openssl pkey -in KEY -out PLAIN)")]
    KeyEncrypted,
    /// The key is of a kind that cannot be used.
    #[error(
        "the key cannot be used: {why}; use RSA of 2048 bits or more, ECDSA with P-256 or P-384, \
         or Ed25519"
    )]
    KeyRefused {
        /// What the library says.
        why: String,
    },
    /// The key belongs to another certificate.
    #[error("the key does not belong to the first certificate of the certificate file")]
    KeyMismatch,
    /// A list of revoked certificates, and nobody to have issued them.
    #[error("a CRL needs the CA that it is from (-tls_ca)")]
    RevocationsAlone,
    /// The name is no host name.
    #[error("\"{name}\" is no host name that a TLS server can be asked for")]
    ServerName {
        /// As given.
        name: String,
    },
    /// The key log cannot be written.
    #[error("cannot write the key log {}", path.display())]
    KeyLog {
        /// As given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The library refuses the settings for another reason.
    #[error("TLS cannot be spoken with these settings: {why}")]
    Refused {
        /// What the library says.
        why: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_that_can_be_spoken() {
        assert_eq!(
            "1.2".parse::<TlsVersions>().expect("spoken"),
            TlsVersions::Only12
        );
        assert_eq!(
            "1.3".parse::<TlsVersions>().expect("spoken"),
            TlsVersions::Only13
        );
        for (text, expected) in [
            ("1.0", "TLS 1.0 is not spoken"),
            ("1.1", "use 1.2 or 1.3"),
            ("3", "\"3\" is no version of TLS"),
        ] {
            let error = text
                .parse::<TlsVersions>()
                .expect_err("refused")
                .to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn keys_do_not_show_in_debug_output() {
        let settings = TlsSettings {
            key: b"secret".to_vec(),
            ..TlsSettings::default()
        };
        let text = format!("{settings:?}");
        assert!(!text.contains("115") && !text.contains("secret"), "{text}");
    }
}
