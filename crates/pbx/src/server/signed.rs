//! Signed calls: what is found in their Identity, and what the server signs itself (RFC 8224 5, 6).

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use gannet_sip::{HeaderName, Message, NameAddr, Scheme, Uri};
use gannet_stir::{
    CallFacts, Fetched, Outcome, Party, SignOrder, Unavailable, Verdict, facts_of, identities_of,
};
use gannet_ua::Target;
use gannet_ua::endpoint::CallId;

use super::calling::Admitted;
use super::place::refusal;
use super::state::Server;
use crate::event::PbxEvent;
use crate::stir::{IdentityRule, PbxStir};

/// A call that may go on, but for its Identity.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(super) leg: CallId,
    pub(super) source: Target,
    pub(super) replaces: Option<CallId>,
    pub(super) admitted: Admitted,
}

/// A call whose Identity was looked at.
#[derive(Debug)]
pub(crate) struct Examined {
    arrived: Arrived,
    outcome: Outcome,
}

impl Server {
    /// Lets a call go on, after its Identity was judged if that is asked for. Certificates are fetched on
    /// another thread; the server goes on with other calls meanwhile.
    pub(super) fn examine(&mut self, now: Instant, arrived: Arrived, invite: &Message) {
        let Some(stir) = self.config.stir.clone() else {
            return self.begin_call(now, arrived);
        };
        if stir.rule == IdentityRule::Ignore {
            return self.begin_signed(now, arrived);
        }
        let facts = match facts_of(invite) {
            Ok(facts) => facts,
            Err(error) => {
                let reply = refusal(400, &error.to_string());
                return self.endpoint.reject(now, arrived.leg, reply);
            }
        };
        let identities = identities_of(invite);
        self.judging.insert(arrived.leg);
        self.examinations.spawn_blocking(move || Examined {
            outcome: judge(&stir, &facts, &identities),
            arrived,
        });
    }

    /// Whether calls are being looked at.
    pub(crate) fn is_examining(&self) -> bool {
        !self.examinations.is_empty()
    }

    /// Goes on with a call, or refuses it.
    pub(crate) fn handle_examined(&mut self, now: Instant, examined: Examined) {
        let Examined {
            mut arrived,
            outcome,
        } = examined;
        // Its caller may have given up meanwhile.
        if !self.judging.remove(&arrived.leg) {
            return;
        }
        let rule = self.config.stir.as_ref().map(|stir| stir.rule);
        let verdict = outcome.verdict;
        let refused = match rule.unwrap_or_default() {
            IdentityRule::Require => verdict != Verdict::Valid,
            // Who does not know an extension treats the call as without Identity (RFC 8225 8.1).
            IdentityRule::Refuse => !matches!(
                verdict,
                Verdict::Valid | Verdict::NoIdentity | Verdict::UnknownExtension
            ),
            IdentityRule::Mark | IdentityRule::Ignore => false,
        };
        if refused {
            let what = format!("a call is refused by its Identity: {}", outcome.explain());
            self.emit(PbxEvent::Trouble { what });
            let mut reply = refusal(verdict.code(), verdict.phrase());
            if let Some(reason) = verdict.reason() {
                reply = reply.header("Reason", reason);
            }
            return self.endpoint.reject(now, arrived.leg, reply);
        }
        if rule == Some(IdentityRule::Mark) {
            mark(&mut arrived, verdict);
        }
        self.begin_signed(now, arrived);
    }

    /// Signs what a user of this server says without a token, and does not want to hide.
    fn begin_signed(&mut self, now: Instant, mut arrived: Arrived) {
        let signing = self
            .config
            .stir
            .as_ref()
            .and_then(|stir| stir.signing.as_ref());
        let asked = &mut arrived.admitted.asked;
        let named = |name: &str, wanted| HeaderName::from_bytes(name.as_bytes()) == wanted;
        let is_signed = asked
            .headers
            .iter()
            .any(|(name, _)| named(name, HeaderName::Identity));
        let is_ours = arrived.admitted.caller.user().is_some();
        if let Some(signing) = signing
            && is_ours
            && !is_signed
            && !asked.privacy.hides_caller()
        {
            let order = SignOrder::shaken(signing.attest, &signing.origid);
            let parties = (&asked.from.uri, &asked.to.uri);
            match signing.signer.fields(&order, parties, wall_clock()) {
                Ok(fields) => {
                    asked
                        .headers
                        .retain(|(name, _)| !named(name, HeaderName::Date));
                    asked.headers.extend(fields);
                }
                Err(error) => {
                    let what = format!("a call is not signed: {error}");
                    self.emit(PbxEvent::Trouble { what });
                }
            }
        }
        self.begin_call(now, arrived);
    }
}

fn judge(stir: &PbxStir, facts: &CallFacts, identities: &[String]) -> Outcome {
    let source = |uri: &str| match stir.pages.get(uri) {
        Ok(page) => Ok(Fetched {
            content_type: page.content_type,
            octets: page.body,
        }),
        Err(error) => Err(Unavailable {
            what: error.to_string(),
        }),
    };
    stir.verifier
        .verify(facts, identities, &source, wall_clock())
}

/// Seconds since 1970 began.
fn wall_clock() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// Tells the callee what was found, in From and, if there is one, in P-Asserted-Identity.
fn mark(arrived: &mut Arrived, verdict: Verdict) {
    let asked = &mut arrived.admitted.asked;
    mark_uri(&mut asked.from.uri, verdict.verstat());
    if let Some(identity) = &asked.identity
        && let Ok(mut address) = NameAddr::parse("P-Asserted-Identity", identity)
    {
        mark_uri(&mut address.uri, verdict.verstat());
        asked.identity = Some(address.to_string());
    }
}

/// `verstat` is a parameter of the number: it stands behind the number in the user part of a SIP URI
/// (3GPP TS 24.229 7.2A.20). Of a caller without a number it is one of the URI.
fn mark_uri(uri: &mut Uri, verstat: &str) {
    let is_number = uri.scheme != Scheme::Tel && matches!(Party::of_uri(uri), Party::Tn(_));
    match &mut uri.user {
        Some(user) if is_number => {
            user.push_str(";verstat=");
            user.push_str(verstat);
        }
        _ => uri.params.set("verstat", verstat),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_marked_where_each_has_its_parameters() {
        for (uri, marked) in [
            (
                "sip:1001@a.example",
                "sip:1001;verstat=No-TN-Validation@a.example",
            ),
            (
                "sip:alice@a.example;user=x",
                "sip:alice@a.example;user=x;verstat=No-TN-Validation",
            ),
            ("tel:+1-212", "tel:+1-212;verstat=No-TN-Validation"),
        ] {
            let mut read = Uri::parse(uri).expect("a URI");
            mark_uri(&mut read, Verdict::NoIdentity.verstat());
            assert_eq!(read.to_string(), marked);
        }
    }
}
