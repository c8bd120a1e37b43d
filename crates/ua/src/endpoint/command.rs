//! What a user of an endpoint asks it to send.

use bytes::Bytes;
use gannet_sip::{Method, NameAddr, Uri};

use crate::target::Target;

/// A body with its media type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Content-Type.
    pub content_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl Body {
    /// An `application/sdp` body.
    pub fn sdp(bytes: impl Into<Bytes>) -> Self {
        Self {
            content_type: "application/sdp".to_owned(),
            bytes: bytes.into(),
        }
    }
}

/// A request outside a dialog, the first INVITE of a call included.
#[derive(Debug, Clone)]
pub struct RequestSpec {
    /// The method; ignored by [`Endpoint::invite`](super::Endpoint::invite).
    pub method: Method,
    /// The Request-URI.
    pub uri: Uri,
    /// From, without tag.
    pub from: NameAddr,
    /// To, without tag.
    pub to: NameAddr,
    /// Contact, if the request has one.
    pub contact: Option<NameAddr>,
    /// Pre-loaded Route values.
    pub routes: Vec<String>,
    /// More header fields, in order. A name that the endpoint writes by itself replaces its value
    /// (Max-Forwards for example).
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Body>,
    /// Send it there instead of where routes and Request-URI say.
    pub destination: Option<Target>,
    /// Use this Call-ID instead of a new one.
    pub call_id: Option<String>,
}

impl RequestSpec {
    /// A request with the fields that every request needs.
    pub const fn new(method: Method, uri: Uri, from: NameAddr, to: NameAddr) -> Self {
        Self {
            method,
            uri,
            from,
            to,
            contact: None,
            routes: Vec::new(),
            headers: Vec::new(),
            body: None,
            destination: None,
            call_id: None,
        }
    }
}

/// A response to send.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// The status code.
    pub code: u16,
    /// The phrase; the usual one if `None`.
    pub reason: Option<String>,
    /// More header fields, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Body>,
}

impl Reply {
    /// A response with nothing but its code.
    pub fn new(code: u16) -> Self {
        Self {
            code,
            ..Self::default()
        }
    }

    /// The same with a header field.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with a body.
    pub fn body(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }
}
