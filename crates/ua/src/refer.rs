//! What REFER and the calls that follow from it carry: Refer-To (RFC 3515 2.1), Replaces
//! (RFC 3891 6.1), Referred-By (RFC 3892), and who wants to be told what (RFC 4488, RFC 7614).

use std::fmt;

use gannet_sip::{FieldError, HeaderName, Message, Method, NameAddr, Uri};

use crate::dialog::Dialog;

/// The event package that a REFER subscribes to (RFC 3515 3).
pub(crate) const REFER: &str = "refer";

/// Which dialog an INVITE takes the place of (RFC 3891 6.1). The tags are those of whoever gets the
/// INVITE: `to_tag` is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces {
    /// Call-ID.
    pub call_id: String,
    /// The tag of the end that is asked to replace.
    pub to_tag: String,
    /// The tag of the end that is replaced.
    pub from_tag: String,
    /// Only as long as the dialog is early.
    pub early_only: bool,
}

impl Replaces {
    /// What makes the other end of this dialog replace it.
    pub fn at_peer(dialog: &Dialog) -> Self {
        Self {
            call_id: dialog.call_id.clone(),
            to_tag: dialog.remote_tag.clone(),
            from_tag: dialog.local_tag.clone(),
            early_only: false,
        }
    }

    /// What makes our end of this dialog replace it.
    pub fn at_us(dialog: &Dialog) -> Self {
        Self {
            call_id: dialog.call_id.clone(),
            to_tag: dialog.local_tag.clone(),
            from_tag: dialog.remote_tag.clone(),
            early_only: false,
        }
    }

    /// The same dialog from its other end.
    pub(crate) fn turned(self) -> Self {
        Self {
            to_tag: self.from_tag,
            from_tag: self.to_tag,
            ..self
        }
    }

    /// Reads the value of a Replaces field.
    ///
    /// # Errors
    /// If it names no Call-ID, or one of the tags is missing or there twice.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let wrong = |expected| FieldError::Syntax {
            field: "Replaces",
            expected,
            found: text.to_owned(),
        };
        let mut parts = text.split(';').map(str::trim);
        let call_id = parts.next().unwrap_or_default();
        if call_id.is_empty() || call_id.contains(char::is_whitespace) {
            return Err(wrong("a Call-ID"));
        }
        let (mut to_tag, mut from_tag, mut early_only) = (None, None, false);
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let place = match name.trim().to_ascii_lowercase().as_str() {
                "to-tag" => &mut to_tag,
                "from-tag" => &mut from_tag,
                "early-only" => {
                    early_only = true;
                    continue;
                }
                _ => continue,
            };
            if place.replace(value.trim().to_owned()).is_some() {
                return Err(wrong("each tag once"));
            }
        }
        let tag = |tag: Option<String>| tag.filter(|tag| !tag.is_empty());
        match (tag(to_tag), tag(from_tag)) {
            (Some(to_tag), Some(from_tag)) => Ok(Self {
                call_id: call_id.to_owned(),
                to_tag,
                from_tag,
                early_only,
            }),
            _ => Err(wrong("to-tag and from-tag")),
        }
    }

    /// The Replaces field of a message, `None` if it has none.
    ///
    /// # Errors
    /// If there is more than one (RFC 3891 3), or it cannot be read.
    pub fn of(message: &Message) -> Result<Option<Self>, FieldError> {
        let mut fields = message.headers_named(HeaderName::Replaces);
        let Some(field) = fields.next() else {
            return Ok(None);
        };
        if fields.next().is_some() {
            return Err(FieldError::Syntax {
                field: "Replaces",
                expected: "one field",
                found: "several".to_owned(),
            });
        }
        Self::parse(&field.unfolded()).map(Some)
    }

    /// Whether the other end's tag is this one; `0` stands for none (RFC 3891 3).
    pub(crate) fn is_from(&self, remote_tag: &str) -> bool {
        self.from_tag == remote_tag || (remote_tag.is_empty() && self.from_tag == "0")
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tag = |tag: &str| if tag.is_empty() { "0" } else { tag }.to_owned();
        write!(
            f,
            "{};to-tag={};from-tag={}",
            self.call_id,
            tag(&self.to_tag),
            tag(&self.from_tag)
        )?;
        if self.early_only {
            f.write_str(";early-only")?;
        }
        Ok(())
    }
}

/// What a REFER asks for: a request to a URI, with header fields (RFC 3515 2.1, RFC 3261 19.1.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferTo {
    /// Where the request goes, without its method and header fields.
    pub uri: Uri,
    /// Its method; INVITE unless the URI says otherwise.
    pub method: Method,
    /// The dialog that it is to take the place of.
    pub replaces: Option<Replaces>,
    /// More header fields, not escaped.
    pub headers: Vec<(String, String)>,
}

/// Header fields that another may not put into our requests: they say who we are, or where and how
/// the request goes (RFC 3261 19.1.5).
const NOT_HONOURED: [HeaderName; 20] = [
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
    HeaderName::Via,
    HeaderName::Route,
    HeaderName::RecordRoute,
    HeaderName::MaxForwards,
    HeaderName::Contact,
    HeaderName::ContentLength,
    HeaderName::ContentType,
    HeaderName::Accept,
    HeaderName::AcceptEncoding,
    HeaderName::AcceptLanguage,
    HeaderName::Organization,
    HeaderName::Supported,
    HeaderName::UserAgent,
    HeaderName::Authorization,
    HeaderName::ProxyAuthorization,
    HeaderName::ReferredBy,
];

impl ReferTo {
    /// A call to a URI.
    pub const fn new(uri: Uri) -> Self {
        Self {
            uri,
            method: Method::Invite,
            replaces: None,
            headers: Vec::new(),
        }
    }

    /// The same in place of a dialog.
    pub fn replacing(mut self, replaces: Replaces) -> Self {
        self.replaces = Some(replaces);
        self
    }

    /// Reads the value of a Refer-To field.
    ///
    /// # Errors
    /// If it is no address, or the Replaces in it cannot be read.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let mut uri = NameAddr::parse("Refer-To", text)?.uri;
        let method = uri.params.get("method").map_or(Method::Invite, Method::new);
        uri.params.remove("method");
        let mut to = Self {
            method,
            ..Self::new(uri)
        };
        for (name, value) in std::mem::take(&mut to.uri.headers) {
            let (name, value) = (unescape(&name), unescape(&value));
            if HeaderName::from_bytes(name.as_bytes()) == HeaderName::Replaces {
                to.replaces = Some(Replaces::parse(&value)?);
            } else {
                to.headers.push((name, value));
            }
        }
        Ok(to)
    }

    /// The Refer-To field of a message.
    ///
    /// # Errors
    /// If there is not exactly one (RFC 3515 2.4.1), or it cannot be read.
    pub fn of(message: &Message) -> Result<Self, FieldError> {
        let mut fields = message.headers_named(HeaderName::ReferTo);
        let field = fields.next().ok_or(FieldError::Missing("Refer-To"))?;
        if fields.next().is_some() {
            return Err(FieldError::Syntax {
                field: "Refer-To",
                expected: "one field",
                found: "several".to_owned(),
            });
        }
        Self::parse(&field.unfolded())
    }

    /// The header fields of the request that this REFER asks for: those of the URI that may be
    /// honoured, Replaces, and Referred-By of the REFER itself (RFC 3892 2.2).
    pub fn carried(&self, refer: &Message) -> Vec<(String, String)> {
        let honoured = |name: &str| {
            !name.eq_ignore_ascii_case("body")
                && !NOT_HONOURED.contains(&HeaderName::from_bytes(name.as_bytes()))
        };
        let own = self.headers.iter().filter(|(name, _)| honoured(name));
        let mut headers: Vec<_> = own.cloned().collect();
        let more = [
            (
                HeaderName::Replaces,
                self.replaces.as_ref().map(ToString::to_string),
            ),
            (
                HeaderName::ReferredBy,
                refer
                    .text(HeaderName::ReferredBy)
                    .map(std::borrow::Cow::into_owned),
            ),
        ];
        for (name, value) in more {
            headers.extend(value.map(|value| (name.as_str().to_owned(), value)));
        }
        headers
    }
}

impl fmt::Display for ReferTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut uri = self.uri.clone();
        if self.method != Method::Invite {
            uri.params.set("method", self.method.as_str());
        }
        let replaces = self.replaces.as_ref();
        let replaces = replaces.map(|replaces| ("Replaces".to_owned(), replaces.to_string()));
        let headers = replaces.iter().chain(&self.headers);
        uri.headers = headers
            .map(|(name, value)| (escape(name), escape(value)))
            .collect();
        write!(f, "{}", NameAddr::new(uri))
    }
}

/// How whoever sends a REFER wants to be told what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ReferReport {
    /// By the subscription that comes with each REFER (RFC 3515 2.4.4).
    #[default]
    Implicit,
    /// Rather not: `Refer-Sub: false` (RFC 4488 4). The other side may subscribe it all the same.
    Unwanted,
    /// Not at all: `Require: nosub` (RFC 7614).
    Never,
    /// By a SUBSCRIBE of its own: `Require: explicitsub` (RFC 7614).
    Explicit,
}

impl ReferReport {
    /// What a REFER asks for; `None` if it asks for no subscription and for one at once.
    pub fn asked_by(refer: &Message) -> Option<Self> {
        let requires = |tag| refer.lists(HeaderName::Require, tag);
        match (requires("nosub"), requires("explicitsub")) {
            (true, true) => None,
            (true, false) => Some(Self::Never),
            (false, true) => Some(Self::Explicit),
            (false, false) if is_false(refer) => Some(Self::Unwanted),
            (false, false) => Some(Self::Implicit),
        }
    }

    /// The header fields that ask for it.
    pub(crate) fn headers(self) -> Vec<(String, String)> {
        let list: &[(&str, &str)] = match self {
            Self::Implicit => &[],
            Self::Unwanted => &[("Refer-Sub", "false"), ("Supported", "norefersub")],
            Self::Never => &[("Require", "nosub")],
            Self::Explicit => &[("Require", "explicitsub")],
        };
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        list.iter().map(owned).collect()
    }
}

/// Whether a REFER or its 2xx says `Refer-Sub: false` (RFC 4488 4).
pub(crate) fn is_false(message: &Message) -> bool {
    let value = message.text(HeaderName::ReferSub).unwrap_or_default();
    let value = value.split(';').next().unwrap_or_default();
    value.trim().eq_ignore_ascii_case("false")
}

/// Where a subscription to what becomes of a REFER can be had (RFC 7614).
pub(crate) fn events_at(response: &Message) -> Option<Uri> {
    let field = response.headers_by_text("Refer-Events-At").next()?;
    let at = NameAddr::parse("Refer-Events-At", &field.unfolded()).ok()?;
    at.uri.is_sip().then_some(at.uri)
}

/// What may stand in the header fields of a URI as it is (RFC 3261 25.1, hvalue).
fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()[]/?:+$".contains(&byte);
    text.bytes().fold(String::new(), |mut out, byte| {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
            out.extend(['%', digit(byte >> 4), digit(byte & 0xf)]);
        }
        out
    })
}

/// What is no escape stays as it is; bytes that are no UTF-8 are replaced.
fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let hex = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refer(fields: &str) -> Message {
        let text =
            format!("REFER sip:b@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n{fields}\r\n");
        Message::parse(text.into_bytes())
    }

    #[test]
    fn an_escaped_replaces_is_read_and_written() {
        let text = "<sip:carol@10.0.0.3:5062;transport=tcp?Replaces=a84b4c76%4010.0.0.1%3Bto-tag\
                    %3D7%3Bfrom-tag%3D8%3Bearly-only&Priority=urgent>";
        let to = ReferTo::parse(text).expect("valid");
        assert_eq!(to.uri.to_string(), "sip:carol@10.0.0.3:5062;transport=tcp");
        let replaces = to.replaces.clone().expect("there");
        assert_eq!(replaces.call_id, "a84b4c76@10.0.0.1");
        assert_eq!((&*replaces.to_tag, &*replaces.from_tag), ("7", "8"));
        assert!(replaces.early_only);
        assert_eq!(to.headers, [("Priority".to_owned(), "urgent".to_owned())]);
        let again = to.to_string();
        assert_eq!(ReferTo::parse(&again).expect("ours"), to);
        assert!(again.contains("?Replaces=a84b4c76%4010.0.0.1%3Bto-tag%3D7%3Bfrom-tag%3D8"));
    }

    #[test]
    fn methods_and_bare_addresses_are_read() {
        let to = ReferTo::parse("sip:carol@b").expect("valid");
        assert_eq!(
            (to.method.clone(), to.to_string().as_str()),
            (Method::Invite, "<sip:carol@b>")
        );
        let to = ReferTo::parse("\"C\" <sip:carol@b;method=SUBSCRIBE>").expect("valid");
        assert_eq!(to.method, Method::Subscribe);
        assert_eq!(to.to_string(), "<sip:carol@b;method=SUBSCRIBE>");
    }

    #[test]
    fn exactly_one_refer_to_counts() {
        assert!(ReferTo::of(&refer("")).is_err());
        assert!(ReferTo::of(&refer("Refer-To: <sip:c@b>\r\nr: <sip:d@b>\r\n")).is_err());
        assert!(ReferTo::of(&refer("r: <sip:c@b>\r\n")).is_ok());
        assert!(ReferTo::of(&refer("Refer-To: <sip:c@b?Replaces=x>\r\n")).is_err());
    }

    #[test]
    fn replaces_needs_its_parts() {
        let table = [
            ("1@a;to-tag=x;from-tag=y", true),
            (
                " 1@a ; from-tag = y ; to-tag = x ; early-only ; other=1",
                true,
            ),
            ("1@a;to-tag=x", false),
            ("1@a;to-tag=x;from-tag=", false),
            ("1@a;to-tag=x;to-tag=z;from-tag=y", false),
            (";to-tag=x;from-tag=y", false),
            ("", false),
        ];
        for (text, valid) in table {
            assert_eq!(Replaces::parse(text).is_ok(), valid, "{text}");
        }
        let old = Replaces::parse("1@a;to-tag=x;from-tag=0").expect("valid");
        assert!(old.is_from("") && old.is_from("0") && !old.is_from("y"));
        assert_eq!(old.to_string(), "1@a;to-tag=x;from-tag=0");
    }

    #[test]
    fn what_is_carried_says_nothing_about_us() {
        let to = ReferTo::parse(
            "<sip:c@b?From=sip%3Aevil%40b&X-Note=a%20b&Replaces=1%3Bto-tag%3Dx%3Bfrom-tag%3Dy&body=x>",
        );
        let to = to.expect("valid");
        let carried = to.carried(&refer("Referred-By: <sip:a@b>;cid=\"1@b\"\r\n"));
        let text: Vec<_> = carried
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        assert_eq!(
            text,
            [
                "X-Note: a b",
                "Replaces: 1;to-tag=x;from-tag=y",
                "Referred-By: <sip:a@b>;cid=\"1@b\"",
            ]
        );
    }

    #[test]
    fn who_wants_to_be_told_what_is_read() {
        let table = [
            ("", Some(ReferReport::Implicit)),
            ("Refer-Sub: true\r\n", Some(ReferReport::Implicit)),
            ("Refer-Sub: False ;x=1\r\n", Some(ReferReport::Unwanted)),
            ("Require: nosub\r\n", Some(ReferReport::Never)),
            (
                "Require: tdialog, explicitsub\r\n",
                Some(ReferReport::Explicit),
            ),
            ("Require: nosub, explicitsub\r\n", None),
        ];
        for (fields, report) in table {
            assert_eq!(ReferReport::asked_by(&refer(fields)), report, "{fields}");
        }
    }
}
