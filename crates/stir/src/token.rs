//! The signed text: header, claims and signature as JWS writes them (RFC 7515 7.1, RFC 8225 4, 7).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use thiserror::Error;

use crate::canonical::canonical_json;
use crate::key::{KeyError, SigningKey, VerifyingKey};
use crate::passport::{Passport, PassportError};

/// A token: `header.claims.signature`, or `..signature` in its compact form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Base64url of the header; empty in the compact form.
    pub header: String,
    /// Base64url of the claims; empty in the compact form.
    pub claims: String,
    /// The octets of the signature.
    pub signature: Vec<u8>,
}

/// Why a text is no token.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Not three parts with dots between them.
    #[error("a token has 3 parts with dots between them, not {0} (RFC 7515 7.1)")]
    Parts(usize),
    /// Header or claims are missing, not both.
    #[error("a token has both header and claims or, compact, neither (RFC 8225 7)")]
    HalfCompact,
    /// A part is not in base64url without padding.
    #[error("the part of the {0} is not in base64url (RFC 7515 2)")]
    Base64(&'static str),
    /// A part is not JSON.
    #[error("the part of the {0} is not a JSON object")]
    Json(&'static str),
    /// The content is not what RFC 8225 wants.
    #[error(transparent)]
    Content(#[from] PassportError),
}

impl Token {
    /// Reads the text of a token, but not what it says.
    pub fn read(text: &str) -> Result<Self, TokenError> {
        let parts: Vec<_> = text.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(TokenError::Parts(parts.len()));
        };
        if header.is_empty() != claims.is_empty() {
            return Err(TokenError::HalfCompact);
        }
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| TokenError::Base64("signature"))?;
        Ok(Self {
            header: header.to_owned(),
            claims: claims.to_owned(),
            signature,
        })
    }

    /// Signs a token that says this.
    pub fn sign(passport: &Passport, key: &SigningKey) -> Result<Self, KeyError> {
        Self::sign_json(&passport.header_json(), &passport.claims_json(), key)
    }

    /// Signs any header and claims, in canonical form (RFC 8225 9): a tester may want wrong ones.
    pub fn sign_json(header: &Value, claims: &Value, key: &SigningKey) -> Result<Self, KeyError> {
        let header = URL_SAFE_NO_PAD.encode(canonical_json(header));
        let claims = URL_SAFE_NO_PAD.encode(canonical_json(claims));
        let signature = key.sign(format!("{header}.{claims}").as_bytes())?;
        Ok(Self {
            header,
            claims,
            signature,
        })
    }

    /// The same signature without header and claims (RFC 8225 7).
    pub fn to_compact(&self) -> Self {
        Self {
            header: String::new(),
            claims: String::new(),
            signature: self.signature.clone(),
        }
    }

    /// True for `..signature`.
    pub fn is_compact(&self) -> bool {
        self.header.is_empty()
    }

    /// The compact form made whole by what the message says.
    pub(crate) fn completed(&self, passport: &Passport) -> Self {
        Self {
            header: URL_SAFE_NO_PAD.encode(canonical_json(&passport.header_json())),
            claims: URL_SAFE_NO_PAD.encode(canonical_json(&passport.claims_json())),
            signature: self.signature.clone(),
        }
    }

    /// Header and claims as JSON.
    pub fn json(&self) -> Result<(Value, Value), TokenError> {
        let read = |part: &str, name| {
            let octets = URL_SAFE_NO_PAD.decode(part);
            let octets = octets.map_err(|_| TokenError::Base64(name))?;
            let value: Value =
                serde_json::from_slice(&octets).map_err(|_| TokenError::Json(name))?;
            if value.is_object() {
                Ok(value)
            } else {
                Err(TokenError::Json(name))
            }
        };
        Ok((read(&self.header, "header")?, read(&self.claims, "claims")?))
    }

    /// What it says. Not for the compact form, which says nothing.
    pub fn passport(&self) -> Result<Passport, TokenError> {
        let (header, claims) = self.json()?;
        Ok(Passport::from_json(&header, &claims)?)
    }

    /// Whether the signature is that of the key, over the octets as they came.
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let signed = format!("{}.{}", self.header, self.claims);
        key.verify(signed.as_bytes(), &self.signature)
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let signature = URL_SAFE_NO_PAD.encode(&self.signature);
        write!(f, "{}.{}.{signature}", self.header, self.claims)
    }
}
