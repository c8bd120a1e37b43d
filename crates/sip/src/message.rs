//! A message: its bytes, where its parts are, and typed views on demand.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::compact_layout::{CompactLayout, Kind, METHODS};
use crate::cseq::CSeq;
use crate::field_error::FieldError;
use crate::header::Header;
use crate::header_name::HeaderName;
use crate::layout::HeaderSpan;
use crate::lex::{self, Blanks};
use crate::method::Method;
use crate::name_addr::NameAddr;
use crate::name_addr_parts::NameAddrParts;
use crate::params;
use crate::span::Span;
use crate::start_line::StartLine;
use crate::uri::Uri;
use crate::via::Via;
use crate::via_view::ViaView;

/// One SIP message, or bytes that claim to be one. Parsing never fails and changes nothing: what is
/// wrong shows when a view is asked for, or by a check of the whole message.
#[derive(Clone)]
pub struct Message {
    bytes: Bytes,
    /// Shared: messages are kept, handed on and compared much more often than parsed.
    layout: Arc<CompactLayout>,
}

impl Message {
    /// Takes the bytes over and finds their parts. Never fails; see [`crate::Layout::scan`].
    pub fn parse(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let layout = CompactLayout::of(&bytes);
        Self {
            bytes,
            layout: Arc::new(layout),
        }
    }

    /// All bytes, as received or built.
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Where the parts are.
    pub fn layout(&self) -> &CompactLayout {
        &self.layout
    }

    /// The first line.
    pub fn start_line(&self) -> StartLine<'_> {
        let raw = self.layout.start_line.of(&self.bytes);
        StartLine::read(raw)
    }

    /// True if the first line is a request line.
    pub fn is_request(&self) -> bool {
        matches!(self.layout.kind, Kind::Request(_))
    }

    /// The status code of a response.
    pub fn status(&self) -> Option<u16> {
        match self.layout.kind {
            Kind::Status(code) => Some(code),
            Kind::Request(_) | Kind::Malformed => None,
        }
    }

    /// The reason phrase of a response.
    pub fn reason(&self) -> Option<&str> {
        match self.start_line() {
            StartLine::Status { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The method of a request, or the method in the CSeq of a response.
    pub fn method(&self) -> Option<Method> {
        match self.layout.kind {
            Kind::Request(Some(known)) => METHODS.get(usize::from(known)).cloned(),
            Kind::Request(None) => match self.start_line() {
                StartLine::Request { method, .. } => Some(Method::new(method)),
                StartLine::Status { .. } | StartLine::Malformed(_) => None,
            },
            Kind::Status(_) => self.cseq().ok().map(|cseq| cseq.method),
            Kind::Malformed => None,
        }
    }

    /// The Request-URI as text.
    pub fn request_uri_text(&self) -> Option<&str> {
        match self.start_line() {
            StartLine::Request { uri, .. } => Some(uri),
            _ => None,
        }
    }

    /// The Request-URI.
    pub fn request_uri(&self) -> Result<Uri, FieldError> {
        let text = self
            .request_uri_text()
            .ok_or(FieldError::Missing("Request-URI"))?;
        Uri::parse(text).map_err(|_| FieldError::syntax("Request-URI", "a URI", text))
    }

    /// All header fields in order.
    pub fn headers(&self) -> impl DoubleEndedIterator<Item = Header<'_>> {
        let spans = self.layout.headers(&self.bytes);
        spans.map(|span| self.header_of(&span))
    }

    /// The first field with this name.
    pub fn header(&self, name: HeaderName) -> Option<Header<'_>> {
        self.headers_named(name).next()
    }

    /// The fields with this name, in order.
    pub fn headers_named(&self, name: HeaderName) -> impl DoubleEndedIterator<Item = Header<'_>> {
        let spans = self.layout.headers_named(name, &self.bytes);
        spans.map(|span| self.header_of(&span))
    }

    /// The fields with this name as text, in any case; compact forms count for known names.
    pub fn headers_by_text(&self, name: &str) -> impl Iterator<Item = Header<'_>> {
        let id = HeaderName::from_bytes(name.as_bytes());
        let name = name.to_owned();
        self.headers().filter(move |header| match id {
            HeaderName::Other => header.name.eq_ignore_ascii_case(name.as_bytes()),
            known => header.id == known,
        })
    }

    /// The first value of this name on one line, `None` if absent.
    pub fn text(&self, name: HeaderName) -> Option<Cow<'_, str>> {
        self.header(name).map(|header| header.unfolded())
    }

    /// The single values of a list header, over all its fields, split at commas (RFC 3261 7.3.1).
    /// Fields that are not UTF-8 are left out.
    pub fn values(&self, name: HeaderName) -> impl Iterator<Item = &str> {
        self.headers_named(name)
            .filter_map(|header| header.text())
            .flat_map(|text| lex::split_outside(text, b','))
            .map(Blanks::trim_blanks)
            .filter(|value| !value.is_empty())
    }

    /// True if a list header (Supported, Require, Allow, ...) has this token.
    pub fn lists(&self, name: HeaderName, token: &str) -> bool {
        self.values(name)
            .any(|value| value.eq_ignore_ascii_case(token))
    }

    /// Call-ID.
    pub fn call_id(&self) -> Option<&str> {
        self.header(HeaderName::CallId)?.text()
    }

    /// CSeq.
    pub fn cseq(&self) -> Result<CSeq, FieldError> {
        CSeq::parse(self.required(HeaderName::CSeq)?)
    }

    /// From.
    pub fn from(&self) -> Result<NameAddr, FieldError> {
        NameAddr::parse("From", self.required(HeaderName::From)?)
    }

    /// To.
    pub fn to(&self) -> Result<NameAddr, FieldError> {
        NameAddr::parse("To", self.required(HeaderName::To)?)
    }

    /// The tag of From, if there is one.
    pub fn from_tag(&self) -> Option<String> {
        self.tag(HeaderName::From).map(str::to_owned)
    }

    /// The tag of To, if there is one.
    pub fn to_tag(&self) -> Option<String> {
        self.tag(HeaderName::To).map(str::to_owned)
    }

    /// The tag of From or To in place. `None` if there is none, or if the value is broken.
    pub fn tag(&self, name: HeaderName) -> Option<&str> {
        let known = match name {
            HeaderName::From => &self.layout.tags[0],
            HeaderName::To => &self.layout.tags[1],
            _ => return self.find_tag(name),
        };
        // They are asked for several times in each message.
        let span = *known.get_or_init(|| self.find_tag(name).and_then(|tag| self.span_of(tag)));
        std::str::from_utf8(span?.of(&self.bytes)).ok()
    }

    fn find_tag(&self, name: HeaderName) -> Option<&str> {
        params::get(self.address(name).ok()?.params, "tag")
    }

    /// Where a piece of this message is.
    fn span_of(&self, piece: &str) -> Option<Span> {
        let start = (piece.as_ptr() as usize).checked_sub(self.bytes.as_ptr() as usize)?;
        Some(Span::new(start, start + piece.len()))
    }

    /// The value of From or To on one line, if it is an address.
    ///
    /// # Errors
    /// It is missing or broken.
    pub fn address_text(&self, name: HeaderName) -> Result<Cow<'_, str>, FieldError> {
        self.required(name)?;
        let text = self.text(name).ok_or(FieldError::Missing(name.as_str()))?;
        NameAddrParts::split(name.as_str(), &text)?;
        Ok(text)
    }

    /// A field of one address in place.
    pub(crate) fn address(&self, name: HeaderName) -> Result<NameAddrParts<'_>, FieldError> {
        NameAddrParts::split(name.as_str(), self.required(name)?)
    }

    /// The topmost Via.
    pub fn via(&self) -> Result<Via, FieldError> {
        Ok(self.top_via()?.to_via())
    }

    /// The topmost Via, to look at.
    pub fn top_via(&self) -> Result<ViaView<'_>, FieldError> {
        let mut values = self.values(HeaderName::Via);
        ViaView::read(values.next().ok_or(FieldError::Missing("Via"))?)
    }

    /// All Vias from the top.
    pub fn vias(&self) -> impl Iterator<Item = Result<Via, FieldError>> {
        self.values(HeaderName::Via).map(Via::parse)
    }

    /// The values of a name-addr list: Contact, Route, Record-Route, Path, P-Asserted-Identity.
    pub fn name_addrs(
        &self,
        name: HeaderName,
    ) -> impl Iterator<Item = Result<NameAddr, FieldError>> {
        self.values(name)
            .map(move |value| NameAddr::parse(name.as_str(), value))
    }

    /// The first Contact. `*` is an error here.
    pub fn contact(&self) -> Result<NameAddr, FieldError> {
        self.name_addrs(HeaderName::Contact)
            .next()
            .unwrap_or(Err(FieldError::Missing("Contact")))
    }

    /// A header whose value is a plain number: Expires, Max-Forwards, Min-Expires, Content-Length.
    pub fn number(&self, name: HeaderName) -> Result<u32, FieldError> {
        let text = self.required(name)?;
        let digits = text.trim_blanks();
        // Expires and Retry-After may be followed by parameters or a comment.
        let digits = digits.split([';', '(', ' ']).next().unwrap_or("");
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain
            .then(|| digits.parse().ok())
            .flatten()
            .ok_or_else(|| FieldError::syntax(name.as_str(), "a number below 2^32", text))
    }

    /// The body by Content-Length; without a usable one, everything after the empty line
    /// (RFC 3261 18.3 for datagrams).
    pub fn body(&self) -> &[u8] {
        let all = self.layout.body.of(&self.bytes);
        match self.number(HeaderName::ContentLength) {
            Ok(length) if (length as usize) < all.len() => &all[..length as usize],
            _ => all,
        }
    }

    /// Everything after the empty line, whatever Content-Length says.
    pub fn body_all(&self) -> &[u8] {
        self.layout.body.of(&self.bytes)
    }

    /// The media type of the body in lower case without parameters, empty if absent.
    pub fn content_type(&self) -> String {
        let text = self.text(HeaderName::ContentType).unwrap_or_default();
        text.split(';')
            .next()
            .unwrap_or("")
            .trim()
            .to_ascii_lowercase()
    }

    /// `INVITE`, or `200 OK (INVITE)`: for ladders and failure texts.
    pub fn title(&self) -> String {
        match self.start_line() {
            StartLine::Request { method, .. } => method.to_owned(),
            StartLine::Status { code, reason, .. } => match self.cseq() {
                Ok(cseq) => format!("{code} {reason} ({})", cseq.method),
                Err(_) => format!("{code} {reason}"),
            },
            StartLine::Malformed(raw) => {
                let text = String::from_utf8_lossy(raw);
                format!("malformed: {}", text.chars().take(40).collect::<String>())
            }
        }
    }

    fn required(&self, name: HeaderName) -> Result<&str, FieldError> {
        let header = self
            .header(name)
            .ok_or(FieldError::Missing(name.as_str()))?;
        header.text().ok_or(FieldError::NotUtf8(name.as_str()))
    }

    fn header_of(&self, span: &HeaderSpan) -> Header<'_> {
        Header {
            id: span.id,
            name: span.name.of(&self.bytes),
            value: span.value.of(&self.bytes),
            line: span.line.of(&self.bytes),
        }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Message")
            .field(&String::from_utf8_lossy(&self.bytes))
            .finish()
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Message {}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &str = "INVITE sip:bob@biloxi.com SIP/2.0\r\n\
        v: SIP/2.0/UDP a.example;branch=z9hG4bK1, SIP/2.0/TCP b.example;branch=z9hG4bK2\r\n\
        Via: SIP/2.0/UDP c.example;branch=z9hG4bK3\r\n\
        To: Bob <sip:bob@biloxi.com>\r\n\
        f: \"A, B\" <sip:alice@atlanta.com>;tag=88\r\n\
        Call-ID: x@y\r\n\
        CSeq: 314159 INVITE\r\n\
        k: 100rel,\r\n timer\r\n\
        Subject: one\r\n  two\r\n\
        Content-Length: 4\r\n\r\nbodyextra";

    #[test]
    fn views_are_given_on_demand() {
        let message = Message::parse(INVITE.as_bytes());
        assert!(message.is_request());
        assert_eq!(message.method(), Some(Method::Invite));
        assert_eq!(
            message
                .vias()
                .filter_map(Result::ok)
                .map(|via| via.host)
                .collect::<Vec<_>>(),
            ["a.example", "b.example", "c.example"]
        );
        for _ in 0..2 {
            assert_eq!(message.from_tag().as_deref(), Some("88"));
            assert_eq!(message.to_tag(), None);
        }
        assert_eq!(message.call_id(), Some("x@y"));
        assert!(message.lists(HeaderName::Supported, "TIMER"));
        assert_eq!(
            message.text(HeaderName::Subject).as_deref(),
            Some("one two")
        );
        assert_eq!(message.body(), b"body");
        assert_eq!(message.body_all(), b"bodyextra");
        assert_eq!(message.bytes(), INVITE.as_bytes());
        assert_eq!(message.title(), "INVITE");
    }
}
