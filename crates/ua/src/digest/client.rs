//! The client: which challenge to answer, with which credentials, and when to stop.

use std::net::SocketAddr;

use super::session::{Sent, Session};
use super::{
    AlgorithmOrder, AuthOutcome, AuthTarget, AuthenticationInfo, Challenge, ClientKnobs,
    ClientPolicy, Credentials, GiveUp, HeaderField, InfoOutcome, InfoRefusal, Qop, RequestFacts,
};

/// What one request has sent and met; make a new one for each request, keep it over the
/// repetitions with credentials.
#[derive(Debug, Clone, Default)]
pub struct AuthAttempt {
    /// The next hop, where it is known: a session serves only the one that began it.
    peer: Option<SocketAddr>,
    sent: Vec<Sent>,
}

impl AuthAttempt {
    /// A request that goes to this next hop. Sessions that another one began are not for it
    /// (RFC 3261 22.2: for requests to the same destination; RFC 7616 3.3: for the responding
    /// server), so that nobody gets credentials who did not ask for them.
    pub fn to(peer: SocketAddr) -> Self {
        Self {
            peer: Some(peer),
            sent: Vec::new(),
        }
    }

    /// True if the request, as last sent, carries credentials of a session.
    pub const fn has_credentials(&self) -> bool {
        !self.sent.is_empty()
    }
}

/// A client's credentials and authentication sessions.
///
/// For each request: [`ClientAuth::authorize`] first, whose header fields go into it. For each
/// 401 or 407 to it: [`ClientAuth::challenged`], which gives the complete set of credentials
/// for the repetition (with a higher CSeq, RFC 3261 22.2) or a reason to stop. For each success
/// with an information header field: [`ClientAuth::informed`].
///
/// An ACK repeats the credentials of its INVITE and CANCEL has none (RFC 3261 22.1): both go
/// past this type.
#[derive(Debug, Clone, Default)]
pub struct ClientAuth {
    policy: ClientPolicy,
    knobs: ClientKnobs,
    /// By realm; `None` serves every realm without an entry of its own.
    credentials: Vec<(Option<String>, Credentials)>,
    /// Least recently used first.
    sessions: Vec<Session>,
}

impl ClientAuth {
    /// A client without credentials.
    pub fn new(policy: ClientPolicy) -> Self {
        Self {
            policy,
            ..Self::default()
        }
    }

    /// Sets the credentials of a realm, or with `None` those for every other realm.
    ///
    /// Sessions of that realm begin anew.
    pub fn add_credentials(&mut self, realm: Option<&str>, credentials: Credentials) {
        self.credentials.retain(|(r, _)| r.as_deref() != realm);
        self.credentials
            .push((realm.map(str::to_owned), credentials));
        self.sessions
            .retain(|session| realm.is_some_and(|realm| session.challenge.realm != realm));
    }

    /// The faults to commit.
    pub fn knobs_mut(&mut self) -> &mut ClientKnobs {
        &mut self.knobs
    }

    /// How this client chooses.
    pub fn policy_mut(&mut self) -> &mut ClientPolicy {
        &mut self.policy
    }

    /// Forgets all sessions, so that the next request goes out without credentials.
    pub fn forget_sessions(&mut self) {
        self.sessions.clear();
    }

    /// The nonce of the latest session with a target and realm, and how many requests used it.
    pub fn cached_nonce(&self, target: AuthTarget, realm: &str) -> Option<(&str, u32)> {
        self.sessions
            .iter()
            .rfind(|session| session.is_of(target, realm))
            .map(|session| (session.challenge.nonce.as_str(), session.nonce_count))
    }

    /// Credentials for a new request from sessions that exist already.
    pub fn authorize(
        &mut self,
        attempt: &mut AuthAttempt,
        request: &RequestFacts<'_>,
        rng: &mut fastrand::Rng,
    ) -> Vec<HeaderField> {
        attempt.sent.clear();
        if !self.policy.preemptive {
            return Vec::new();
        }
        self.reuse(attempt, request, rng)
    }

    /// The same whatever the policy says.
    pub fn reuse(
        &mut self,
        attempt: &mut AuthAttempt,
        request: &RequestFacts<'_>,
        rng: &mut fastrand::Rng,
    ) -> Vec<HeaderField> {
        attempt.sent.clear();
        let mut fields = Vec::new();
        let peer = attempt.peer;
        for session in self.sessions.iter_mut().filter(|s| s.peer == peer) {
            let (value, sent) = session.answer(request, (&self.knobs, self.policy.uri), rng);
            fields.push(HeaderField {
                name: session.target.credentials_field(),
                value,
            });
            attempt.sent.push(sent);
        }
        fields
    }

    /// Answers the challenges of a response: the values of all WWW-Authenticate and
    /// Proxy-Authenticate header fields, each in its order of appearance.
    ///
    /// Several targets and realms are answered at once, as far as there are credentials
    /// (RFC 3261 22.3). Credentials that were just rejected are never sent again, except with
    /// a new nonce where the old one was stale or had been used without being asked for
    /// (RFC 3261 22.2).
    pub fn challenged(
        &mut self,
        attempt: &mut AuthAttempt,
        challenges: &[(AuthTarget, &str)],
        request: &RequestFacts<'_>,
        rng: &mut fastrand::Rng,
    ) -> AuthOutcome {
        let mut problem = GiveUp::NoChallenge;
        let mut realms: Vec<(AuthTarget, Vec<Challenge>)> = Vec::new();
        for (target, value) in challenges {
            for challenge in Challenge::parse_all(value) {
                let challenge = match challenge {
                    Ok(challenge) => challenge,
                    Err(error) => {
                        problem = GiveUp::BadChallenge(error);
                        continue;
                    }
                };
                let same = realms
                    .iter_mut()
                    .find(|(t, list)| t == target && list[0].realm == challenge.realm);
                match same {
                    Some((_, list)) => list.push(challenge),
                    None => realms.push((*target, vec![challenge])),
                }
            }
        }

        let mut answered: Vec<(AuthTarget, String, u32)> = Vec::new();
        for (target, offered) in realms {
            let session = match self.choose((attempt.peer, target), &offered) {
                Ok(session) => session,
                Err(reason) => {
                    problem = reason;
                    continue;
                }
            };
            let realm = session.challenge.realm.clone();
            let stale_retries = match self.admit(attempt, &session) {
                Ok(stale_retries) => stale_retries,
                Err(reason) => {
                    self.sessions
                        .retain(|s| !s.is_for(attempt.peer, target, &realm));
                    return AuthOutcome::GiveUp(reason);
                }
            };
            answered.push((target, realm, stale_retries));
            self.begin(session);
        }
        if answered.is_empty() {
            return AuthOutcome::GiveUp(problem);
        }
        AuthOutcome::Retry(self.repeat(attempt, &answered, request, rng))
    }

    /// Takes in an Authentication-Info or Proxy-Authentication-Info value of a success
    /// response with this body: checks the server's proof, moves to the next nonce.
    pub fn informed(
        &mut self,
        attempt: &AuthAttempt,
        target: AuthTarget,
        value: &str,
        response_body: &[u8],
    ) -> Result<InfoOutcome, InfoRefusal> {
        let info = AuthenticationInfo::parse(value)?;
        let mut candidates = attempt.sent.iter().filter(|sent| sent.target == target);
        let sent = match &info.cnonce {
            // The header field names no realm; the client nonce tells which answer is meant.
            Some(cnonce) => candidates
                .clone()
                .find(|sent| sent.cnonce() == Some(cnonce))
                .or_else(|| candidates.next()),
            None => candidates.next(),
        }
        .ok_or(InfoRefusal::NotAsked {
            field: target.info_field(),
        })?;
        let proof = sent.check(&info, response_body)?;
        let mut next_nonce = false;
        if let Some(nonce) = info.nextnonce
            && let Some(session) = self
                .sessions
                .iter_mut()
                .find(|session| session.is_for(attempt.peer, target, &sent.realm))
        {
            next_nonce = true;
            session.challenge.nonce = nonce;
            session.nonce_count = 0;
        }
        Ok(InfoOutcome { proof, next_nonce })
    }

    /// The session that answers the best of the challenges of one target and realm.
    fn choose(
        &self,
        (peer, target): (Option<SocketAddr>, AuthTarget),
        offered: &[Challenge],
    ) -> Result<Session, GiveUp> {
        let realm = &offered[0].realm;
        let credentials = self
            .credentials_for(realm)
            .ok_or_else(|| GiveUp::NoCredentials {
                realm: realm.clone(),
            })?;
        let mut best: Option<(usize, Session)> = None;
        for challenge in offered {
            let Some(algorithm) = challenge.algorithm() else {
                continue;
            };
            let rank = self.policy.algorithms.iter().position(|a| *a == algorithm);
            let key = credentials
                .secret
                .user_key(algorithm, &credentials.username, realm);
            let (Some(rank), Some(user_key), Ok(qop)) = (rank, key, self.qop_for(challenge)) else {
                continue;
            };
            if best.as_ref().is_some_and(|(other, _)| *other <= rank) {
                continue;
            }
            let session = Session {
                peer,
                target,
                algorithm,
                qop,
                username: credentials.username.clone(),
                user_key,
                userhash: challenge.userhash && self.policy.userhash,
                nonce_count: 0,
                first: None,
                challenge: challenge.clone(),
            };
            if self.policy.order == AlgorithmOrder::Server {
                return Ok(session);
            }
            best = Some((rank, session));
        }
        best.map(|(_, session)| session)
            .ok_or_else(|| GiveUp::Unsupported {
                realm: realm.clone(),
                offered: offered.iter().map(describe).collect::<Vec<_>>().join("; "),
            })
    }

    /// The quality of protection to use, which may be none at all.
    fn qop_for(&self, challenge: &Challenge) -> Result<Option<Qop>, NoCommonQop> {
        match &challenge.qop {
            Some(tokens) if !tokens.is_empty() => self
                .policy
                .qop
                .iter()
                .find(|qop| challenge.offers(**qop))
                .map(|qop| Some(*qop))
                .ok_or(NoCommonQop),
            _ if self.policy.without_qop => Ok(None),
            _ => Err(NoCommonQop),
        }
    }

    fn credentials_for(&self, realm: &str) -> Option<&Credentials> {
        let of = |wanted: Option<&str>| {
            self.credentials
                .iter()
                .find(|(r, _)| r.as_deref() == wanted)
                .map(|(_, credentials)| credentials)
        };
        of(Some(realm)).or_else(|| of(None))
    }

    /// Whether this request may answer once more; gives the stale nonces met so far.
    fn admit(&self, attempt: &AuthAttempt, session: &Session) -> Result<u32, GiveUp> {
        let challenge = &session.challenge;
        let Some(sent) = attempt
            .sent
            .iter()
            .find(|sent| session.is_of(sent.target, &sent.realm))
        else {
            return Ok(0);
        };
        let new_nonce = sent.nonce != challenge.nonce;
        if challenge.stale {
            let stale_retries = sent.stale_retries + 1;
            if new_nonce && stale_retries <= self.policy.stale_retries_max {
                return Ok(stale_retries);
            }
            return Err(GiveUp::StaleLoop {
                realm: challenge.realm.clone(),
                retries: sent.stale_retries,
            });
        }
        // Many servers forget their nonces without saying stale=true.
        if sent.unasked && new_nonce {
            return Ok(sent.stale_retries);
        }
        Err(GiveUp::Rejected {
            realm: challenge.realm.clone(),
            username: sent.username.clone(),
        })
    }

    fn begin(&mut self, session: Session) {
        let realm = &session.challenge.realm;
        self.sessions
            .retain(|s| !s.is_for(session.peer, session.target, realm));
        let surplus = (self.sessions.len() + 1).saturating_sub(self.policy.sessions_max.max(1));
        self.sessions.drain(..surplus);
        self.sessions.push(session);
    }

    /// Credentials for the repetition: for every realm just answered or answered before.
    fn repeat(
        &mut self,
        attempt: &mut AuthAttempt,
        answered: &[(AuthTarget, String, u32)],
        request: &RequestFacts<'_>,
        rng: &mut fastrand::Rng,
    ) -> Vec<HeaderField> {
        let before = std::mem::take(&mut attempt.sent);
        let mut fields = Vec::new();
        let peer = attempt.peer;
        for session in self.sessions.iter_mut().filter(|s| s.peer == peer) {
            let now = answered
                .iter()
                .find(|(target, realm, _)| session.is_of(*target, realm));
            let old = before
                .iter()
                .find(|sent| session.is_of(sent.target, &sent.realm));
            if now.is_none() && old.is_none() {
                continue;
            }
            let (value, mut sent) = session.answer(request, (&self.knobs, self.policy.uri), rng);
            sent.unasked = now.is_none() && old.is_some_and(|old| old.unasked);
            sent.stale_retries = match (now, old) {
                (Some((_, _, retries)), _) => *retries,
                (None, Some(old)) => old.stale_retries,
                (None, None) => 0,
            };
            fields.push(HeaderField {
                name: session.target.credentials_field(),
                value,
            });
            attempt.sent.push(sent);
        }
        fields
    }
}

/// The challenge offers no quality of protection that the policy allows.
struct NoCommonQop;

fn describe(challenge: &Challenge) -> String {
    let algorithm = challenge.algorithm.as_deref().unwrap_or("MD5");
    match &challenge.qop {
        Some(qop) => format!("{algorithm} with qop {}", qop.join(",")),
        None => format!("{algorithm} without qop"),
    }
}
