//! The server: issuing challenges and judging credentials.

use std::time::{Duration, Instant};

use super::compute::{session_key, user_hash};
use super::nonce::{NonceMint, NonceState};
use super::replay::ReplayTable;
use super::{
    Accepted, Algorithm, AuthTarget, Authorization, AuthorizationError, Challenge, DigestInput,
    HeaderField, Qop, Refusal, RequestFacts, SecretSource, WrongReason,
};

/// What a server demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerPolicy {
    /// The realm.
    pub realm: String,
    /// The algorithms offered, one challenge each, most wanted first (RFC 8760 2.3). Without
    /// any, MD5.
    pub algorithms: Vec<Algorithm>,
    /// The qualities of protection offered; none makes challenges of RFC 2069.
    pub qop: Vec<Qop>,
    /// How long a nonce may be used after its issue.
    pub nonce_lifetime: Duration,
    /// The `opaque` parameter.
    pub opaque: Option<String>,
    /// Whether to ask for hashed user names (RFC 7616 3.4.4).
    pub userhash: bool,
    /// Whether to announce `charset=UTF-8` (RFC 7616 4).
    pub charset_utf8: bool,
    /// Whether credentials without qop are judged although qop was offered, for clients of
    /// RFC 2543 (RFC 3261 22.4).
    pub accept_without_qop: bool,
    /// Whether a nonce count may be used once only.
    pub check_nonce_count: bool,
    /// Whether each success moves the client to a new nonce (RFC 7616 3.5).
    pub next_nonce: bool,
    /// How many nonces in use are remembered.
    pub nonces_max: usize,
}

impl ServerPolicy {
    /// MD5 with qop=auth, five minutes a nonce: what every SIP client can answer.
    pub fn new(realm: impl Into<String>) -> Self {
        Self {
            realm: realm.into(),
            algorithms: vec![Algorithm::Md5],
            qop: vec![Qop::Auth],
            nonce_lifetime: Duration::from_mins(5),
            opaque: None,
            userhash: false,
            charset_utf8: false,
            accept_without_qop: true,
            check_nonce_count: true,
            next_nonce: false,
            nonces_max: 10_000,
        }
    }
}

/// A server of one realm.
///
/// [`DigestServer::verify`] judges the credentials of a request; after a refusal,
/// [`DigestServer::challenge`] gives the header fields of the 401 or 407 (of
/// [`Refusal::Malformed`], a 400 is the answer). Pass in no ACK and no CANCEL
/// (RFC 3261 22.1).
#[derive(Debug, Clone)]
pub struct DigestServer {
    policy: ServerPolicy,
    mint: NonceMint,
    uses: ReplayTable,
}

impl DigestServer {
    /// A server; the key of its nonces is drawn from `rng`, their time counts from `now`.
    pub fn new(policy: ServerPolicy, now: Instant, rng: &mut fastrand::Rng) -> Self {
        Self {
            mint: NonceMint::new(&policy.realm, now, rng),
            uses: ReplayTable::new(policy.nonces_max),
            policy,
        }
    }

    /// What this server demands.
    pub fn policy(&self) -> &ServerPolicy {
        &self.policy
    }

    /// A challenge header field for each algorithm, with a new nonce. `stale` says that only
    /// the last nonce was wrong: see [`Refusal::is_stale`].
    pub fn challenge(&mut self, now: Instant, target: AuthTarget, stale: bool) -> Vec<HeaderField> {
        let nonce = self.mint.issue(now);
        let policy = &self.policy;
        let template = Challenge {
            realm: policy.realm.clone(),
            nonce,
            opaque: policy.opaque.clone(),
            algorithm: None,
            qop: (!policy.qop.is_empty())
                .then(|| policy.qop.iter().map(ToString::to_string).collect()),
            stale,
            userhash: policy.userhash,
            charset: policy.charset_utf8.then(|| "UTF-8".to_owned()),
            ..Challenge::default()
        };
        self.algorithms()
            .iter()
            .map(|algorithm| {
                let challenge = Challenge {
                    algorithm: Some(algorithm.name().to_owned()),
                    ..template.clone()
                };
                HeaderField {
                    name: target.challenge_field(),
                    value: challenge.to_string(),
                }
            })
            .collect()
    }

    /// Judges the credentials of a request: `values` are those of all its Authorization (or
    /// Proxy-Authorization) header fields, of which the one for this realm counts.
    ///
    /// Whether [`Accepted::digest_uri`] is equivalent to the Request-URI is left to the caller:
    /// proxies may have changed the latter on the way.
    pub fn verify(
        &mut self,
        now: Instant,
        values: &[&str],
        request: &RequestFacts<'_>,
        secrets: &impl SecretSource,
    ) -> Result<Accepted, Refusal> {
        let credentials = self.find_credentials(values)?;
        let algorithm = self.agreed_algorithm(&credentials)?;
        let qop = self.agreed_qop(&credentials)?;
        let count = nonce_count(&credentials, qop)?;

        let (username, user_key) = self.resolve_user(&credentials, algorithm, secrets)?;

        let cnonce = credentials.cnonce.as_deref().unwrap_or_default();
        let known_first = self.uses.session_first(&credentials.nonce);
        let is_known = known_first.is_some();
        let first = known_first.unwrap_or((&credentials.nonce, cnonce));
        let first = (first.0.to_owned(), first.1.to_owned());
        let key = session_key(algorithm, &user_key, (&first.0, &first.1));
        if let Err(reason) = check_response(&credentials, algorithm, qop, &key, request) {
            // Without the beginning of a session its later requests cannot be judged.
            let is_lost = algorithm.is_session() && !is_known && count.is_some_and(|c| c > 1);
            return Err(if is_lost {
                Refusal::Stale
            } else {
                Refusal::Wrong(reason)
            });
        }

        self.check_nonce(now, &credentials.nonce, count)?;
        let next_nonce = self.policy.next_nonce.then(|| self.mint.issue(now));
        if algorithm.is_session() {
            if !is_known {
                self.uses.begin_session(&credentials.nonce, first.clone());
            }
            // The session, and with it A1, outlives its nonce (RFC 7616 3.4.2).
            if let Some(next) = &next_nonce {
                self.uses.begin_session(next, first);
            }
        }
        Ok(Accepted::new(
            username,
            algorithm,
            qop,
            count,
            key,
            next_nonce,
            credentials,
        ))
    }

    /// Number of nonces remembered at present.
    pub fn nonces_in_use(&self) -> usize {
        self.uses.len()
    }

    fn algorithms(&self) -> &[Algorithm] {
        if self.policy.algorithms.is_empty() {
            &[Algorithm::Md5]
        } else {
            &self.policy.algorithms
        }
    }

    fn find_credentials(&self, values: &[&str]) -> Result<Authorization, Refusal> {
        let mut fault = Refusal::Missing;
        for value in values {
            match Authorization::parse(value) {
                Ok(credentials) if credentials.realm == self.policy.realm => {
                    return Ok(credentials);
                }
                // Credentials for other realms and schemes are for other servers.
                Ok(_) | Err(AuthorizationError::Scheme { .. }) => {}
                Err(error) => fault = Refusal::Malformed(error),
            }
        }
        Err(fault)
    }

    fn agreed_algorithm(&self, credentials: &Authorization) -> Result<Algorithm, Refusal> {
        credentials
            .algorithm()
            .filter(|algorithm| self.algorithms().contains(algorithm))
            .ok_or_else(|| {
                let found = credentials.algorithm.as_deref().unwrap_or("MD5");
                Refusal::Wrong(WrongReason::AlgorithmNotOffered {
                    found: found.to_owned(),
                })
            })
    }

    fn agreed_qop(&self, credentials: &Authorization) -> Result<Option<Qop>, Refusal> {
        let offered = &self.policy.qop;
        let Some(found) = &credentials.qop else {
            if offered.is_empty() || self.policy.accept_without_qop {
                return Ok(None);
            }
            return Err(Refusal::Wrong(WrongReason::QopMissing));
        };
        Qop::from_token(found)
            .filter(|qop| offered.is_empty() || offered.contains(qop))
            .map(Some)
            .ok_or_else(|| {
                Refusal::Wrong(WrongReason::QopNotOffered {
                    found: found.clone(),
                })
            })
    }

    /// The user's name in clear and H(username:realm:password).
    fn resolve_user(
        &self,
        credentials: &Authorization,
        algorithm: Algorithm,
        secrets: &impl SecretSource,
    ) -> Result<(String, String), Refusal> {
        let realm = &self.policy.realm;
        let unknown = || Refusal::UnknownUser {
            username: credentials.username.clone(),
        };
        let username = if credentials.userhash {
            let is_wanted = |name: &str| {
                user_hash(algorithm.hash(), name, realm).eq_ignore_ascii_case(&credentials.username)
            };
            secrets.find_user(&is_wanted).ok_or_else(unknown)?
        } else {
            credentials.username.clone()
        };
        let secret = secrets.secret(&username, realm).ok_or_else(unknown)?;
        let user_key = secret
            .user_key(algorithm, &username, realm)
            .ok_or(Refusal::Wrong(WrongReason::NoSecretFor { algorithm }))?;
        Ok((username, user_key))
    }

    /// The nonce is looked at last: only a client that knows the secret may hear "stale"
    /// (RFC 2617 3.2.1).
    fn check_nonce(
        &mut self,
        now: Instant,
        nonce: &str,
        count: Option<u32>,
    ) -> Result<(), Refusal> {
        let lifetime = self.policy.nonce_lifetime;
        let (mint, uses) = (&self.mint, &mut self.uses);
        // Only own nonces are remembered.
        uses.purge(|own| mint.has_expired(now, own, lifetime));
        if mint.state(now, nonce, lifetime) != NonceState::Fresh {
            return Err(Refusal::Stale);
        }
        let Some(count) = count.filter(|_| self.policy.check_nonce_count) else {
            return Ok(());
        };
        if uses.has_forgotten(nonce) {
            return Err(Refusal::Stale);
        }
        if uses.note(nonce, count) {
            Ok(())
        } else {
            Err(Refusal::Replay { count })
        }
    }
}

fn check_response(
    credentials: &Authorization,
    algorithm: Algorithm,
    qop: Option<Qop>,
    key: &str,
    request: &RequestFacts<'_>,
) -> Result<(), WrongReason> {
    let nc = credentials.nc.as_deref().unwrap_or_default();
    let cnonce = credentials.cnonce.as_deref().unwrap_or_default();
    let input = DigestInput {
        hash: algorithm.hash(),
        key,
        nonce: &credentials.nonce,
        protection: qop.map(|qop| (qop, nc, cnonce)),
        uri: &credentials.uri,
        body: request.body,
    };
    let expected = input.response(request.method);
    if credentials.response.eq_ignore_ascii_case(&expected) {
        return Ok(());
    }
    Err(WrongReason::Response {
        expected,
        received: credentials.response.clone(),
    })
}

fn nonce_count(credentials: &Authorization, qop: Option<Qop>) -> Result<Option<u32>, Refusal> {
    if qop.is_none() {
        return Ok(None);
    }
    match credentials.nonce_count() {
        Some(count) if count > 0 => Ok(Some(count)),
        _ => Err(Refusal::Malformed(AuthorizationError::Value {
            name: "nc",
            found: credentials.nc.clone().unwrap_or_default(),
            expected: "hexadecimal digits, 00000001 or more",
        })),
    }
}
