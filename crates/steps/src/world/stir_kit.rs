//! What signed calls need: an authority, certificates, an HTTP server that gives them, and who is trusted.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use gannet_events::{Failure, FailureClass};
use gannet_net::http::{PageCache, PageServer};
use gannet_pbx::{PbxSigning, PbxStir};
use gannet_stir::{
    Attestation, Authority, Certificate, CertificateOrder, Chain, Fetched, Outcome, Signer,
    SigningKey, TnAuthList, TnEntry, Unavailable, Verifier, facts_of, identities_of, uuid,
};

use super::state::World;
use super::surroundings::Surroundings;
use crate::config::PbxStirSettings;

/// What is wrong with a certificate on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing.
    None,
    /// It ended an hour ago.
    Expired,
    /// An authority that nobody trusts has issued it.
    Unknown,
    /// It is its own issuer.
    SelfMade,
    /// It speaks for one number that no test has.
    Scope,
    /// It is not there: 404.
    Missing,
    /// It is given as text/html.
    ContentType,
}

/// Of one scenario. The server ends with it.
#[derive(Debug)]
pub(crate) struct StirKit {
    server: PageServer,
    pages: Arc<PageCache>,
    verifier: Arc<Verifier>,
    authority: Authority,
    stranger: Authority,
    key: SigningKey,
    domains: Vec<String>,
    /// The `origid` of all its calls (RFC 8588 5).
    origid: String,
}

const PEM: &str = "application/pem-certificate-chain";
const DAY_S: u64 = 86_400;
/// A number for fiction, which no phone of a test has.
const NOBODY: &str = "12025550198";

/// The environment does not give what signed calls need.
fn environment(what: &str, error: impl std::fmt::Display) -> Failure {
    let summary = format!("signed calls need {what}: {error}");
    Failure::new(FailureClass::Environment, summary)
}

/// Seconds since 1970 began.
pub(crate) fn wall_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

impl StirKit {
    /// Makes keys and certificates and starts the server. Callers are of these domains; the certificates
    /// are trusted beside the kit's own.
    pub(crate) fn start(
        ip: IpAddr,
        domain: String,
        trusted: &[Certificate],
        origid: String,
    ) -> Result<Self, Failure> {
        let server = PageServer::start(ip)
            .map_err(|error| environment("an HTTP server for certificates", error))?;
        let mut domains = vec![domain];
        for more in [ip.to_string(), "127.0.0.1".to_owned(), "::1".to_owned()] {
            if !domains.contains(&more) {
                domains.push(more);
            }
        }
        let authority = new_authority("Gannet test authority")?;
        let stranger = new_authority("Somebody else's authority")?;
        let mut anchors = trusted.to_vec();
        let own = Chain::read(authority.pem().as_bytes());
        anchors.extend(
            own.map_err(|error| environment("an authority", error))?
                .certificates,
        );
        let kit = Self {
            server,
            pages: Arc::new(PageCache::default()),
            verifier: Arc::new(Verifier::new(anchors)),
            authority,
            stranger,
            key: new_key()?,
            domains,
            origid,
        };
        Ok(kit)
    }

    /// The `origid` of all its calls.
    pub(crate) fn origid(&self) -> &str {
        &self.origid
    }

    /// A signer whose certificate has this flaw; the server gives it from now on.
    pub(crate) fn signer(&self, flaw: Flaw) -> Result<Signer, Failure> {
        let now = wall_clock();
        let mut order = CertificateOrder {
            name: "SHAKEN GNET".to_owned(),
            tn_auth_list: TnAuthList {
                entries: vec![TnEntry::Spc("GNET".to_owned())],
            },
            domains: self.domains.clone(),
            not_before: now - DAY_S,
            not_after: now + 30 * DAY_S,
        };
        let (path, content_type) = match flaw {
            Flaw::None => ("/signer.pem", PEM),
            Flaw::Expired => ("/expired.pem", PEM),
            Flaw::Unknown => ("/unknown.pem", PEM),
            Flaw::SelfMade => ("/self-made.pem", PEM),
            Flaw::Scope => ("/scope.pem", PEM),
            Flaw::Missing => ("/missing.pem", PEM),
            Flaw::ContentType => ("/page.html", "text/html"),
        };
        match flaw {
            Flaw::Expired => order.not_after = now - 3_600,
            Flaw::Scope => {
                order.tn_auth_list.entries = vec![TnEntry::One(NOBODY.to_owned())];
                order.domains = vec!["elsewhere.invalid".to_owned()];
            }
            _ => {}
        }
        let issued = match flaw {
            Flaw::Missing => Ok(String::new()),
            Flaw::SelfMade => order.self_made(&self.key),
            Flaw::Unknown => self.stranger.issue(&order, &self.key),
            _ => self.authority.issue(&order, &self.key),
        };
        let pem = issued.map_err(|error| environment("a certificate", error))?;
        if flaw != Flaw::Missing {
            self.server.publish(path, content_type, pem);
        }
        Ok(Signer {
            key: self.key.clone(),
            x5u: self.server.url(path),
        })
    }

    /// A signer of the user's own: key and certificates are in one file, or the key in one beside it that
    /// ends in `.key`.
    pub(crate) fn signer_of(&self, path: &std::path::Path) -> Result<Signer, Failure> {
        let misuse = |error: String| {
            let summary = format!("`{}` cannot sign: {error}", path.display());
            Failure::new(FailureClass::Misuse, summary)
        };
        let read = |path: &std::path::Path| {
            std::fs::read(path).map_err(|error| misuse(format!("{}: {error}", path.display())))
        };
        let octets = read(path)?;
        let chain = Chain::read(&octets).map_err(|error| misuse(error.to_string()))?;
        let beside = path.with_extension("key");
        let key = match SigningKey::read(&octets) {
            Err(_) if beside != path && beside.exists() => SigningKey::read(&read(&beside)?),
            read => read,
        };
        let key = key.map_err(|error| {
            misuse(format!(
                "{error}; `{}` was looked for, too",
                beside.display()
            ))
        })?;
        if chain.signer().key.as_ref() != Some(&key.verifying_key()) {
            let subject = &chain.signer().subject;
            return Err(misuse(format!("its key is not that of {subject}")));
        }
        // The key stays here: only the certificates are given.
        let pem: String = chain.certificates.iter().map(Certificate::to_pem).collect();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || ".-_".contains(c) {
                c
            } else {
                '-'
            }
        };
        let path = format!("/given/{}", name.chars().map(plain).collect::<String>());
        self.server.publish(&path, PEM, pem);
        Ok(Signer {
            key,
            x5u: self.server.url(&path),
        })
    }

    /// What the embedded server is to do.
    pub(crate) fn pbx(&self, settings: &PbxStirSettings) -> Result<PbxStir, Failure> {
        let signing = settings.sign.map(|attest| self.pbx_signing(attest));
        Ok(PbxStir {
            signing: signing.transpose()?,
            rule: settings.verify,
            verifier: Arc::clone(&self.verifier),
            pages: Arc::clone(&self.pages),
        })
    }

    fn pbx_signing(&self, attest: Attestation) -> Result<PbxSigning, Failure> {
        Ok(PbxSigning {
            signer: self.signer(Flaw::None)?,
            attest,
            origid: self.origid.clone(),
        })
    }

    /// Judges a request that came at this time. Blocks for the certificates.
    pub(crate) fn judge(&self, message: &gannet_sip::Message, at: u64) -> Result<Outcome, Failure> {
        let facts = facts_of(message).map_err(|error| {
            let summary = format!("the request has no usable From and To: {error}");
            Failure::new(FailureClass::Assertion, summary)
        })?;
        let source = |uri: &str| match self.pages.get(uri) {
            Ok(page) => Ok(Fetched {
                content_type: page.content_type,
                octets: page.body,
            }),
            Err(error) => Err(Unavailable {
                what: error.to_string(),
            }),
        };
        let identities = identities_of(message);
        Ok(self.verifier.verify(&facts, &identities, &source, at))
    }
}

fn new_key() -> Result<SigningKey, Failure> {
    SigningKey::generate().map_err(|error| environment("a key", error))
}

fn new_authority(name: &str) -> Result<Authority, Failure> {
    let now = wall_clock();
    let order = CertificateOrder {
        name: name.to_owned(),
        tn_auth_list: TnAuthList::default(),
        domains: Vec::new(),
        not_before: now - 365 * DAY_S,
        not_after: now + 365 * DAY_S,
    };
    Authority::new(&order, &new_key()?).map_err(|error| environment("an authority", error))
}

/// What `[pbx.stir]` needs from the start, and what it makes of the embedded server. Nothing without that
/// section, or with a real server.
pub(super) fn configured_kit(
    surroundings: &Surroundings,
    seed: u64,
) -> Result<Option<(Arc<StirKit>, PbxStir)>, Failure> {
    let config = surroundings.config();
    let Some(settings) = config.pbx.stir.as_ref() else {
        return Ok(None);
    };
    if surroundings.real_server().is_some() {
        return Ok(None);
    }
    let domain = config.pbx.domain.clone();
    let kit = StirKit::start(
        surroundings.loopback_or_bind(),
        domain.unwrap_or_else(|| gannet_pbx::PbxConfig::default().domain),
        &config.trusted_signers,
        origid(&mut fastrand::Rng::with_seed(seed)),
    )?;
    let stir = kit.pbx(settings)?;
    Ok(Some((Arc::new(kit), stir)))
}

/// It repeats with the seed of the run.
fn origid(rng: &mut fastrand::Rng) -> String {
    uuid(rng.u64(..), rng.u64(..))
}

impl World {
    /// What signed calls need, made when a sentence first needs it.
    pub(crate) fn stir_kit(&mut self) -> Result<Arc<StirKit>, Failure> {
        if let Some(kit) = &self.notes.stir_kit {
            return Ok(Arc::clone(kit));
        }
        let origid = origid(self.rng());
        let kit = StirKit::start(
            self.surroundings.loopback_or_bind(),
            self.server().domain(),
            &self.surroundings.config().trusted_signers,
            origid,
        )?;
        let kit = Arc::new(kit);
        self.notes.stir_kit = Some(Arc::clone(&kit));
        Ok(kit)
    }
}
