//! `[authentication]`: the answer to the challenge that a call has taken (RFC 3261 22.4).

use std::borrow::Cow;

use gannet_scenario::sipp::model::{Credentials, Text};
use gannet_ua::aka::{AkaAnswer, AkaNonce, AkaPassword, SubscriberKeys};
use gannet_ua::digest::{
    Algorithm, CnonceText, Hash, OctetDigest, Protection, WrittenCredentials, auth_value,
};

use super::render::rendered;
use super::{At, Env, RenderError};
use crate::sipp::state::CallState;

/// Appends the header field that answers the challenge of a call to a message that begins at
/// `message.0` and whose body begins at `message.1`.
pub(super) fn append(
    env: &mut Env<'_>,
    state: &mut CallState,
    at: At,
    credentials: &Credentials,
    message: (usize, Option<usize>),
    out: &mut Vec<u8>,
) -> Result<(), RenderError> {
    if state
        .extra()
        .is_none_or(|extra| extra.challenge.text.is_empty())
    {
        return Err(RenderError::NoChallenge);
    }
    let given = Given::render(env, state, at, credentials)?;
    let challenge = &mut state.extra_mut().challenge;
    challenge.answers += 1;
    let message_end = out.len();
    out.extend_from_slice(if challenge.is_from_server {
        b"Authorization: "
    } else {
        b"Proxy-Authorization: "
    });
    let end = out.len();
    let mut answer = env.common.scratch.take();
    let computed = answer_to(
        &challenge.text,
        challenge.answers,
        &given,
        &Covered {
            method: method(&out[message.0..message_end]),
            uri: &env.common.auth_uri,
            body: message.1.map_or(&[], |body| &out[body..message_end]),
        },
        CnonceText::new(env.rng.u32(..) >> 1),
        &mut answer,
    );
    out.truncate(end);
    out.extend_from_slice(&answer);
    env.common.scratch.give(answer);
    given.give_back(env);
    computed.map_err(RenderError::Authentication)
}

/// The method that the digest covers: an ACK carries the credentials of its INVITE
/// (RFC 3261 22.1).
fn method(message: &[u8]) -> &[u8] {
    let end = memchr::memchr(b' ', message).unwrap_or(message.len());
    match &message[..end] {
        b"ACK" => b"INVITE",
        method => method,
    }
}

/// The parameters of the keyword, rendered; those of the command line where there are none.
struct Given {
    username: Vec<u8>,
    password: Vec<u8>,
    aka_k: Option<Vec<u8>>,
    aka_op: Option<Vec<u8>>,
    aka_amf: Option<Vec<u8>>,
}

impl Given {
    fn render(
        env: &mut Env<'_>,
        state: &mut CallState,
        at: At,
        credentials: &Credentials,
    ) -> Result<Self, RenderError> {
        let facts = &env.settings.facts;
        let (user, password) = (facts.auth_user.as_bytes(), facts.auth_password.as_bytes());
        let mut optional = |env: &mut Env<'_>, text: &Option<Text>| match text {
            Some(text) => rendered(env, state, at, text).map(Some),
            None => Ok(None),
        };
        let username = optional(env, &credentials.username)?;
        let secret = optional(env, &credentials.password)?;
        let aka_k = optional(env, &credentials.aka_k)?;
        let aka_op = optional(env, &credentials.aka_op)?;
        let aka_amf = optional(env, &credentials.aka_amf)?;
        let mut or = |value: Option<Vec<u8>>, default: &[u8]| {
            value.unwrap_or_else(|| {
                let mut buffer = env.common.scratch.take();
                buffer.extend_from_slice(default);
                buffer
            })
        };
        Ok(Self {
            username: or(username, user),
            password: or(secret, password),
            aka_k,
            aka_op,
            aka_amf,
        })
    }

    fn give_back(self, env: &mut Env<'_>) {
        let scratch = &mut env.common.scratch;
        scratch.give(self.username);
        scratch.give(self.password);
        for buffer in [self.aka_k, self.aka_op, self.aka_amf]
            .into_iter()
            .flatten()
        {
            scratch.give(buffer);
        }
    }
}

/// What the digest covers.
struct Covered<'a> {
    method: &'a [u8],
    uri: &'a [u8],
    body: &'a [u8],
}

/// Appends the credentials.
fn answer_to(
    challenge: &[u8],
    count: u32,
    given: &Given,
    covered: &Covered<'_>,
    cnonce: CnonceText,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let value = |name: &str| auth_value(challenge, name);
    let realm = value("realm").ok_or("the challenge has no realm")?;
    let nonce = value("nonce").ok_or("the challenge has no nonce")?;
    let (scheme, algorithm) = Scheme::of(value("algorithm"))?;
    let aka_secret;
    let password = match scheme {
        Scheme::Password(_) => &given.password[..],
        Scheme::AkaV1 | Scheme::AkaV2 => {
            let answer = aka_answer(given, nonce)?;
            aka_secret = match scheme {
                Scheme::AkaV2 => answer.password_v2(),
                _ => answer.password(AkaPassword::RawRes),
            };
            aka_secret.as_bytes()
        }
    };
    let hash = scheme.hash();
    let mut key = hash.joined(&[&given.username, realm, password]);
    if scheme.is_session() {
        key = hash.joined(&[key.as_bytes(), nonce, cnonce.as_bytes()]);
    }
    let count = count_text(count);
    let protection = qop(challenge).map(|qop| Protection {
        qop,
        nc: &count,
        cnonce: cnonce.as_bytes(),
    });
    let response = OctetDigest {
        hash,
        key: key.as_bytes(),
        nonce,
        protection,
        method: covered.method,
        uri: covered.uri,
        body: covered.body,
    }
    .response();
    WrittenCredentials {
        username: &given.username,
        realm,
        cnonce: scheme.is_session().then(|| cnonce.as_bytes()),
        protection,
        uri: covered.uri,
        nonce,
        response: response.as_bytes(),
        algorithm,
        opaque: value("opaque").filter(|opaque| !opaque.is_empty()),
    }
    .write(out);
    Ok(())
}

/// The quality of protection that is answered: `auth-int` if it is offered, else `auth`.
fn qop(challenge: &[u8]) -> Option<&'static [u8]> {
    let offered = auth_value(challenge, "qop")?;
    let offers = |wanted: &[u8]| {
        let mut tokens = offered.split(|octet| matches!(octet, b',' | b' ' | b'\t'));
        tokens.any(|token| token.eq_ignore_ascii_case(wanted))
    };
    if offers(b"auth-int") {
        Some(b"auth-int")
    } else {
        offers(b"auth").then_some(b"auth")
    }
}

/// A nonce count: eight hexadecimal digits (RFC 7616 3.4).
fn count_text(count: u32) -> [u8; 8] {
    std::array::from_fn(|index| {
        let digit = count >> (28 - 4 * index) & 0xf;
        b"0123456789abcdef"[digit as usize]
    })
}

/// How the secret is made and hashed.
#[derive(Debug, Clone, Copy)]
pub(in crate::sipp) enum Scheme {
    /// Of a password.
    Password(Algorithm),
    /// AKAv1-MD5 (RFC 3310).
    AkaV1,
    /// AKAv2-MD5 (RFC 4169).
    AkaV2,
}

impl Scheme {
    /// The scheme that an `algorithm` parameter names, and its name as written.
    pub(in crate::sipp) fn of(algorithm: Option<&[u8]>) -> Result<(Self, &[u8]), String> {
        let Some(name) = algorithm.filter(|name| !name.is_empty()) else {
            return Ok((Self::Password(Algorithm::Md5), b"MD5"));
        };
        let token = std::str::from_utf8(name).ok();
        let scheme = match token.and_then(Algorithm::from_token) {
            Some(algorithm) => Self::Password(algorithm),
            None if name.eq_ignore_ascii_case(b"AKAv1-MD5") => Self::AkaV1,
            None if name.eq_ignore_ascii_case(b"AKAv2-MD5") => Self::AkaV2,
            None => return Err(format!("unknown algorithm \"{}\"", name.escape_ascii())),
        };
        Ok((scheme, name))
    }

    /// The hash function.
    pub(in crate::sipp) fn hash(self) -> Hash {
        match self {
            Self::Password(algorithm) => algorithm.hash(),
            Self::AkaV1 | Self::AkaV2 => Hash::Md5,
        }
    }

    /// Whether H(A1) is bound to nonce and client nonce (RFC 7616 3.4.2).
    pub(in crate::sipp) fn is_session(self) -> bool {
        matches!(self, Self::Password(algorithm) if algorithm.is_session())
    }
}

/// What the subscriber makes of the challenge. K is the beginning of the password where it is not
/// given, as in SIPp; OP is then 0.
fn aka_answer(given: &Given, nonce: &[u8]) -> Result<AkaAnswer, String> {
    let k = octets::<16>(given.aka_k.as_deref().unwrap_or(&given.password));
    let op = octets::<16>(given.aka_op.as_deref().unwrap_or_default());
    let nonce = AkaNonce::parse(nonce).map_err(|error| error.to_string())?;
    if let Some(amf) = &given.aka_amf
        && octets::<2>(amf) != nonce.amf
    {
        return Err("the challenge has another AMF than aka_AMF".to_owned());
    }
    let answer = nonce.answer(&SubscriberKeys::with_op(&k, &op));
    if answer.mac_matches {
        Ok(answer)
    } else {
        Err("the MAC of the challenge is not that of the keys".to_owned())
    }
}

/// The octets of a key: hexadecimal digits behind `0x`, else the text itself, cut or filled with
/// zeros.
fn octets<const N: usize>(text: &[u8]) -> [u8; N] {
    let digits = text
        .strip_prefix(b"0x")
        .or_else(|| text.strip_prefix(b"0X"))
        .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let octets: Cow<'_, [u8]> = match digits {
        None => Cow::Borrowed(text),
        Some(digits) => Cow::Owned(
            digits
                .chunks(2)
                .map(|pair| {
                    let digit = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or(0) as u8;
                    pair.iter().fold(0, |octet, at| octet << 4 | digit(at))
                })
                .collect(),
        ),
    };
    std::array::from_fn(|index| octets.get(index).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests;
