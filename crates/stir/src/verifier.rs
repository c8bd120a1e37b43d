//! Verifying calls (RFC 8224 6.2, RFC 8588 7, RFC 8946 6, RFC 8443 4).

use gannet_sip::Uri;

use crate::certificate::{Certificate, CertificateError, Chain};
use crate::claims::Party;
use crate::collector::CertificateSource;
use crate::facts::CallFacts;
use crate::fitting::{Failing, Signed, failing, fits, overall, reached};
use crate::identity_field::{FieldError, IdentityField};
use crate::key::VerifyingKey;
use crate::outcome::{Judged, Outcome};
use crate::passport::{Passport, PassportError};
use crate::token::{Token, TokenError};
use crate::verdict::Verdict;

/// How old a token may be (RFC 8224 6.2 step 4 recommends a minute).
pub const FRESHNESS_S: u64 = 60;

/// Extensions that are judged here; others are passed over (RFC 8225 8.1).
const EXTENSIONS: [&str; 3] = ["shaken", "div", "rph"];

/// More values of Identity are not read in one message.
const TOKENS_MAX: usize = 32;

/// Judges calls by what it trusts.
#[derive(Debug, Clone)]
pub struct Verifier {
    /// Who may issue certificates of signers.
    pub anchors: Vec<Certificate>,
    /// Instead of certificates: the key of all tokens. Who they speak for is then not asked.
    pub key: Option<VerifyingKey>,
    /// How far `iat` and Date may be from now, either way, in seconds.
    pub freshness_s: u64,
}

impl Verifier {
    /// Trusts these authorities, and grants tokens a minute.
    pub const fn new(anchors: Vec<Certificate>) -> Self {
        Self {
            anchors,
            key: None,
            freshness_s: FRESHNESS_S,
        }
    }

    /// Judges a call by its values of Identity; `now` is in seconds since 1970 began.
    pub fn verify(
        &self,
        facts: &CallFacts,
        identities: &[String],
        source: &dyn CertificateSource,
        now: u64,
    ) -> Outcome {
        let signed: Vec<_> = identities
            .iter()
            .take(TOKENS_MAX)
            .map(|value| self.signature(facts, value, source, now))
            .collect();
        let passports: Vec<&Passport> = signed.iter().flatten().map(|one| &one.passport).collect();
        let reached = reached(facts, &passports);
        let diverted: Vec<Vec<Party>> = passports.iter().map(|one| one.dest.clone()).collect();
        let tokens: Vec<Judged> = signed
            .into_iter()
            .map(
                |one| match one.and_then(|one| fits(facts, one, &reached, &diverted)) {
                    Ok(passport) => Judged {
                        verdict: Verdict::Valid,
                        detail: String::new(),
                        passport: Some(passport),
                    },
                    Err(failing) => Judged {
                        verdict: failing.verdict,
                        detail: failing.detail,
                        passport: failing.passport,
                    },
                },
            )
            .collect();
        Outcome {
            verdict: overall(&tokens),
            tokens,
        }
    }

    /// All that can be said of a token without its neighbours.
    fn signature(
        &self,
        facts: &CallFacts,
        value: &str,
        source: &dyn CertificateSource,
        now: u64,
    ) -> Result<Signed, Failing> {
        let field = read_field(value)?;
        if let Some(unknown) = unknown_extension(&field) {
            return Err(failing(Verdict::UnknownExtension, unknown));
        }
        let (token, passport) = whole(&field, facts)?;
        let with_passport = |mut failing: Failing| {
            failing.passport = Some(passport.clone());
            failing
        };
        self.judge(&field, &token, &passport, source, facts, now)
            .map_err(with_passport)
            .map(|certificate| Signed {
                passport: passport.clone(),
                certificate,
            })
    }

    fn judge(
        &self,
        field: &IdentityField,
        token: &[Token],
        passport: &Passport,
        source: &dyn CertificateSource,
        facts: &CallFacts,
        now: u64,
    ) -> Result<Option<Certificate>, Failing> {
        agrees(field, passport)?;
        self.is_fresh(passport, facts, now)?;
        let signed_by = |key: &VerifyingKey| token.iter().any(|one| one.is_signed_by(key));
        if let Some(key) = &self.key {
            return if signed_by(key) {
                Ok(None)
            } else {
                Err(failing(Verdict::BadSignature, "by the key that was given"))
            };
        }
        let chain = chain(&passport.x5u, source)?;
        let signer = chain.signer();
        chain
            .leads_to(&self.anchors, now)
            .map_err(|verdict| failing(verdict, certificate_text(signer)))?;
        let key = signer.key.as_ref();
        let key = key.ok_or_else(|| failing(Verdict::WrongKey, certificate_text(signer)))?;
        if !signed_by(key) {
            return Err(failing(Verdict::BadSignature, certificate_text(signer)));
        }
        Ok(Some(signer.clone()))
    }

    /// RFC 8224 6.2 step 4: neither `iat` nor Date may be far from now.
    fn is_fresh(&self, passport: &Passport, facts: &CallFacts, now: u64) -> Result<(), Failing> {
        let moments = [("iat", Some(passport.iat)), ("Date", facts.date)];
        for (name, moment) in moments {
            let Some(moment) = moment else { continue };
            let away = now.abs_diff(moment);
            if away > self.freshness_s {
                let side = if moment < now { "ago" } else { "ahead" };
                let limit = self.freshness_s;
                let detail = format!("{name} is {away} s {side}, {limit} s are allowed");
                return Err(failing(Verdict::StaleDate, detail));
            }
        }
        Ok(())
    }
}

fn read_field(value: &str) -> Result<IdentityField, Failing> {
    IdentityField::read(value).map_err(|error| {
        let verdict = match error {
            FieldError::TooLarge { .. } => Verdict::TooLarge,
            FieldError::Token(_) | FieldError::Info => Verdict::Malformed,
        };
        failing(verdict, error)
    })
}

/// The extension that is not known, if it is one.
fn unknown_extension(field: &IdentityField) -> Option<String> {
    let of_token = || {
        let (header, _) = field.token.json().ok()?;
        header.get("ppt")?.as_str().map(str::to_owned)
    };
    let ppt = field.ppt.clone().or_else(of_token)?;
    (!EXTENSIONS.contains(&ppt.as_str())).then(|| format!("ppt is `{ppt}`"))
}

/// The token in its full form and what it says. A compact one is made whole by what the message says
/// (RFC 8225 7); as who calls it may mean From or an asserted identity.
fn whole(field: &IdentityField, facts: &CallFacts) -> Result<(Vec<Token>, Passport), Failing> {
    if !field.token.is_compact() {
        let passport = field.token.passport().map_err(|error| {
            let verdict = match &error {
                TokenError::Content(PassportError::Missing { name: "x5u", .. }) => {
                    Verdict::NoCertificateUri
                }
                _ => Verdict::Malformed,
            };
            failing(verdict, error)
        })?;
        return Ok((vec![field.token.clone()], passport));
    }
    if let Some(ppt) = &field.ppt {
        return Err(failing(
            Verdict::CompactExtension,
            format!("ppt is `{ppt}`"),
        ));
    }
    let date = facts.date.ok_or_else(|| failing(Verdict::NoDate, ""))?;
    let x5u = field.info.as_deref();
    let x5u = x5u.ok_or_else(|| failing(Verdict::NoCertificateUri, "there is no `info`"))?;
    let says = |caller: &Uri| {
        let mut passport = Passport::new(
            x5u,
            Party::of_uri(caller),
            vec![Party::of_uri(&facts.to)],
            date,
        );
        if let Some(alg) = &field.alg {
            passport.alg.clone_from(alg);
        }
        passport
    };
    let callers = std::iter::once(&facts.from).chain(&facts.asserted);
    let tokens = callers.map(|caller| field.token.completed(&says(caller)));
    Ok((tokens.collect(), says(&facts.from)))
}

/// The parameters of the field repeat what the token says (RFC 8224 4.1).
fn agrees(field: &IdentityField, passport: &Passport) -> Result<(), Failing> {
    let info = field.info.as_deref();
    let info = info.ok_or_else(|| failing(Verdict::NoCertificateUri, "there is no `info`"))?;
    let pairs = [
        ("info", Some(info), Some(passport.x5u.as_str())),
        ("alg", field.alg.as_deref(), Some(passport.alg.as_str())),
        ("ppt", field.ppt.as_deref(), passport.ppt.as_deref()),
    ];
    for (name, outside, inside) in pairs {
        if outside.is_some() && outside != inside {
            let said =
                |text: Option<&str>| text.map_or("none".to_owned(), |text| format!("`{text}`"));
            let (outside, inside) = (said(outside), said(inside));
            let detail = format!("{name} is {outside}, in the token {inside}");
            return Err(failing(Verdict::Contradiction, detail));
        }
    }
    if passport.alg != "ES256" {
        let detail = format!("alg is `{}`", passport.alg);
        return Err(failing(Verdict::UnknownAlgorithm, detail));
    }
    Ok(())
}

/// Fetches and reads the certificates.
fn chain(uri: &str, source: &dyn CertificateSource) -> Result<Chain, Failing> {
    let fetched = source
        .certificate(uri)
        .map_err(|error| failing(Verdict::CertificateUnavailable, format!("{uri}: {error}")))?;
    if let Some(content_type) = &fetched.content_type
        && !is_certificate_type(content_type)
    {
        let detail = format!("{uri} is said to be `{content_type}`");
        return Err(failing(Verdict::WrongContentType, detail));
    }
    Chain::read(&fetched.octets).map_err(|error: CertificateError| {
        failing(Verdict::UnreadableCertificate, format!("{uri}: {error}"))
    })
}

/// RFC 8224 7.3 wants application/pkix-cert; SHAKEN's authorities send application/pem-certificate-chain
/// (RFC 8555 9.1), and many servers the older names of PEM.
fn is_certificate_type(content_type: &str) -> bool {
    let name = content_type.split(';').next().unwrap_or_default().trim();
    [
        "application/pkix-cert",
        "application/pem-certificate-chain",
        "application/x-pem-file",
        "application/x-x509-ca-cert",
    ]
    .iter()
    .any(|known| name.eq_ignore_ascii_case(known))
}

fn certificate_text(certificate: &Certificate) -> String {
    let Certificate {
        subject, issuer, ..
    } = certificate;
    format!("the certificate of {subject}, issued by {issuer}")
}
