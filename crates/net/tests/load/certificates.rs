//! Certificates made for a test.

use gannet_net::load::TlsSettings;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};

/// A certificate and its key, in PEM.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
    serial: u64,
}

/// Whose certificates others believe.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Pair {
    /// One that its owner has signed, as `openssl req -x509` makes it.
    pub(crate) fn self_signed(name: &str) -> Self {
        let mut params = params(name, 1);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("signed");
        Self {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            serial: 1,
        }
    }

    pub(crate) fn settings(&self) -> TlsSettings {
        TlsSettings {
            certificates: self.certificate.clone().into_bytes(),
            key: self.key.clone().into_bytes(),
            ..TlsSettings::default()
        }
    }
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = params("authority.example", 7);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key");
        Self {
            issuer: CertifiedIssuer::self_signed(params, key).expect("signed"),
        }
    }

    pub(crate) fn certificate(&self) -> Vec<u8> {
        self.issuer.pem().into_bytes()
    }

    pub(crate) fn issue(&self, name: &str, serial: u64) -> Pair {
        self.sign(&params(name, serial), serial)
    }

    /// One whose time is over.
    pub(crate) fn issue_expired(&self, name: &str, serial: u64) -> Pair {
        let mut params = params(name, serial);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.sign(&params, serial)
    }

    fn sign(&self, params: &CertificateParams, serial: u64) -> Pair {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            serial,
        }
    }

    /// A list of revoked certificates.
    pub(crate) fn revoke(&self, revoked: &[&Pair]) -> Vec<u8> {
        let revoked_certs = revoked.iter().map(|pair| RevokedCertParams {
            serial_number: SerialNumber::from(pair.serial),
            revocation_time: date_time_ymd(2024, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2024, 1, 1),
            next_update: date_time_ymd(2124, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked_certs.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(&self.issuer).expect("signed");
        list.pem().expect("encoded").into_bytes()
    }
}

fn params(name: &str, serial: u64) -> CertificateParams {
    let names = vec![name.to_owned(), "127.0.0.1".to_owned()];
    let mut params = CertificateParams::new(names).expect("names");
    // Authorities of one name are taken for one.
    let common_name = format!("{name} {:016x}", fastrand::u64(..));
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.serial_number = Some(SerialNumber::from(serial));
    params
}
