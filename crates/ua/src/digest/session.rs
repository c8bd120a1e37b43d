//! One authentication session of a client, and what one request sent of it.

use std::net::SocketAddr;

use super::authorization::write_credentials;
use super::compute::{session_key, user_hash};
use super::{
    Algorithm, AuthParam, AuthTarget, AuthenticationInfo, Authorization, Challenge, ClientKnobs,
    DigestInput, Hash, InfoRefusal, Qop, RequestFacts, ServerProof, UriChoice,
};

/// A session: from a challenge to the next one of the same peer, target and realm
/// (RFC 7616 3.6).
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// The next hop that the challenge came from, where it is known.
    pub(super) peer: Option<SocketAddr>,
    pub(super) target: AuthTarget,
    pub(super) challenge: Challenge,
    pub(super) algorithm: Algorithm,
    pub(super) qop: Option<Qop>,
    pub(super) username: String,
    /// H(username:realm:password).
    pub(super) user_key: String,
    /// Whether the user name is sent hashed.
    pub(super) userhash: bool,
    /// Requests sent with the present nonce.
    pub(super) nonce_count: u32,
    /// Nonce and client nonce of the first request, which A1 of a `-sess` algorithm is bound
    /// to for the whole session (RFC 7616 3.4.2).
    pub(super) first: Option<(String, String)>,
}

/// What a request said about itself, kept to understand the answer.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) target: AuthTarget,
    pub(super) realm: String,
    pub(super) nonce: String,
    pub(super) username: String,
    /// Whether the credentials went out without a challenge to this very request.
    pub(super) unasked: bool,
    /// Challenges with stale=true that this request has met so far.
    pub(super) stale_retries: u32,
    pub(super) hash: Hash,
    pub(super) key: String,
    pub(super) protection: Option<(Qop, String, String)>,
    pub(super) uri: String,
}

impl Session {
    /// Whether the session belongs to a target and realm, whatever the peer. Realms compare octet
    /// by octet.
    pub(super) fn is_of(&self, target: AuthTarget, realm: &str) -> bool {
        self.target == target && self.challenge.realm == realm
    }

    /// Whether the session belongs to a target and realm at a peer.
    pub(super) fn is_for(&self, peer: Option<SocketAddr>, target: AuthTarget, realm: &str) -> bool {
        self.peer == peer && self.is_of(target, realm)
    }

    /// Credentials for one more request.
    pub(super) fn answer(
        &mut self,
        request: &RequestFacts<'_>,
        (knobs, choice): (&ClientKnobs, UriChoice),
        rng: &mut fastrand::Rng,
    ) -> (String, Sent) {
        self.nonce_count = self.nonce_count.saturating_add(1);
        let nonce = self.challenge.nonce.clone();
        let cnonce = self.client_nonce(knobs, rng);
        let first = self
            .first
            .get_or_insert_with(|| (nonce.clone(), cnonce.clone()));
        let key = session_key(self.algorithm, &self.user_key, (&first.0, &first.1));
        let nc = format!("{:08x}", knobs.nonce_count.unwrap_or(self.nonce_count));
        let hash = self.algorithm.hash();
        let protection = self.qop.map(|qop| (qop, nc, cnonce.clone()));
        let uri = knobs.uri.clone().unwrap_or_else(|| choice.of(request.uri));
        let input = DigestInput {
            hash,
            key: &key,
            nonce: &nonce,
            protection: protection
                .as_ref()
                .map(|(qop, nc, cnonce)| (*qop, nc.as_str(), cnonce.as_str())),
            uri: &uri,
            body: request.body,
        };
        let mut response = input.response(request.method);
        if knobs.wrong_response {
            let digit = if response.starts_with('0') { "1" } else { "0" };
            response.replace_range(..1, digit);
        }
        let realm = self.challenge.realm.clone();
        let credentials = Authorization {
            username: if self.userhash {
                user_hash(hash, &self.username, &realm)
            } else {
                self.username.clone()
            },
            realm,
            nonce,
            uri,
            response,
            algorithm: self.challenge.algorithm.clone(),
            // RFC 7616 3.4: MUST NOT be sent if the server offered no qop; but a -sess
            // algorithm cannot be checked without it.
            cnonce: (self.qop.is_some() || self.algorithm.is_session()).then_some(cnonce),
            opaque: self.challenge.opaque.clone(),
            qop: protection.as_ref().map(|(qop, _, _)| qop.to_string()),
            nc: protection.as_ref().map(|(_, nc, _)| nc.clone()),
            userhash: self.userhash,
            other: Vec::new(),
        };
        let text = written(&credentials, knobs);
        let sent = Sent {
            target: self.target,
            realm: credentials.realm,
            nonce: credentials.nonce,
            username: self.username.clone(),
            unasked: true,
            stale_retries: 0,
            hash,
            key,
            protection,
            uri: credentials.uri,
        };
        (text, sent)
    }

    /// A fresh client nonce for each request; but a session algorithm keeps its first one, so
    /// that servers that take A1 from the nonces of the present request agree as well.
    fn client_nonce(&self, knobs: &ClientKnobs, rng: &mut fastrand::Rng) -> String {
        if let Some(cnonce) = &knobs.cnonce {
            return cnonce.clone();
        }
        match &self.first {
            Some((_, cnonce)) if self.algorithm.is_session() => cnonce.clone(),
            _ => format!("{:016x}", rng.u64(..)),
        }
    }
}

impl Sent {
    /// The client nonce, if the answer has one.
    pub(super) fn cnonce(&self) -> Option<&String> {
        self.protection.as_ref().map(|(_, _, cnonce)| cnonce)
    }

    /// Checks what an information header field says about this request (RFC 7616 3.5).
    pub(super) fn check(
        &self,
        info: &AuthenticationInfo,
        response_body: &[u8],
    ) -> Result<ServerProof, InfoRefusal> {
        let Some((qop, nc, cnonce)) = &self.protection else {
            return self.check_proof(info, None, response_body);
        };
        let pairs = [("cnonce", cnonce, &info.cnonce), ("nc", nc, &info.nc)];
        for (name, expected, received) in pairs {
            if let Some(received) = received
                && !received.eq_ignore_ascii_case(expected)
            {
                return Err(InfoRefusal::Differs {
                    name,
                    expected: expected.clone(),
                    received: received.clone(),
                });
            }
        }
        // The response may be protected better or worse than the request.
        let qop = info
            .qop
            .as_deref()
            .and_then(Qop::from_token)
            .unwrap_or(*qop);
        self.check_proof(info, Some((qop, nc, cnonce)), response_body)
    }

    fn check_proof(
        &self,
        info: &AuthenticationInfo,
        protection: Option<(Qop, &str, &str)>,
        body: &[u8],
    ) -> Result<ServerProof, InfoRefusal> {
        let Some(received) = &info.rspauth else {
            return Ok(ServerProof::Absent);
        };
        let input = DigestInput {
            hash: self.hash,
            key: &self.key,
            nonce: &self.nonce,
            protection,
            uri: &self.uri,
            body,
        };
        let expected = input.rspauth();
        if received.eq_ignore_ascii_case(&expected) {
            return Ok(ServerProof::Verified);
        }
        Err(InfoRefusal::Differs {
            name: "rspauth",
            expected,
            received: received.clone(),
        })
    }
}

/// The header field value, with the knobs that concern the written parameters only.
fn written(credentials: &Authorization, knobs: &ClientKnobs) -> String {
    if knobs.omit.is_empty() && knobs.replace.is_empty() {
        return credentials.text();
    }
    write_credentials(&turned(credentials.to_params(), knobs))
}

/// Applies the knobs that concern the written parameters only.
fn turned(mut params: Vec<AuthParam>, knobs: &ClientKnobs) -> Vec<AuthParam> {
    params.retain(|param| !knobs.omit.iter().any(|name| param.is(name)));
    for wanted in &knobs.replace {
        match params.iter_mut().find(|param| param.is(&wanted.name)) {
            Some(param) => *param = wanted.clone(),
            None => params.push(wanted.clone()),
        }
    }
    params
}
