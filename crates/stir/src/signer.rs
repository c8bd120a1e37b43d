//! Signing calls: rightly, and wrongly on purpose.

use gannet_sip::{Uri, date_text};
use serde_json::json;

use crate::claims::{Attestation, Party};
use crate::identity_field::IdentityField;
use crate::key::{KeyError, SigningKey};
use crate::passport::Passport;
use crate::token::Token;

/// A key, and where its certificate is.
#[derive(Debug, Clone)]
pub struct Signer {
    /// The key.
    pub key: SigningKey,
    /// Goes into `x5u` and `info`.
    pub x5u: String,
}

/// What is to be signed, and how.
#[derive(Debug, Clone, Default)]
pub struct SignOrder {
    /// `ppt`; `None` for the base form.
    pub ppt: Option<String>,
    /// `attest`, for shaken.
    pub attest: Option<Attestation>,
    /// `origid`, for shaken.
    pub origid: Option<String>,
    /// For div: whom the call was for (RFC 8946 4).
    pub diverted_from: Option<Uri>,
    /// For rph: the values of Resource-Priority (RFC 8443 3).
    pub priorities: Vec<String>,
    /// `..signature` instead of the whole token (RFC 8225 7).
    pub compact: bool,
    /// What is to be wrong.
    pub faults: Vec<Fault>,
}

/// What can be wrong with a signed call on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `iat` and Date are an hour old.
    StaleDate,
    /// `dest` is somebody else.
    WrongDestination,
    /// `orig` is somebody else.
    WrongOrig,
    /// A bit of the signature differs.
    BadSignature,
    /// There is no `info`, and no `x5u` in the token.
    NoCertificateUri,
    /// The token is longer than is read.
    Huge,
    /// `alg` names another algorithm.
    UnknownAlgorithm,
    /// `ppt` names an extension that nobody knows.
    UnknownExtension,
}

/// Older than any freshness that a verifier grants.
const STALE_S: u64 = 3_600;

/// Somebody whom no test calls: of the numbers for fiction.
const ELSEWHERE: &str = "12025550199";

impl Signer {
    /// The header fields to put into a request: Identity, and the Date that goes with it (RFC 8224 4.1).
    pub fn fields(
        &self,
        order: &SignOrder,
        (from, to): (&Uri, &Uri),
        now: u64,
    ) -> Result<Vec<(String, String)>, KeyError> {
        let iat = if order.has(Fault::StaleDate) {
            now.saturating_sub(STALE_S)
        } else {
            now
        };
        let identity = self.identity(order, (from, to), iat)?;
        Ok(vec![
            ("Date".to_owned(), date_text(iat)),
            ("Identity".to_owned(), identity),
        ])
    }

    /// One value of Identity, made at this time.
    pub fn identity(
        &self,
        order: &SignOrder,
        (from, to): (&Uri, &Uri),
        iat: u64,
    ) -> Result<String, KeyError> {
        let passport = self.passport(order, (from, to), iat);
        let mut header = passport.header_json();
        if order.has(Fault::NoCertificateUri)
            && let Some(header) = header.as_object_mut()
        {
            header.remove("x5u");
        }
        let mut token = Token::sign_json(&header, &passport.claims_json(), &self.key)?;
        if order.has(Fault::BadSignature)
            && let Some(octet) = token.signature.last_mut()
        {
            *octet ^= 1;
        }
        if order.compact {
            token = token.to_compact();
        }
        let info = (!order.has(Fault::NoCertificateUri)).then(|| self.x5u.clone());
        let field = IdentityField {
            token,
            info,
            alg: Some(passport.alg),
            ppt: passport.ppt,
        };
        Ok(field.to_string())
    }

    fn passport(&self, order: &SignOrder, (from, to): (&Uri, &Uri), iat: u64) -> Passport {
        let elsewhere = || Party::Tn(ELSEWHERE.to_owned());
        let orig = if order.has(Fault::WrongOrig) {
            elsewhere()
        } else {
            Party::of_uri(from)
        };
        let dest = if order.has(Fault::WrongDestination) {
            elsewhere()
        } else {
            Party::of_uri(to)
        };
        let mut passport = Passport::new(&self.x5u, orig, vec![dest], iat);
        passport.ppt.clone_from(&order.ppt);
        passport.attest = order.attest;
        passport.origid.clone_from(&order.origid);
        passport.div = order.diverted_from.as_ref().map(Party::of_uri);
        if !order.priorities.is_empty() {
            passport.rph = Some(order.priorities.clone());
        }
        if order.has(Fault::UnknownAlgorithm) {
            "ES999".clone_into(&mut passport.alg);
        }
        if order.has(Fault::UnknownExtension) {
            passport.ppt = Some("gannet-unknown".to_owned());
        }
        if order.has(Fault::Huge) {
            let filler = "x".repeat(crate::IDENTITY_OCTETS_MAX);
            passport.other_claims.insert("filler".into(), json!(filler));
        }
        passport
    }
}

impl SignOrder {
    /// A shaken token (RFC 8588).
    pub fn shaken(attest: Attestation, origid: &str) -> Self {
        Self {
            ppt: Some("shaken".to_owned()),
            attest: Some(attest),
            origid: Some(origid.to_owned()),
            ..Self::default()
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}
