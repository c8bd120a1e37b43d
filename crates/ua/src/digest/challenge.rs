//! WWW-Authenticate and Proxy-Authenticate values (RFC 7616 3.3, RFC 3261 20.44 and 20.27).

use super::params::{AuthList, parse_lists, push_param};
use super::{Algorithm, AuthParam, AuthSyntaxError, Qop};

/// A Digest challenge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Challenge {
    /// Protection domain, shown to users and part of H(A1).
    pub realm: String,
    /// The server's nonce.
    pub nonce: String,
    /// To be returned unchanged.
    pub opaque: Option<String>,
    /// The algorithm as written; absent means MD5. See [`Challenge::algorithm`].
    pub algorithm: Option<String>,
    /// The offered qualities of protection as written; `None` is a challenge of RFC 2069.
    pub qop: Option<Vec<String>>,
    /// Whether only the nonce of the previous request was wrong.
    pub stale: bool,
    /// The URIs of the protection space; without meaning in SIP (RFC 3261 22.4).
    pub domain: Vec<String>,
    /// Whether the client is to send its user name hashed (RFC 7616 3.4.4).
    pub userhash: bool,
    /// The character encoding of user name and password; only `UTF-8` is defined.
    pub charset: Option<String>,
    /// Parameters not known here, and repetitions of known ones, as received.
    pub other: Vec<AuthParam>,
}

/// Why a challenge cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    /// The text does not have the form of a challenge.
    #[error("not a challenge: {0}")]
    Syntax(#[from] AuthSyntaxError),
    /// The scheme is not Digest.
    #[error("expected scheme Digest, found {found}")]
    Scheme {
        /// The scheme in the text.
        found: String,
    },
    /// A parameter that RFC 7616 3.3 requires is missing.
    #[error("Digest challenge without {name}")]
    Missing {
        /// The parameter's name.
        name: &'static str,
    },
}

impl Challenge {
    /// Reads the first challenge of a header field value.
    pub fn parse(value: &str) -> Result<Self, ChallengeError> {
        Self::parse_all(value).swap_remove(0)
    }

    /// Reads every challenge of a header field value, in order; the result is never empty.
    ///
    /// SIP allows one challenge in each header field (RFC 3261 25.1), HTTP several.
    pub fn parse_all(value: &str) -> Vec<Result<Self, ChallengeError>> {
        match parse_lists(value) {
            Ok(lists) => lists.into_iter().map(Self::from_list).collect(),
            Err(error) => vec![Err(error.into())],
        }
    }

    /// The algorithm: MD5 if none is named (RFC 7616 3.3), `None` if it is not known here.
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
            .as_deref()
            .map_or(Some(Algorithm::Md5), Algorithm::from_token)
    }

    /// Whether a quality of protection is offered.
    pub fn offers(&self, qop: Qop) -> bool {
        self.qop.as_ref().is_some_and(|tokens| {
            tokens
                .iter()
                .any(|token| Qop::from_token(token) == Some(qop))
        })
    }

    fn from_list(list: AuthList) -> Result<Self, ChallengeError> {
        if !list.scheme.eq_ignore_ascii_case("Digest") {
            return Err(ChallengeError::Scheme { found: list.scheme });
        }
        let mut challenge = Self::default();
        let mut realm = None;
        let mut nonce = None;
        let mut domain = None;
        let mut stale = None;
        let mut userhash = None;
        let mut qop = None;
        for param in list.params {
            let place = match param.name.to_ascii_lowercase().as_str() {
                "realm" => &mut realm,
                "nonce" => &mut nonce,
                "opaque" => &mut challenge.opaque,
                "algorithm" => &mut challenge.algorithm,
                "qop" => &mut qop,
                "stale" => &mut stale,
                "domain" => &mut domain,
                "userhash" => &mut userhash,
                "charset" => &mut challenge.charset,
                _ => {
                    challenge.other.push(param);
                    continue;
                }
            };
            if place.is_some() {
                challenge.other.push(param);
            } else {
                *place = Some(param.value);
            }
        }
        challenge.realm = realm.ok_or(ChallengeError::Missing { name: "realm" })?;
        challenge.nonce = nonce.ok_or(ChallengeError::Missing { name: "nonce" })?;
        challenge.qop = qop.map(|list| {
            list.split([',', ' ', '\t'])
                .filter(|token| !token.is_empty())
                .map(str::to_owned)
                .collect()
        });
        let is_true = |value: Option<String>| value.is_some_and(|v| v.eq_ignore_ascii_case("true"));
        challenge.stale = is_true(stale);
        challenge.userhash = is_true(userhash);
        challenge.domain = domain
            .iter()
            .flat_map(|uris| uris.split_whitespace())
            .map(str::to_owned)
            .collect();
        Ok(challenge)
    }
}

/// The header field value, in the quoting that RFC 3261 25.1 demands.
impl std::fmt::Display for Challenge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::from("Digest ");
        let first = &mut true;
        push_param(&mut text, first, "realm", &self.realm, true);
        if !self.domain.is_empty() {
            push_param(&mut text, first, "domain", &self.domain.join(" "), true);
        }
        if let Some(qop) = &self.qop {
            push_param(&mut text, first, "qop", &qop.join(","), true);
        }
        push_param(&mut text, first, "nonce", &self.nonce, true);
        if let Some(opaque) = &self.opaque {
            push_param(&mut text, first, "opaque", opaque, true);
        }
        if self.stale {
            push_param(&mut text, first, "stale", "true", false);
        }
        if let Some(algorithm) = &self.algorithm {
            push_param(&mut text, first, "algorithm", algorithm, false);
        }
        if let Some(charset) = &self.charset {
            push_param(&mut text, first, "charset", charset, false);
        }
        if self.userhash {
            push_param(&mut text, first, "userhash", "true", false);
        }
        for param in &self.other {
            push_param(&mut text, first, &param.name, &param.value, param.quoted);
        }
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_parameters_in_token_or_quoted_form() {
        let quoted = r#"dIgEsT realm="a b", nonce="n", opaque="", algorithm="sha-256",
            qop="auth, auth-int,x", stale="TRUE", domain="sip:a sip:b", userhash="true",
            charset="UTF-8", ik="00""#;
        let challenge = Challenge::parse(quoted).unwrap();
        assert_eq!(challenge.realm, "a b");
        assert_eq!(challenge.opaque.as_deref(), Some(""));
        assert_eq!(challenge.algorithm(), Some(Algorithm::Sha256));
        assert_eq!(challenge.qop.as_ref().unwrap().len(), 3);
        assert!(challenge.offers(Qop::Auth) && challenge.offers(Qop::AuthInt));
        assert!(challenge.stale && challenge.userhash);
        assert_eq!(challenge.domain, ["sip:a", "sip:b"]);
        assert_eq!(challenge.other[0].name, "ik");

        let again = Challenge::parse(&challenge.to_string()).unwrap();
        assert_eq!(again, challenge);
    }

    #[test]
    fn algorithm_and_qop_have_the_defaults_of_rfc_2069() {
        let challenge = Challenge::parse("Digest realm=r,nonce=n").unwrap();
        assert_eq!(challenge.algorithm(), Some(Algorithm::Md5));
        assert_eq!(challenge.qop, None);
        let unknown = Challenge::parse("Digest realm=r,nonce=n,algorithm=AKAv1-MD5").unwrap();
        assert_eq!(unknown.algorithm(), None);
        assert_eq!(unknown.algorithm.as_deref(), Some("AKAv1-MD5"));
    }

    #[test]
    fn several_challenges_in_one_value_are_all_read() {
        let all = Challenge::parse_all(
            r#"Digest realm="a", nonce="1", algorithm=SHA-256, Basic realm="b", Digest realm="a", nonce="2""#,
        );
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].as_ref().unwrap().nonce, "1");
        assert!(matches!(&all[1], Err(ChallengeError::Scheme { found }) if found == "Basic"));
        assert_eq!(all[2].as_ref().unwrap().nonce, "2");
    }

    #[test]
    fn what_is_missing_is_named() {
        let table = [
            ("Digest nonce=n", "Digest challenge without realm"),
            ("Digest realm=r", "Digest challenge without nonce"),
            ("Basic realm=r", "expected scheme Digest, found Basic"),
            (
                "Digest realm=\"r",
                "not a challenge: expected a closing quote at octet 15",
            ),
        ];
        for (value, expected) in table {
            assert_eq!(Challenge::parse(value).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn the_first_of_two_equal_parameters_counts() {
        let challenge = Challenge::parse("Digest realm=r,nonce=a,nonce=b").unwrap();
        assert_eq!(challenge.nonce, "a");
        assert_eq!(challenge.other[0].value, "b");
    }
}
