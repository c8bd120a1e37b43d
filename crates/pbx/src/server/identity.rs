//! Who sends a request (RFC 3261 22, RFC 7616).

use std::time::Instant;

use gannet_sip::{HeaderName, Message, Uri};
use gannet_ua::digest::{AuthTarget, Refusal, RequestFacts};
use gannet_ua::endpoint::Reply;

use super::place::refusal;
use super::state::Server;
use crate::config::DigestUri;
use crate::event::PbxEvent;

/// Who sends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A user of this server.
    User(String),
    /// Somebody from elsewhere, by the URI in From.
    Foreign(String),
}

impl Caller {
    /// Name or URI.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::User(name) | Self::Foreign(name) => name,
        }
    }

    /// The name of the user.
    pub(crate) fn user(&self) -> Option<&str> {
        match self {
            Self::User(name) => Some(name),
            Self::Foreign(_) => None,
        }
    }
}

impl Server {
    /// Who sends a request other than REGISTER, or how it is refused or challenged. What From
    /// claims must be proven; a user may hide behind a From of another domain, as privacy does
    /// (RFC 3323 4.1.1.3).
    pub(super) fn identify(
        &mut self,
        now: Instant,
        message: &Message,
        target: AuthTarget,
    ) -> Result<Caller, Reply> {
        self.identify_by(now, message, target, DigestUri::Strict)
    }

    /// The same for a request in a known subscription, by the rule of the configuration.
    pub(super) fn identify_watcher(
        &mut self,
        now: Instant,
        message: &Message,
    ) -> Result<Caller, Reply> {
        let target = self.config.subscribe_challenge;
        self.identify_by(now, message, target, self.config.digest_uri)
    }

    fn identify_by(
        &mut self,
        now: Instant,
        message: &Message,
        target: AuthTarget,
        rule: DigestUri,
    ) -> Result<Caller, Reply> {
        let from = message
            .from()
            .map_err(|error| refusal(400, &error.to_string()))?;
        let own = self.is_own(&from.uri);
        let claimed = from
            .uri
            .user_decoded()
            .filter(|_| own)
            .and_then(|user| self.directory.find(&user))
            .map(|member| member.user.clone());
        match claimed {
            Some(user) if !self.config.auth_required || user.password.is_none() => {
                Ok(Caller::User(user.name))
            }
            Some(user) => {
                let proven = self.authenticate_by(now, message, target, rule)?;
                if proven == user.name {
                    return Ok(Caller::User(user.name));
                }
                self.counters.auth_failures += 1;
                Err(refusal(403, "From Is Not the Authenticated User"))
            }
            None if !own && self.config.allow_foreign => {
                Ok(Caller::Foreign(from.uri.to_aor().to_string()))
            }
            None if !self.config.auth_required => Err(refusal(403, "Unknown Caller")),
            None => {
                let proven = self.authenticate_by(now, message, target, rule)?;
                if own {
                    self.counters.auth_failures += 1;
                    return Err(refusal(403, "From Is Not the Authenticated User"));
                }
                Ok(Caller::User(proven))
            }
        }
    }

    /// The name of the user whose password the request proves, or the challenge. An unknown user
    /// and a wrong password get the same answer as no credentials at all.
    pub(super) fn authenticate(
        &mut self,
        now: Instant,
        message: &Message,
        target: AuthTarget,
    ) -> Result<String, Reply> {
        self.authenticate_by(now, message, target, DigestUri::Strict)
    }

    fn authenticate_by(
        &mut self,
        now: Instant,
        message: &Message,
        target: AuthTarget,
        rule: DigestUri,
    ) -> Result<String, Reply> {
        let field = match target {
            AuthTarget::Origin => HeaderName::Authorization,
            AuthTarget::Proxy => HeaderName::ProxyAuthorization,
        };
        let values: Vec<_> = message
            .headers_named(field)
            .map(|header| header.unfolded().into_owned())
            .collect();
        let values: Vec<_> = values.iter().map(String::as_str).collect();
        let method = message.method();
        let facts = RequestFacts {
            method: method.as_ref().map_or("", |method| method.as_str()),
            uri: message.request_uri_text().unwrap_or_default(),
            body: message.body(),
        };
        match self.digest.verify(now, &values, &facts, &self.directory) {
            Ok(accepted) => {
                // RFC 7616 3.4.6. SIPp and others name the server instead of the Request-URI;
                // any place of ours will do.
                let names_us = || Uri::parse(&accepted.digest_uri).is_ok_and(|u| self.is_own(&u));
                if !is_same_uri(&accepted.digest_uri, facts.uri) && !names_us() {
                    self.judge_digest_uri(rule, &accepted.digest_uri, facts.uri)?;
                }
                let member = self.directory.find_by_auth(&accepted.username);
                member
                    .map(|member| member.user.name.clone())
                    .ok_or_else(|| Reply::new(403))
            }
            Err(Refusal::Malformed(error)) => {
                self.counters.auth_failures += 1;
                Err(refusal(400, &error.to_string()))
            }
            Err(reason) => {
                if reason == Refusal::Missing {
                    self.counters.challenges += 1;
                } else if !reason.is_stale() {
                    self.counters.auth_failures += 1;
                }
                let mut reply = Reply::new(target.status());
                for field in self.digest.challenge(now, target, reason.is_stale()) {
                    reply = reply.header(field.name, field.value);
                }
                Err(reply)
            }
        }
    }
}

impl Server {
    fn judge_digest_uri(
        &mut self,
        rule: DigestUri,
        digest_uri: &str,
        request_uri: &str,
    ) -> Result<(), Reply> {
        match rule {
            DigestUri::Strict => {
                self.counters.auth_failures += 1;
                Err(refusal(400, "Digest uri Is Not the Request-URI"))
            }
            DigestUri::Lenient => {
                self.counters.digest_uri_differences += 1;
                let what = format!("credentials for {digest_uri} in a request to {request_uri}");
                self.emit(PbxEvent::Trouble { what });
                Ok(())
            }
        }
    }
}

fn is_same_uri(digest_uri: &str, request_uri: &str) -> bool {
    let equivalent = || {
        let (one, other) = (Uri::parse(digest_uri).ok()?, Uri::parse(request_uri).ok()?);
        Some(one.is_equivalent(&other))
    };
    digest_uri == request_uri || equivalent().unwrap_or(false)
}
