//! `verifyauth`: whether the credentials of a request are right (RFC 7616 3.4.6).

use gannet_scenario::sipp::model::VerifyAuth;
use gannet_sip::HeaderName;
use gannet_ua::digest::{OctetDigest, Protection, auth_value};

use super::run::Stop;
use crate::sipp::received::Received;
use crate::sipp::state::CallState;
use crate::sipp::text::{At, Env, Scheme, rendered};

/// Stores whether user and password are those of the request's Authorization. As in SIPp what is meant for
/// a proxy is not looked at.
pub(super) fn verify(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    verify: &VerifyAuth,
    received: Option<&Received<'_>>,
) -> Result<(), Stop> {
    let user = rendered(env, state, at, &verify.username)?;
    let password = rendered(env, state, at, &verify.password)?;
    let last = env.common.scratch.last(state);
    let request = received.or(last.as_ref());
    let is_right = request.is_some_and(|request| is_right(request, &user, &password));
    let is_elsewhere = request.is_some_and(|request| {
        let mut own = request.values(HeaderName::Authorization);
        let mut to_proxies = request.values(HeaderName::ProxyAuthorization);
        own.next().is_none() && to_proxies.next().is_some()
    });
    if is_elsewhere {
        env.warn(|| {
            "verifyauth looks at Authorization, and there is only Proxy-Authorization".into()
        });
    }
    env.variable_mut(state, verify.to).set_truth(is_right);
    env.common.scratch.give(user);
    env.common.scratch.give(password);
    Ok(())
}

fn is_right(request: &Received<'_>, user: &[u8], password: &[u8]) -> bool {
    let mut own = request.values(HeaderName::Authorization);
    let (Some(credentials), Some(method)) = (own.next(), request.method()) else {
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

#[cfg(test)]
mod tests {
    use crate::sipp::text::bench::Bench;

    #[track_caller]
    fn check(message: Option<&str>, expected: &str) {
        let verify =
            r#"<verifyauth assign_to="a" username="bob" password="secret"/><log message="[$a]"/>"#;
        let mut bench = Bench::new(verify);
        bench.act(message);
        assert_eq!(
            bench.world.log,
            expected.split('|').collect::<Vec<_>>(),
            "{message:?}"
        );
    }

    #[test]
    fn credentials_are_verified() {
        let right = r#"username="bob",realm="r a",cnonce="6b8b4567",nc=00000001,qop=auth-int,uri="sip:127.0.0.1:27403",nonce="n1",response="df98bb47ca1d17c90bb16f2a664ec993",algorithm=MD5,opaque="op""#;
        let plain = r#"username="bob",realm="r",uri="sip:127.0.0.1:27406",nonce="n1",response="eb6043475e9481d660c4877b57da603f""#;
        let cases = [
            (right.to_owned(), "hello\n", "true"),
            (right.to_owned(), "hullo\n", "false"),
            (
                right.replace("algorithm=MD5", "algorithm=SHA-256"),
                "hello\n",
                "false",
            ),
            (
                right.replace("algorithm=MD5", "algorithm=X"),
                "hello\n",
                "false",
            ),
            (right.replace("nc=00000001,", ""), "hello\n", "false"),
            (right.replace("\"bob\"", "\"eve\""), "hello\n", "false"),
            (plain.to_owned(), "", "true"),
            (plain.replace("realm=\"r\",", ""), "", "false"),
        ];
        for (credentials, body, expected) in cases {
            let message =
                format!("REGISTER sip:x SIP/2.0\nAuthorization: Digest {credentials}\n\n{body}");
            check(Some(&message), expected);
        }
        let to_proxy = format!("REGISTER sip:x SIP/2.0\nProxy-Authorization: Digest {plain}\n\n");
        check(
            Some(&to_proxy),
            "warning: verifyauth looks at Authorization, and there is only Proxy-Authorization|false",
        );
        check(Some("REGISTER sip:x SIP/2.0\n\n"), "false");
        check(None, "false");
    }
}
