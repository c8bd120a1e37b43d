//! `verifyauth`: whether the credentials of a request are right (RFC 7616 3.4.6).

use gannet_scenario::sipp::model::VerifyAuth;
use gannet_sip::HeaderName;
use gannet_ua::digest::{OctetDigest, Protection, auth_value};

use super::run::Stop;
use crate::sipp::received::Received;
use crate::sipp::state::CallState;
use crate::sipp::text::{At, Env, Scheme, rendered};

/// Stores whether user and password are those of the request.
pub(super) fn verify(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    verify: &VerifyAuth,
    received: Option<&Received<'_>>,
) -> Result<(), Stop> {
    let user = rendered(env, state, at, &verify.username)?;
    let password = rendered(env, state, at, &verify.password)?;
    let is_right = match received {
        Some(received) => is_right(received, &user, &password),
        None => {
            let last = env.common.scratch.last(state);
            last.is_some_and(|last| is_right(&last, &user, &password))
        }
    };
    env.variable_mut(state, verify.to).set_truth(is_right);
    env.common.scratch.give(user);
    env.common.scratch.give(password);
    Ok(())
}

fn is_right(request: &Received<'_>, user: &[u8], password: &[u8]) -> bool {
    let own = request.values(HeaderName::Authorization);
    let mut all = own.chain(request.values(HeaderName::ProxyAuthorization));
    let (Some(credentials), Some(method)) = (all.next(), request.method()) else {
        return false;
    };
    let value = |name: &str| auth_value(credentials, name);
    let (Some(realm), Some(nonce), Some(uri), Some(response)) = (
        value("realm"),
        value("nonce"),
        value("uri"),
        value("response"),
    ) else {
        return false;
    };
    let Ok((scheme @ Scheme::Password(_), _)) = Scheme::of(value("algorithm")) else {
        return false;
    };
    if value("username").is_some_and(|name| name != user) {
        return false;
    }
    let hash = scheme.hash();
    let cnonce = value("cnonce");
    let mut key = hash.joined(&[user, realm, password]);
    if scheme.is_session() {
        let Some(cnonce) = cnonce else {
            return false;
        };
        key = hash.joined(&[key.as_bytes(), nonce, cnonce]);
    }
    let protection = match value("qop").filter(|qop| !qop.is_empty()) {
        None => None,
        Some(qop) => {
            let (Some(nc), Some(cnonce)) = (value("nc"), cnonce) else {
                return false;
            };
            Some(Protection { qop, nc, cnonce })
        }
    };
    let expected = OctetDigest {
        hash,
        key: key.as_bytes(),
        nonce,
        protection,
        method,
        uri,
        body: request.body(),
    }
    .response();
    expected.as_bytes().eq_ignore_ascii_case(response)
}
