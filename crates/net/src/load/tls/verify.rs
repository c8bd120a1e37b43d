//! What certificates of the other end hold.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{VerifierBuilderError, WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
};

use super::settings::TlsError;

/// Who may have signed the certificate of the other end, and what has been taken back.
#[derive(Debug, Clone)]
pub(super) struct Authorities {
    pub(super) certificates: Vec<CertificateDer<'static>>,
    pub(super) revocations: Vec<CertificateRevocationListDer<'static>>,
}

/// Any certificate of a server does. As nobody asks whose it is, nobody asks either whether the
/// server has its key: that leaves certificates usable whose kind of key is out of use.
#[derive(Debug)]
pub(super) struct AnyServer {
    schemes: Vec<SignatureScheme>,
}

/// The certificate of a server must come from an authority.
#[derive(Debug)]
pub(super) struct CheckedServer {
    chains: Arc<WebPkiServerVerifier>,
    authorities: Vec<CertificateDer<'static>>,
    check_name: bool,
}

/// The certificate of a client must come from an authority.
#[derive(Debug)]
pub(super) struct CheckedClient {
    chains: Arc<dyn ClientCertVerifier>,
    authorities: Vec<CertificateDer<'static>>,
}

impl Authorities {
    fn roots(&self) -> Result<Arc<RootCertStore>, TlsError> {
        let mut roots = RootCertStore::empty();
        for certificate in &self.certificates {
            roots
                .add(certificate.clone())
                .map_err(|error| TlsError::Pem {
                    what: "CA",
                    why: error.to_string(),
                })?;
        }
        Ok(Arc::new(roots))
    }
}

impl AnyServer {
    pub(super) fn new(provider: &CryptoProvider) -> Self {
        let schemes = provider.signature_verification_algorithms;
        Self {
            schemes: schemes.supported_schemes(),
        }
    }
}

impl CheckedServer {
    pub(super) fn new(
        provider: &Arc<CryptoProvider>,
        authorities: Authorities,
        check_name: bool,
    ) -> Result<Self, TlsError> {
        let roots = authorities.roots()?;
        let mut builder = WebPkiServerVerifier::builder_with_provider(roots, provider.clone());
        if !authorities.revocations.is_empty() {
            builder = builder
                .with_crls(authorities.revocations)
                .enforce_revocation_expiration();
        }
        Ok(Self {
            chains: builder
                .build()
                .map_err(|error| revocations_refused(&error))?,
            authorities: authorities.certificates,
            check_name,
        })
    }
}

impl CheckedClient {
    pub(super) fn new(
        provider: &Arc<CryptoProvider>,
        authorities: Authorities,
    ) -> Result<Self, TlsError> {
        let roots = authorities.roots()?;
        let mut builder = WebPkiClientVerifier::builder_with_provider(roots, provider.clone());
        if !authorities.revocations.is_empty() {
            builder = builder
                .with_crls(authorities.revocations)
                .enforce_revocation_expiration();
        }
        Ok(Self {
            chains: builder
                .build()
                .map_err(|error| revocations_refused(&error))?,
            authorities: authorities.certificates,
        })
    }
}

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

impl ServerCertVerifier for CheckedServer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let result = self.chains.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let Err(error) = result else {
            return result;
        };
        // The name comes last: the way to an authority holds.
        let about_name = is_about_name(&error);
        if !about_name && !is_authority(&self.authorities, end_entity, &error) {
            return Err(error);
        }
        if self.check_name {
            let parsed = ParsedCertificate::try_from(end_entity)?;
            verify_server_name(&parsed, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

impl ClientCertVerifier for CheckedClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.chains.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match self
            .chains
            .verify_client_cert(end_entity, intermediates, now)
        {
            Err(error) if !is_authority(&self.authorities, end_entity, &error) => Err(error),
            _ => Ok(ClientCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

/// Whether a certificate that was refused is one of the given ones itself, as with a single
/// self-signed certificate for everybody, and nothing else speaks against it. webpki takes no
/// authority's certificate as the one of a server; OpenSSL does.
fn is_authority(
    authorities: &[CertificateDer<'_>],
    end_entity: &CertificateDer<'_>,
    refusal: &Error,
) -> bool {
    // webpki looks at times and signatures before it looks at the role.
    let is_role = matches!(
        refusal,
        Error::InvalidCertificate(
            CertificateError::Other(_)
                | CertificateError::UnknownIssuer
                | CertificateError::InvalidPurpose
                | CertificateError::InvalidPurposeContext { .. }
        )
    );
    is_role && authorities.iter().any(|other| other == end_entity)
}

fn is_about_name(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        )
    )
}

fn revocations_refused(error: &VerifierBuilderError) -> TlsError {
    TlsError::Pem {
        what: "CRL",
        why: error.to_string(),
    }
}
