//! ES256: ECDSA on P-256 with SHA-256, signatures of 64 octets (RFC 7518 3.4, RFC 8225 8).

use std::fmt;
use std::sync::Arc;

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};
use rustls_pki_types::pem::SectionKind;
use thiserror::Error;
use x509_parser::asn1_rs::FromDer;
use x509_parser::oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY};
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::pem::{is_pem, sections};

/// Why octets are no key for ES256.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// No section of the PEM text is a key of the kind that is wanted.
    #[error("there is no {wanted} in it, but {found}")]
    NoKey {
        /// What was looked for.
        wanted: &'static str,
        /// What is there.
        found: String,
    },
    /// A private key of another kind, or a damaged one.
    #[error("it is no private key on the curve P-256, which ES256 needs (RFC 7518 3.4): {0}")]
    Private(String),
    /// A public key of another kind, or a damaged one.
    #[error("it is no public key on the curve P-256, which ES256 needs (RFC 7518 3.4)")]
    Public,
    /// The system has no randomness to give.
    #[error("the system gives no randomness for a key")]
    Randomness,
}

/// A private key that signs tokens. Cloning it is cheap.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<EcdsaKeyPair>,
    pkcs8: Arc<[u8]>,
    random: SystemRandom,
}

impl SigningKey {
    /// A new key.
    pub fn generate() -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|_| KeyError::Randomness)?;
        Self::from_pkcs8(pkcs8.as_ref())
    }

    /// Reads a key in PEM (PKCS #8 or SEC 1) or DER (PKCS #8).
    pub fn read(octets: &[u8]) -> Result<Self, KeyError> {
        if !is_pem(octets) {
            return Self::from_pkcs8(octets);
        }
        let mut found = Vec::new();
        for (kind, der) in sections(octets) {
            match kind {
                SectionKind::PrivateKey => return Self::from_pkcs8(&der),
                SectionKind::EcPrivateKey => return Self::from_pkcs8(&pkcs8_of_sec1(&der)),
                other => found.push(name_of(other)),
            }
        }
        Err(KeyError::NoKey {
            wanted: "private key",
            found: found_text(&found),
        })
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random)
            .map_err(|error| KeyError::Private(error.to_string()))?;
        Ok(Self {
            pair: Arc::new(pair),
            pkcs8: der.into(),
            random,
        })
    }

    /// The signature of octets. `Err` if the system gives no randomness.
    pub fn sign(&self, octets: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signature = self.pair.sign(&self.random, octets);
        let signature = signature.map_err(|_| KeyError::Randomness)?;
        Ok(signature.as_ref().to_vec())
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey {
            point: self.pair.public_key().as_ref().to_vec(),
        }
    }

    /// PKCS #8 in PEM.
    pub fn to_pem(&self) -> String {
        self.to_rcgen()
            .map_or_else(|_| String::new(), |pair| pair.serialize_pem())
    }

    pub(crate) fn to_rcgen(&self) -> Result<rcgen::KeyPair, rcgen::Error> {
        let der = rustls_pki_types::PrivatePkcs8KeyDer::from(self.pkcs8.to_vec());
        rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_ECDSA_P256_SHA256)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The private half is nobody's business.
        f.debug_tuple("SigningKey")
            .field(&self.verifying_key())
            .finish()
    }
}

/// A public key that tells whether a token is signed by its other half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    point: Vec<u8>,
}

/// An uncompressed point of P-256.
const POINT_OCTETS: usize = 65;

impl VerifyingKey {
    /// Reads a public key in PEM or DER (SubjectPublicKeyInfo).
    pub fn read(octets: &[u8]) -> Result<Self, KeyError> {
        if !is_pem(octets) {
            return Self::from_spki_der(octets);
        }
        let mut found = Vec::new();
        for (kind, der) in sections(octets) {
            match kind {
                SectionKind::PublicKey => return Self::from_spki_der(&der),
                other => found.push(name_of(other)),
            }
        }
        Err(KeyError::NoKey {
            wanted: "public key",
            found: found_text(&found),
        })
    }

    fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let (_, spki) = SubjectPublicKeyInfo::from_der(der).map_err(|_| KeyError::Public)?;
        Self::from_spki(&spki)
    }

    pub(crate) fn from_spki(spki: &SubjectPublicKeyInfo<'_>) -> Result<Self, KeyError> {
        let curve = spki.algorithm.parameters.as_ref();
        let curve = curve.and_then(|any| any.as_oid().ok());
        let is_p256 = spki.algorithm.algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY
            && curve.is_some_and(|oid| oid == OID_EC_P256);
        let point = spki.subject_public_key.data.as_ref();
        if !is_p256 || point.len() != POINT_OCTETS {
            return Err(KeyError::Public);
        }
        Ok(Self {
            point: point.to_vec(),
        })
    }

    /// Whether this is the signature of these octets by the other half.
    pub fn verify(&self, octets: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point)
            .verify(octets, signature)
            .is_ok()
    }
}

fn found_text(found: &[&str]) -> String {
    match found {
        [] => "nothing that can be read".to_owned(),
        some => format!("a {}", some.join(" and a ")),
    }
}

fn name_of(kind: SectionKind) -> &'static str {
    match kind {
        SectionKind::Certificate => "certificate",
        SectionKind::PublicKey => "public key",
        SectionKind::PrivateKey | SectionKind::EcPrivateKey => "private key",
        SectionKind::RsaPrivateKey => "private RSA key",
        SectionKind::Csr => "certificate request",
        SectionKind::Crl => "revocation list",
        _ => "section of another kind",
    }
}

/// Wraps the `ECPrivateKey` of RFC 5915 as PKCS #8 on P-256 (RFC 5208 5); a key on another curve is
/// refused when it is read.
fn pkcs8_of_sec1(sec1: &[u8]) -> Vec<u8> {
    // INTEGER 0, then SEQUENCE { id-ecPublicKey, prime256v1 }.
    const HEAD: [u8; 24] = [
        0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
        0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
    ];
    let mut inner = HEAD.to_vec();
    inner.extend(crate::tn_auth_list::tlv(0x04, sec1));
    crate::tn_auth_list::tlv(0x30, &inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8225 appendix A.
    const SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIFeZ1R208QCvcu5GuYyMfG4W7sH4m99/7eHSDLpdYllFoAoGCCqGSM49
AwEHoUQDQgAE8HNbQd/TmvCKwPKHkMF9fScavGeH78YTU8qLS8I5HLHSSmlATLcs
lQMhNC/OhlWBYC626nIlo7XeebYS7Sb37g==
-----END EC PRIVATE KEY-----
";

    #[test]
    fn keys_come_in_each_form_that_openssl_writes() {
        let key = SigningKey::read(SEC1.as_bytes()).expect("SEC 1");
        let again = SigningKey::read(key.to_pem().as_bytes()).expect("PKCS #8");
        assert_eq!(again.verifying_key(), key.verifying_key());
        let signature = key.sign(b"octets").expect("randomness");
        assert_eq!(signature.len(), 64);
        assert!(again.verifying_key().verify(b"octets", &signature));
        assert!(!again.verifying_key().verify(b"octet", &signature));
    }

    #[test]
    fn what_is_no_key_says_what_it_is() {
        let public = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n";
        let error = SigningKey::read(public.as_bytes()).expect_err("a public key");
        assert_eq!(
            error.to_string(),
            "there is no private key in it, but a public key"
        );
        assert!(matches!(
            SigningKey::read(b"\x30\x03\x02\x01\x00"),
            Err(KeyError::Private(_))
        ));
        assert!(VerifyingKey::read(b"").is_err());
    }
}
