//! `crypto_method` and `crypto_method_radius`.

use gannet_ua::aka::{AkaAnswer, AkaNonce, AkaNonceError, AkaPassword, SubscriberKeys};
use gannet_ua::digest::{
    Algorithm, CnonceText, Hash, OctetDigest, Protection, WrittenCredentials, auth_value, first_qop,
};
use md5::{Digest as _, Md5};

use super::parameters::{Parameters, key};

/// What changes an answer that Seagull would give. The default is Seagull's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthSettings {
    /// How AKAv1-MD5 makes a password of RES: Seagull's hexadecimal digits, or the octets that
    /// a conforming server expects (RFC 3310 3.3).
    pub aka_password: AkaPassword,
    /// Whether a challenge with a wrong MAC, or with another AMF than `aka_amf`, is an error.
    /// Seagull answers it like any other.
    pub check_mac: bool,
    /// Whether `MD5-sess` is answered as such (RFC 7616 3.4.2). Seagull takes it for MD5.
    pub md5_sess: bool,
}

impl Default for AuthSettings {
    fn default() -> Self {
        Self {
            aka_password: AkaPassword::HexRes,
            check_mac: false,
            md5_sess: false,
        }
    }
}

/// Why there are no credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthMethodError {
    /// A parameter of the method is missing or empty.
    #[error("authentication method without \"{parameter}=\"")]
    MissingParameter {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// A key has not the length that it must have.
    #[error(
        "{parameter} takes {expected} octets, or 0x and {} digits; its value has {received} octets",
        .expected * 2
    )]
    KeyLength {
        /// The parameter's name.
        parameter: &'static str,
        /// Octets of such a key.
        expected: usize,
        /// Octets of the value.
        received: usize,
    },
    /// The challenge lacks a parameter.
    #[error("challenge in \"auth=\" without {parameter}")]
    MissingInChallenge {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// The challenge names an algorithm that is not known here.
    #[error("challenge in \"auth=\" with unknown algorithm {found}")]
    UnknownAlgorithm {
        /// The name in the challenge.
        found: String,
    },
    /// The nonce is no AKA challenge.
    #[error("challenge in \"auth=\" is none for AKA")]
    Nonce(#[from] AkaNonceError),
    /// The network does not know the keys; found only if asked for.
    #[error("AKA challenge with a MAC that the keys do not give")]
    WrongMac,
    /// The network uses another authentication management field; found only if asked for.
    #[error("AKA challenge with AMF {received:04x}, aka_amf is {expected:04x}")]
    WrongAmf {
        /// The value of `aka_amf`.
        expected: u16,
        /// The AMF of the challenge.
        received: u16,
    },
}

/// Appends the credentials that answer a challenge to `out`; after an error, `out` is as before.
///
/// `text` is the expanded format, `username=…;password=…;auth=…;method=…;uri=…`, where `auth`
/// holds the challenge. AKA needs `aka_k`, `aka_op` (or `aka_opc`) and `aka_amf` in place of
/// `password`. `body` is what `auth-int` covers. `cnonce` gives a random number, and is asked
/// once if a client nonce is needed. The nonce count is always 1.
pub fn authorization(
    text: &[u8],
    body: &[u8],
    settings: &AuthSettings,
    cnonce: &mut dyn FnMut() -> u32,
    out: &mut Vec<u8>,
) -> Result<(), AuthMethodError> {
    let parameters = Parameters::read(text);
    let username = given(parameters.username, "username")?;
    let challenge = given(parameters.auth, "auth")?;
    let method = given(parameters.method, "method")?;
    let uri = given(parameters.uri, "uri")?;
    let realm = challenged(challenge, "realm")?;
    let nonce = challenged(challenge, "nonce")?;
    let scheme = Scheme::choose(challenge, *settings)?;
    let qop = first_qop(challenge);
    let cnonce = (qop.is_some() || scheme.is_session()).then(|| CnonceText::new(cnonce()));
    let cnonce = cnonce.as_ref().map(CnonceText::as_bytes);

    let aka_secret;
    let password = match scheme {
        Scheme::Password(_) => given(parameters.password, "password")?,
        Scheme::AkaV1 | Scheme::AkaV2 => {
            let answer = aka_answer(&parameters, nonce, *settings)?;
            aka_secret = match scheme {
                Scheme::AkaV2 => answer.password_v2(),
                _ => answer.password(settings.aka_password),
            };
            aka_secret.as_bytes()
        }
    };
    let hash = scheme.hash();
    let mut session_key = hash.joined(&[username, realm, password]);
    if let (true, Some(cnonce)) = (scheme.is_session(), cnonce) {
        session_key = hash.joined(&[session_key.as_bytes(), nonce, cnonce]);
    }
    let protection = qop.zip(cnonce).map(|(qop, cnonce)| Protection {
        qop,
        nc: NC,
        cnonce,
    });
    let response = OctetDigest {
        hash,
        key: session_key.as_bytes(),
        nonce,
        protection,
        method,
        uri,
        body,
    }
    .response();
    WrittenCredentials {
        username,
        realm,
        cnonce,
        protection,
        uri,
        nonce,
        response: response.as_bytes(),
        algorithm: scheme.name().as_bytes(),
        opaque: auth_value(challenge, "opaque"),
    }
    .write(out);
    Ok(())
}

/// The 16 octets that Seagull's `crypto_method_radius` gives: MD5 over the shared secret and
/// the message.
pub fn crypto_method_radius(shared_secret: &[u8], message: &[u8]) -> [u8; 16] {
    Md5::new()
        .chain_update(shared_secret)
        .chain_update(message)
        .finalize()
        .into()
}

/// The nonce count of every answer.
const NC: &[u8] = b"00000001";

/// How the secret is made and hashed.
#[derive(Debug, Clone, Copy)]
enum Scheme {
    Password(Algorithm),
    AkaV1,
    AkaV2,
}

impl Scheme {
    /// Seagull knows no algorithm and what starts with MD5 as MD5, and AKAv1-MD5.
    fn choose(challenge: &[u8], settings: AuthSettings) -> Result<Self, AuthMethodError> {
        let Some(found) = auth_value(challenge, "algorithm") else {
            return Ok(Self::Password(Algorithm::Md5));
        };
        let known = std::str::from_utf8(found)
            .ok()
            .and_then(Algorithm::from_token);
        match known {
            Some(Algorithm::Md5Sess) if !settings.md5_sess => Ok(Self::Password(Algorithm::Md5)),
            Some(algorithm) => Ok(Self::Password(algorithm)),
            None if found.eq_ignore_ascii_case(b"AKAv1-MD5") => Ok(Self::AkaV1),
            None if found.eq_ignore_ascii_case(b"AKAv2-MD5") => Ok(Self::AkaV2),
            None if found.len() >= 3 && found[..3].eq_ignore_ascii_case(b"MD5") => {
                Ok(Self::Password(Algorithm::Md5))
            }
            None => Err(AuthMethodError::UnknownAlgorithm {
                found: String::from_utf8_lossy(found).into_owned(),
            }),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Password(algorithm) => algorithm.name(),
            Self::AkaV1 => "AKAv1-MD5",
            Self::AkaV2 => "AKAv2-MD5",
        }
    }

    fn hash(self) -> Hash {
        match self {
            Self::Password(algorithm) => algorithm.hash(),
            Self::AkaV1 | Self::AkaV2 => Hash::Md5,
        }
    }

    fn is_session(self) -> bool {
        matches!(self, Self::Password(algorithm) if algorithm.is_session())
    }
}

fn aka_answer(
    parameters: &Parameters<'_>,
    nonce: &[u8],
    settings: AuthSettings,
) -> Result<AkaAnswer, AuthMethodError> {
    let k = key("aka_k", given(parameters.aka_k, "aka_k")?)?;
    let keys = match (parameters.aka_op, parameters.aka_opc) {
        (None, Some(opc)) => SubscriberKeys::with_opc(&k, &key("aka_opc", opc)?),
        (op, _) => SubscriberKeys::with_op(&k, &key("aka_op", given(op, "aka_op")?)?),
    };
    let amf: [u8; 2] = key("aka_amf", given(parameters.aka_amf, "aka_amf")?)?;
    let nonce = AkaNonce::parse(nonce)?;
    let answer = nonce.answer(&keys);
    if settings.check_mac {
        if !answer.mac_matches {
            return Err(AuthMethodError::WrongMac);
        }
        if amf != nonce.amf {
            return Err(AuthMethodError::WrongAmf {
                expected: u16::from_be_bytes(amf),
                received: u16::from_be_bytes(nonce.amf),
            });
        }
    }
    Ok(answer)
}

fn given<'a>(
    value: Option<&'a [u8]>,
    parameter: &'static str,
) -> Result<&'a [u8], AuthMethodError> {
    value.ok_or(AuthMethodError::MissingParameter { parameter })
}

fn challenged<'a>(
    challenge: &'a [u8],
    parameter: &'static str,
) -> Result<&'a [u8], AuthMethodError> {
    auth_value(challenge, parameter).ok_or(AuthMethodError::MissingInChallenge { parameter })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radius_hashes_the_secret_and_then_the_message() {
        // Computed with Python's hashlib.
        let expected = 0x458d_9aaa_f147_7e27_386f_c8f9_eba5_dcdb_u128.to_be_bytes();
        let digest = crypto_method_radius(b"secret", &[1, 2, 0, 0x14]);
        assert_eq!(digest, expected);
    }
}
