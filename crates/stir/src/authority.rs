//! Certificates for tests: an authority of one's own, and signers with any content (RFC 8226).

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, SanType, SerialNumber,
};
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;
use time::OffsetDateTime;

use crate::key::{KeyError, SigningKey};
use crate::tn_auth_list::{TN_AUTH_LIST_OID, TnAuthList};

/// What a certificate is to say.
#[derive(Debug, Clone)]
pub struct CertificateOrder {
    /// The common name of its subject, such as `SHAKEN 709J`.
    pub name: String,
    /// What it speaks for; without an entry there is no extension.
    pub tn_auth_list: TnAuthList,
    /// The domains and addresses that it speaks for.
    pub domains: Vec<String>,
    /// From when on, in seconds since 1970 began.
    pub not_before: u64,
    /// Until when.
    pub not_after: u64,
}

/// Why a certificate cannot be issued.
#[derive(Debug, Error)]
pub enum IssueError {
    /// The time is beyond the years that certificates can say.
    #[error("a certificate cannot say the time {0}")]
    Time(u64),
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The certificate of the authority is none, or not one of an authority.
    #[error("the certificate is none of an authority: {0}")]
    Authority(String),
    /// The library refuses it.
    #[error("the certificate cannot be made: {0}")]
    Certificate(String),
}

impl From<rcgen::Error> for IssueError {
    fn from(error: rcgen::Error) -> Self {
        Self::Certificate(error.to_string())
    }
}

/// Who issues certificates: its own certificate and the key.
#[derive(Debug)]
pub struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A new authority. Of the order its name and times are used.
    pub fn new(order: &CertificateOrder, key: &SigningKey) -> Result<Self, IssueError> {
        let mut params = params(order)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pair = key.to_rcgen()?;
        let pem = params.self_signed(&pair)?.pem();
        Ok(Self {
            pem,
            issuer: Issuer::new(params, pair),
        })
    }

    /// An authority that exists: its certificate in PEM, and its key.
    pub fn read(certificate: &str, key: &SigningKey) -> Result<Self, IssueError> {
        let chain = crate::Chain::read(certificate.as_bytes())
            .map_err(|error| IssueError::Authority(error.to_string()))?;
        let signer = chain.signer();
        if !signer.is_authority {
            return Err(IssueError::Authority(format!(
                "{} may not issue others",
                signer.subject
            )));
        }
        if signer.key.as_ref() != Some(&key.verifying_key()) {
            return Err(IssueError::Authority(format!(
                "the key is not that of {}",
                signer.subject
            )));
        }
        let issuer = Issuer::from_ca_cert_pem(certificate, key.to_rcgen()?)?;
        Ok(Self {
            pem: certificate.to_owned(),
            issuer,
        })
    }

    /// Its certificate in PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Issues a signer's certificate, in PEM.
    pub fn issue(&self, order: &CertificateOrder, key: &SigningKey) -> Result<String, IssueError> {
        let pair = key.to_rcgen()?;
        Ok(signer_params(order)?.signed_by(&pair, &self.issuer)?.pem())
    }
}

impl CertificateOrder {
    /// A signer's certificate that nobody else has issued, in PEM.
    pub fn self_made(&self, key: &SigningKey) -> Result<String, IssueError> {
        let pair = key.to_rcgen()?;
        Ok(signer_params(self)?.self_signed(&pair)?.pem())
    }
}

fn signer_params(order: &CertificateOrder) -> Result<CertificateParams, IssueError> {
    let mut params = params(order)?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    if !order.tn_auth_list.entries.is_empty() {
        let der = order.tn_auth_list.to_der();
        let extension = CustomExtension::from_oid_content(&TN_AUTH_LIST_OID, der);
        params.custom_extensions.push(extension);
    }
    for domain in &order.domains {
        params
            .subject_alt_names
            .push(match gannet_sip::parse_ip(domain) {
                Some(address) => SanType::IpAddress(address),
                None => SanType::DnsName(domain.as_str().try_into()?),
            });
    }
    Ok(params)
}

fn params(order: &CertificateOrder) -> Result<CertificateParams, IssueError> {
    let moment = |at: u64| {
        let seconds = i64::try_from(at).map_err(|_| IssueError::Time(at))?;
        OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| IssueError::Time(at))
    };
    let mut params = CertificateParams::default();
    params.not_before = moment(order.not_before)?;
    params.not_after = moment(order.not_after)?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "US");
    name.push(DnType::OrganizationName, "Gannet");
    name.push(DnType::CommonName, order.name.as_str());
    params.distinguished_name = name;
    let mut serial = [0; 16];
    SystemRandom::new()
        .fill(&mut serial)
        .map_err(|_| KeyError::Randomness)?;
    // Positive, and with 16 octets (RFC 5280 4.1.2.2).
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    Ok(params)
}
