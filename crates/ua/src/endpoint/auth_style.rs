//! How a single request is authenticated where that differs from the policy.

/// Which credentials a request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthStyle {
    /// Those of the last challenge go along even if the policy waits for a challenge each time, and
    /// a challenge is not answered: it is the outcome.
    pub cached: bool,
    /// The digest `uri` instead of the Request-URI, as behind a NAT that the phone knows of.
    pub uri: Option<String>,
}

impl AuthStyle {
    /// As the policy says.
    pub const POLICY: Self = Self {
        cached: false,
        uri: None,
    };
}

impl Default for AuthStyle {
    fn default() -> Self {
        Self::POLICY
    }
}
