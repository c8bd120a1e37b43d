//! What digest authentication needs to know of messages.

/// Which side of the message path asked for authentication, hence which header fields carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthTarget {
    /// A UAS, registrar or redirect server: 401, WWW-Authenticate, Authorization
    /// (RFC 3261 22.2).
    Origin,
    /// A proxy: 407, Proxy-Authenticate, Proxy-Authorization (RFC 3261 22.3).
    Proxy,
}

impl AuthTarget {
    /// The target that a status code speaks for: 401 or 407.
    ///
    /// A forking proxy may put both challenge header fields into one response
    /// (RFC 3261 16.7), so read both whatever the status is.
    pub fn from_status(status: u16) -> Option<Self> {
        match status {
            401 => Some(Self::Origin),
            407 => Some(Self::Proxy),
            _ => None,
        }
    }

    /// The status code of a challenge by this target.
    pub fn status(self) -> u16 {
        match self {
            Self::Origin => 401,
            Self::Proxy => 407,
        }
    }

    /// Name of the header field that carries challenges.
    pub fn challenge_field(self) -> &'static str {
        match self {
            Self::Origin => "WWW-Authenticate",
            Self::Proxy => "Proxy-Authenticate",
        }
    }

    /// Name of the header field that carries credentials.
    pub fn credentials_field(self) -> &'static str {
        match self {
            Self::Origin => "Authorization",
            Self::Proxy => "Proxy-Authorization",
        }
    }

    /// Name of the header field of a success response (RFC 3261 20.6, RFC 7615 4).
    pub fn info_field(self) -> &'static str {
        match self {
            Self::Origin => "Authentication-Info",
            Self::Proxy => "Proxy-Authentication-Info",
        }
    }
}

/// What a digest covers of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestFacts<'a> {
    /// The method, case-sensitive as in the request line.
    pub method: &'a str,
    /// The Request-URI as sent; it becomes the `uri` parameter.
    pub uri: &'a str,
    /// The body octets, hashed for `qop=auth-int`.
    pub body: &'a [u8],
}

/// A header field to be added to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderField {
    /// The header field name.
    pub name: &'static str,
    /// The header field value.
    pub value: String,
}
