//! Authorization and Proxy-Authorization values (RFC 7616 3.4, RFC 3261 20.7 and 20.28).

use super::params::{parse_lists, push_param};
use super::{Algorithm, AuthParam, AuthSyntaxError};

/// Digest credentials.
///
/// Values are kept as received; what they mean is judged by [`super::DigestServer`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authorization {
    /// The user name, or its hash if [`Authorization::userhash`] is set.
    pub username: String,
    /// The realm.
    pub realm: String,
    /// The nonce of the challenge.
    pub nonce: String,
    /// The Request-URI that the digest covers.
    pub uri: String,
    /// The digest.
    pub response: String,
    /// The algorithm as written; absent means MD5.
    pub algorithm: Option<String>,
    /// The client's nonce.
    pub cnonce: Option<String>,
    /// The `opaque` of the challenge.
    pub opaque: Option<String>,
    /// The quality of protection as written; absent in the form of RFC 2069.
    pub qop: Option<String>,
    /// The nonce count as written: eight hexadecimal digits if correct.
    pub nc: Option<String>,
    /// Whether the user name is hashed.
    pub userhash: bool,
    /// Parameters not known here.
    pub other: Vec<AuthParam>,
}

/// Why credentials cannot be judged at all; RFC 3261 21.4.1 answers such a request with 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationError {
    /// The text does not have the form of credentials.
    #[error("not credentials: {0}")]
    Syntax(#[from] AuthSyntaxError),
    /// The scheme is not Digest.
    #[error("expected scheme Digest, found {found}")]
    Scheme {
        /// The scheme in the text.
        found: String,
    },
    /// A required parameter is missing (RFC 7616 3.4).
    #[error("Digest credentials without {name}")]
    Missing {
        /// The parameter's name.
        name: &'static str,
    },
    /// A parameter occurs twice (RFC 7235 2.1).
    #[error("Digest credentials with two {name} parameters")]
    Repeated {
        /// The parameter's name.
        name: String,
    },
    /// A parameter has a value that it cannot have.
    #[error("Digest credentials with {name} {found:?}, expected {expected}")]
    Value {
        /// The parameter's name.
        name: &'static str,
        /// Its value.
        found: String,
        /// What is allowed.
        expected: &'static str,
    },
}

impl Authorization {
    /// Reads a header field value.
    pub fn parse(value: &str) -> Result<Self, AuthorizationError> {
        // Credentials stand alone in their header field; a second scheme can only be a
        // parameter that lost its "=".
        let list = parse_lists(value)?.swap_remove(0);
        if !list.scheme.eq_ignore_ascii_case("Digest") {
            return Err(AuthorizationError::Scheme { found: list.scheme });
        }
        let mut found = Self::default();
        let [mut username, mut realm, mut nonce, mut uri] = [None, None, None, None];
        let [mut response, mut userhash, mut extended] = [None, None, None];
        for param in list.params {
            let name = param.name.to_ascii_lowercase();
            let place = match name.as_str() {
                "username" => &mut username,
                "username*" => &mut extended,
                "realm" => &mut realm,
                "nonce" => &mut nonce,
                "uri" => &mut uri,
                "response" => &mut response,
                "algorithm" => &mut found.algorithm,
                "cnonce" => &mut found.cnonce,
                "opaque" => &mut found.opaque,
                "qop" => &mut found.qop,
                "nc" => &mut found.nc,
                "userhash" => &mut userhash,
                _ => {
                    found.other.push(param);
                    continue;
                }
            };
            if place.is_some() {
                return Err(AuthorizationError::Repeated { name });
            }
            *place = Some(param.value);
        }
        let required =
            |value: Option<String>, name| value.ok_or(AuthorizationError::Missing { name });
        found.username = match (username, extended) {
            (None, Some(value)) => decode_extended(&value)?,
            (username, _) => required(username, "username")?,
        };
        found.realm = required(realm, "realm")?;
        found.nonce = required(nonce, "nonce")?;
        found.uri = required(uri, "uri")?;
        found.response = required(response, "response")?;
        found.userhash = userhash.is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if found.qop.is_some() {
            // RFC 7616 3.4: cnonce and nc MUST be there if the server offered qop.
            for (name, value) in [("cnonce", &found.cnonce), ("nc", &found.nc)] {
                if value.is_none() {
                    return Err(AuthorizationError::Missing { name });
                }
            }
        }
        Ok(found)
    }

    /// The algorithm: MD5 if none is named, `None` if it is not known here.
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
            .as_deref()
            .map_or(Some(Algorithm::Md5), Algorithm::from_token)
    }

    /// The nonce count as a number, if there is one and it is hexadecimal.
    pub fn nonce_count(&self) -> Option<u32> {
        let text = self.nc.as_deref()?;
        let all_digits = text.bytes().all(|octet| octet.is_ascii_hexdigit());
        all_digits.then(|| u32::from_str_radix(text, 16).ok())?
    }

    /// The parameters in the order in which they are written.
    pub fn to_params(&self) -> Vec<AuthParam> {
        let mut params = Vec::new();
        self.each_param(|name, value, quoted| {
            params.push(AuthParam {
                name: name.to_owned(),
                value: value.to_owned(),
                quoted,
            });
        });
        params
    }

    /// Name, value and whether it is quoted, in the order in which they are written.
    fn each_param(&self, mut take: impl FnMut(&str, &str, bool)) {
        take("username", &self.username, true);
        take("realm", &self.realm, true);
        take("nonce", &self.nonce, true);
        take("uri", &self.uri, true);
        take("response", &self.response, true);
        // RFC 3261 25.1: algorithm, qop and nc are tokens here, the others quoted strings.
        let optional = [
            ("algorithm", &self.algorithm, false),
            ("cnonce", &self.cnonce, true),
            ("opaque", &self.opaque, true),
            ("qop", &self.qop, false),
            ("nc", &self.nc, false),
        ];
        for (name, value, quoted) in optional {
            if let Some(value) = value {
                take(name, value, quoted);
            }
        }
        if self.userhash {
            take("userhash", "true", false);
        }
        for param in &self.other {
            take(&param.name, &param.value, param.quoted);
        }
    }

    /// The header field value.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(USUAL_LENGTH);
        text.push_str(SCHEME);
        let mut first = true;
        self.each_param(|name, value, quoted| {
            push_param(&mut text, &mut first, name, value, quoted);
        });
        text
    }
}

/// The header field value.
impl std::fmt::Display for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

/// The scheme as it stands before the parameters.
const SCHEME: &str = "Digest ";
/// Octets that most credentials have room in.
const USUAL_LENGTH: usize = 320;

/// Writes credentials with exactly these parameters.
pub(super) fn write_credentials(params: &[AuthParam]) -> String {
    let mut text = String::from(SCHEME);
    let first = &mut true;
    for param in params {
        push_param(&mut text, first, &param.name, &param.value, param.quoted);
    }
    text
}

/// Decodes `UTF-8''J%C3%A4s%C3%B8n`, the form that RFC 7616 3.4.4 prescribes for user names
/// outside ASCII (RFC 8187 3.2).
fn decode_extended(value: &str) -> Result<String, AuthorizationError> {
    let error = || AuthorizationError::Value {
        name: "username*",
        found: value.to_owned(),
        expected: "UTF-8''percent-encoded text",
    };
    let mut parts = value.splitn(3, '\'');
    let (Some(charset), Some(_language), Some(encoded)) =
        (parts.next(), parts.next(), parts.next())
    else {
        return Err(error());
    };
    if !charset.eq_ignore_ascii_case("UTF-8") {
        return Err(error());
    }
    let mut octets = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(octet) = rest.next() {
        if octet == b'%' {
            let mut digit = || rest.next().and_then(|d| char::from(d).to_digit(16));
            let (Some(high), Some(low)) = (digit(), digit()) else {
                return Err(error());
            };
            octets.push((high * 16 + low) as u8);
        } else {
            octets.push(octet);
        }
    }
    String::from_utf8(octets).map_err(|_| error())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: &str = r#"Digest username="bob", realm="r", nonce="n", uri="sip:x", response="0a", algorithm=MD5, cnonce="c", opaque="o", qop=auth, nc=0000000f, userhash=true, x="y""#;

    #[test]
    fn writing_what_was_read_gives_the_same_text() {
        let read = Authorization::parse(COMPLETE).unwrap();
        assert_eq!(read.nonce_count(), Some(15));
        assert_eq!(read.to_string(), COMPLETE);
    }

    #[test]
    fn quoted_tokens_are_understood() {
        let value = r#"DIGEST username=bob,realm=r,nonce=n,uri=sip:x,response=0,qop="auth",nc="00000001",cnonce=c,algorithm="md5""#;
        let read = Authorization::parse(value).unwrap();
        assert_eq!(read.algorithm(), Some(Algorithm::Md5));
        assert_eq!(read.nonce_count(), Some(1));
    }

    #[test]
    fn broken_credentials_say_what_is_wrong() {
        let table = [
            ("Basic abc", "expected scheme Digest, found Basic"),
            ("Digest realm=r", "Digest credentials without username"),
            (
                "Digest username=a,realm=r,nonce=n,uri=u,response=r,qop=auth,nc=1",
                "Digest credentials without cnonce",
            ),
            (
                "Digest username=a,username=b",
                "Digest credentials with two username parameters",
            ),
            (
                "Digest username*=UTF-8''%f,realm=r",
                r#"Digest credentials with username* "UTF-8''%f", expected UTF-8''percent-encoded text"#,
            ),
        ];
        for (value, expected) in table {
            assert_eq!(
                Authorization::parse(value).unwrap_err().to_string(),
                expected
            );
        }
    }

    #[test]
    fn extended_user_name_is_decoded() {
        let value =
            "Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, realm=r, nonce=n, uri=u, response=r";
        assert_eq!(
            Authorization::parse(value).unwrap().username,
            "J\u{e4}s\u{f8}n Doe"
        );
    }

    #[test]
    fn nonce_count_must_be_hexadecimal() {
        let count = |nc: &str| {
            Authorization {
                nc: Some(nc.to_owned()),
                ..Authorization::default()
            }
            .nonce_count()
        };
        assert_eq!(count("FFFFFFFF"), Some(u32::MAX));
        for wrong in ["+1", "", "100000000", "g"] {
            assert_eq!(count(wrong), None, "{wrong}");
        }
    }
}
