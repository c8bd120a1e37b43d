//! Why a TLS connection is gone.

use std::fmt;
use std::io;

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

/// Why a TLS connection is gone.
#[derive(Debug)]
pub struct TlsFailure(Cause);

#[derive(Debug)]
enum Cause {
    /// The connection ended in the middle of the handshake.
    Ended,
    /// The connection broke in the middle of the handshake.
    Lost(io::Error),
    /// One end did not like what the other sent.
    Protocol(Error),
    /// More than a handshake may have came without a whole message in it.
    TooLong,
}

impl TlsFailure {
    pub(in crate::load) const fn ended() -> Self {
        Self(Cause::Ended)
    }

    pub(in crate::load) const fn lost(error: io::Error) -> Self {
        Self(Cause::Lost(error))
    }

    pub(in crate::load) const fn too_long() -> Self {
        Self(Cause::TooLong)
    }
}

impl From<Error> for TlsFailure {
    fn from(error: Error) -> Self {
        Self(Cause::Protocol(error))
    }
}

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = match &self.0 {
            Cause::Ended => return f.write_str("the other end closed the connection"),
            Cause::Lost(error) => return write!(f, "connection lost: {error}"),
            Cause::TooLong => return f.write_str("a message of the handshake is too long"),
            Cause::Protocol(error) => error,
        };
        match error {
            Error::AlertReceived(alert) => {
                write!(f, "the other end refuses: alert {alert:?}")?;
                hint(*alert).map_or(Ok(()), |hint| write!(f, " ({hint})"))
            }
            Error::InvalidCertificate(why) => write_certificate(f, why),
            Error::NoCertificatesPresented => f.write_str("the other end shows no certificate"),
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
                f.write_str("the other end does not speak TLS")
            }
            Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::SupportedVersionsExtensionRequired
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
                | PeerIncompatible::Tls12NotOfferedOrEnabled
                | PeerIncompatible::Tls13RequiredForQuic,
            ) => f.write_str("the ends have no version of TLS in common"),
            Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon) => f.write_str(
                "the ends have no cipher in common (ours: AES-GCM and ChaCha20 with ECDHE)",
            ),
            other => write!(f, "{other}"),
        }
    }
}

impl std::error::Error for TlsFailure {}

fn write_certificate(f: &mut fmt::Formatter<'_>, why: &CertificateError) -> fmt::Result {
    f.write_str("the certificate of the other end does not hold: ")?;
    match why {
        CertificateError::UnknownIssuer => f.write_str("none of the given CAs has signed it"),
        CertificateError::BadSignature => f.write_str("its signature is wrong"),
        CertificateError::Revoked => f.write_str("it is revoked"),
        CertificateError::UnknownRevocationStatus => {
            f.write_str("no CRL says whether it is revoked")
        }
        // webpki's own word, which it has no text for.
        CertificateError::Other(why) if why.to_string().contains("CaUsedAsEndEntity") => {
            f.write_str("it is the certificate of an authority, and of none of the given CAs")
        }
        other => write!(f, "{other}"),
    }
}

/// What an alert mostly means (RFC 8446 6.2).
fn hint(alert: AlertDescription) -> Option<&'static str> {
    Some(match alert {
        AlertDescription::HandshakeFailure => "no cipher or certificate that both ends take",
        AlertDescription::ProtocolVersion => "no version of TLS that both ends speak",
        AlertDescription::CertificateRequired => "it wants a certificate of ours",
        AlertDescription::UnknownCA => "it does not know who signed our certificate",
        AlertDescription::UnrecognisedName => "it has no such server name",
        _ => return None,
    })
}
