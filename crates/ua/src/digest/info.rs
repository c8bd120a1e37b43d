//! Authentication-Info and Proxy-Authentication-Info (RFC 7616 3.5, RFC 3261 20.6).

use super::params::{parse_params, push_param};
use super::{AuthParam, AuthSyntaxError};

/// What a server tells after successful authentication.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthenticationInfo {
    /// The nonce to use from now on.
    pub nextnonce: Option<String>,
    /// The quality of protection of the response.
    pub qop: Option<String>,
    /// The server's proof that it knows the secret.
    pub rspauth: Option<String>,
    /// The client nonce of the request.
    pub cnonce: Option<String>,
    /// The nonce count of the request.
    pub nc: Option<String>,
    /// Parameters not known here.
    pub other: Vec<AuthParam>,
}

impl AuthenticationInfo {
    /// Reads a header field value.
    pub fn parse(value: &str) -> Result<Self, AuthSyntaxError> {
        let mut info = Self::default();
        for param in parse_params(value)? {
            let place = match param.name.to_ascii_lowercase().as_str() {
                "nextnonce" => &mut info.nextnonce,
                "qop" => &mut info.qop,
                "rspauth" => &mut info.rspauth,
                "cnonce" => &mut info.cnonce,
                "nc" => &mut info.nc,
                _ => {
                    info.other.push(param);
                    continue;
                }
            };
            if place.is_none() {
                *place = Some(param.value);
            }
        }
        Ok(info)
    }
}

/// The header field value, in the quoting that RFC 3261 25.1 demands.
impl std::fmt::Display for AuthenticationInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        let first = &mut true;
        let fields = [
            ("nextnonce", &self.nextnonce, true),
            ("qop", &self.qop, false),
            ("rspauth", &self.rspauth, true),
            ("cnonce", &self.cnonce, true),
            ("nc", &self.nc, false),
        ];
        for (name, value, quoted) in fields {
            if let Some(value) = value {
                push_param(&mut text, first, name, value, quoted);
            }
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
    fn reads_and_writes_the_example_of_rfc_3261_20_6() {
        let text = r#"nextnonce="47364c23432d2e131a5fb210812c""#;
        let info = AuthenticationInfo::parse(text).unwrap();
        assert_eq!(
            info.nextnonce.as_deref(),
            Some("47364c23432d2e131a5fb210812c")
        );
        assert_eq!(info.to_string(), text);
    }

    #[test]
    fn a_missing_equals_sign_is_reported() {
        let error = AuthenticationInfo::parse("nextnonce").unwrap_err();
        assert_eq!(error.to_string(), "expected \"=\" at octet 9");
    }
}
