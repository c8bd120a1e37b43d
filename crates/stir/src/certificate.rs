//! Certificates of signers (RFC 8226, RFC 5280).

use rustls_pki_types::pem::SectionKind;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use thiserror::Error;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::FromDer;

use crate::claims::Party;
use crate::key::VerifyingKey;
use crate::pem::{is_pem, sections};
use crate::tn_auth_list::{TN_AUTH_LIST_OID, TnAuthList, TnAuthListError};
use crate::verdict::Verdict;

/// More certificates than any chain needs.
const CHAIN_MAX: usize = 10;

/// A certificate, and what of it matters to signed calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    /// Whose it is, as RFC 2253 writes names.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Its number, in hexadecimal with colons.
    pub serial: String,
    /// From when on, in seconds since 1970 began.
    pub not_before: i64,
    /// Until when.
    pub not_after: i64,
    /// Whether it may issue others.
    pub is_authority: bool,
    /// Its key; `None` if that is not for ES256.
    pub key: Option<VerifyingKey>,
    /// What it speaks for; `None` without the extension.
    pub tn_auth_list: Option<Result<TnAuthList, TnAuthListError>>,
    /// The domains that it speaks for (subjectAltName, RFC 5922 7.1).
    pub domains: Vec<String>,
}

/// A signer's certificate, then those between it and a trusted one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// At least one; the signer's first.
    pub certificates: Vec<Certificate>,
}

/// Why octets are no certificate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// PEM without a certificate, or neither PEM nor DER.
    #[error("there is no certificate in it, neither in PEM nor in DER")]
    None,
    /// A certificate that cannot be read.
    #[error("the certificate cannot be read: {0}")]
    Unreadable(String),
    /// More than are read.
    #[error("there are {0} certificates in it, more than {CHAIN_MAX}")]
    TooMany(usize),
}

impl Certificate {
    /// Reads one in DER.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let unreadable = |text: String| CertificateError::Unreadable(text);
        let (rest, read) =
            X509Certificate::from_der(der).map_err(|error| unreadable(error.to_string()))?;
        if !rest.is_empty() {
            return Err(unreadable("octets follow it".to_owned()));
        }
        // The extension's value is small; what does not fit OIDs of this length is not it.
        let oid = Oid::from(&TN_AUTH_LIST_OID).map_err(|_| unreadable("its OID".to_owned()))?;
        let mut lists = read.extensions().iter().filter(|one| one.oid == oid);
        let list = lists.next();
        Ok(Self {
            der: der.to_vec(),
            subject: read.subject().to_string(),
            issuer: read.issuer().to_string(),
            serial: read.raw_serial_as_string(),
            not_before: read.validity().not_before.timestamp(),
            not_after: read.validity().not_after.timestamp(),
            is_authority: read.is_ca(),
            key: VerifyingKey::from_spki(read.public_key()).ok(),
            tn_auth_list: list.map(|list| TnAuthList::from_der(list.value)),
            domains: domains(&read),
        })
    }

    /// Its octets.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The same in PEM (RFC 7468 5).
    pub fn to_pem(&self) -> String {
        use base64::Engine;
        let text = base64::engine::general_purpose::STANDARD.encode(&self.der);
        let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
        let lines: Vec<_> = lines.collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    }

    /// Whether it speaks for a caller: numbers by its TNAuthList (RFC 8226 9), URIs by the domains of
    /// its subjectAltName (RFC 8224 7.2).
    pub(crate) fn speaks_for(&self, caller: &Party) -> Result<(), Verdict> {
        match (caller, &self.tn_auth_list) {
            (Party::Tn(number), Some(Ok(list))) if list.covers(number) => Ok(()),
            (Party::Tn(_), Some(Ok(_))) => Err(Verdict::WrongScope),
            (Party::Tn(_), Some(Err(_))) => Err(Verdict::UnreadableCertificate),
            (Party::Tn(_), None) => Err(Verdict::NoScope),
            (Party::Uri(text), _) => {
                let uri = gannet_sip::Uri::parse(text).ok();
                let host = uri.map(|uri| uri.host);
                match host {
                    Some(host) if self.has_domain(&host) => Ok(()),
                    Some(_) if self.domains.is_empty() => Err(Verdict::NoScope),
                    _ => Err(Verdict::WrongScope),
                }
            }
        }
    }

    fn has_domain(&self, host: &str) -> bool {
        self.domains
            .iter()
            .any(|one| one.eq_ignore_ascii_case(host))
    }

    fn is_self_made(&self) -> bool {
        self.subject == self.issuer
    }
}

impl Chain {
    /// Reads PEM with one certificate or several, or DER with one.
    pub fn read(octets: &[u8]) -> Result<Self, CertificateError> {
        if !is_pem(octets) {
            return match Certificate::from_der(octets) {
                Ok(one) => Ok(Self {
                    certificates: vec![one],
                }),
                // DER begins with a SEQUENCE; what does not is no damaged certificate, but none.
                Err(_) if octets.first() != Some(&0x30) => Err(CertificateError::None),
                Err(error) => Err(error),
            };
        }
        let ders: Vec<_> = sections(octets)
            .into_iter()
            .filter(|(kind, _)| *kind == SectionKind::Certificate)
            .collect();
        if ders.is_empty() {
            return Err(CertificateError::None);
        }
        if ders.len() > CHAIN_MAX {
            return Err(CertificateError::TooMany(ders.len()));
        }
        let read = ders.iter().map(|(_, der)| Certificate::from_der(der));
        Ok(Self {
            certificates: read.collect::<Result<_, _>>()?,
        })
    }

    /// The signer's own.
    pub fn signer(&self) -> &Certificate {
        // Nothing else makes a chain.
        self.certificates
            .first()
            .expect("a chain has a certificate")
    }

    /// Whether a trusted certificate stands at its end, and all are valid at this time (RFC 5280 6.1),
    /// in seconds since 1970 began.
    pub(crate) fn leads_to(&self, anchors: &[Certificate], now: u64) -> Result<(), Verdict> {
        let leaf = CertificateDer::from(self.signer().der());
        let end = EndEntityCert::try_from(&leaf).map_err(|error| verdict_of(&error))?;
        let between: Vec<_> = self.certificates[1..]
            .iter()
            .map(|one| CertificateDer::from(one.der()))
            .collect();
        let trusted: Vec<_> = anchors
            .iter()
            .map(|one| CertificateDer::from(one.der()))
            .collect();
        let trusted: Vec<TrustAnchor<'_>> = trusted
            .iter()
            .filter_map(|der| anchor_from_trusted_cert(der).ok())
            .collect();
        let now_secs = i64::try_from(now).unwrap_or(i64::MAX);
        // Said before the rest: a certificate that is out of date is so whoever issued it.
        if now_secs > self.signer().not_after {
            return Err(Verdict::ExpiredCertificate);
        }
        if now_secs < self.signer().not_before {
            return Err(Verdict::CertificateNotYetValid);
        }
        let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(now));
        let algorithms = webpki::ALL_VERIFICATION_ALGS;
        let path = end.verify_for_usage(
            algorithms,
            &trusted,
            &between,
            at,
            // TNAuthList certificates have no extended key usage; what has none passes.
            KeyUsage::client_auth(),
            None,
            None,
        );
        match path {
            Ok(_) => Ok(()),
            Err(_) if self.signer().is_self_made() => Err(Verdict::SelfMadeCertificate),
            Err(error) => Err(verdict_of(&error)),
        }
    }
}

fn verdict_of(error: &webpki::Error) -> Verdict {
    use webpki::Error;
    match error {
        Error::CertExpired { .. } => Verdict::ExpiredCertificate,
        Error::CertNotValidYet { .. } => Verdict::CertificateNotYetValid,
        // One of the same name as a trusted one, with another key, is unknown all the same.
        Error::UnknownIssuer | Error::InvalidSignatureForPublicKey => Verdict::UnknownIssuer,
        Error::BadDer
        | Error::BadDerTime
        | Error::MalformedExtensions
        | Error::ExtensionValueInvalid => Verdict::UnreadableCertificate,
        _ => Verdict::BadChain,
    }
}

fn domains(read: &X509Certificate<'_>) -> Vec<String> {
    let names = read.extensions().iter().filter_map(|one| {
        let ParsedExtension::SubjectAlternativeName(names) = one.parsed_extension() else {
            return None;
        };
        Some(&names.general_names)
    });
    names
        .flatten()
        .filter_map(|name| match name {
            GeneralName::DNSName(domain) => Some((*domain).to_owned()),
            GeneralName::IPAddress(octets) => address(octets),
            // RFC 5922 7.1: `sip:` and the domain.
            GeneralName::URI(uri) => uri.strip_prefix("sip:").map(str::to_owned),
            _ => None,
        })
        .collect()
}

/// As hosts of URIs are written.
fn address(octets: &[u8]) -> Option<String> {
    let four: Result<[u8; 4], _> = octets.try_into();
    let sixteen: Result<[u8; 16], _> = octets.try_into();
    let four = four.ok().map(std::net::IpAddr::from);
    four.or_else(|| sixteen.ok().map(std::net::IpAddr::from))
        .map(gannet_sip::host_text)
}
