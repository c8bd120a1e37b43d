//! A URI taken apart in place: every part is a piece of the text (RFC 3261 19.1.1, RFC 3966).

use crate::lex;
use crate::octets::{OctetSet, find};
use crate::params::Params;
use crate::uri::{Scheme, Uri, UriError};

static SCHEME: OctetSet = OctetSet::alphanumeric_and(b"+-.");
static HOST: OctetSet = OctetSet::alphanumeric_and(b"-._[]:%");
/// What may stand anywhere in a URI, as far as it is ASCII.
static ANYWHERE: OctetSet = OctetSet::graphic_without(b"<>\"");

/// The parts of a URI. To look at one part nothing is copied; [`UriParts::to_uri`] copies all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UriParts<'a> {
    pub(crate) scheme: SchemePart<'a>,
    pub(crate) user: Option<&'a str>,
    pub(crate) password: Option<&'a str>,
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
    /// What follows the first `;` of the host part.
    pub(crate) params: &'a str,
    /// What follows the `?`.
    headers: &'a str,
    /// Everything after the scheme, where it is none of the known ones.
    opaque: &'a str,
}

/// A scheme; [`Scheme`] in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SchemePart<'a> {
    Sip,
    Sips,
    Tel,
    Other(&'a str),
}

impl<'a> UriParts<'a> {
    /// Reads a URI; see [`Uri::parse`].
    pub(crate) fn split(text: &'a str) -> Result<Self, UriError> {
        let (scheme_text, rest) =
            lex::cut(text, b':').ok_or_else(|| UriError::NoScheme(text.to_owned()))?;
        let valid_scheme = scheme_text.starts_with(|first: char| first.is_ascii_alphabetic())
            && SCHEME.has_all(scheme_text);
        if !valid_scheme {
            return Err(UriError::NoScheme(text.to_owned()));
        }
        // White space outside ASCII is looked for only where there is something outside ASCII.
        let wrong = |c: char| c.is_whitespace() || "<>\"".contains(c);
        if !ANYWHERE.has_all(text)
            && let Some(character) = text.chars().find(|c| wrong(*c))
        {
            return Err(UriError::BadCharacter {
                character,
                part: "text",
                uri: text.to_owned(),
            });
        }
        let mut parts = Self::of_scheme(SchemePart::read(scheme_text));
        match parts.scheme {
            SchemePart::Sip | SchemePart::Sips => parts.read_sip(rest, text)?,
            SchemePart::Tel => {
                let (number, params) = lex::cut(rest, b';').unwrap_or((rest, ""));
                parts.user = Some(number);
                parts.params = params;
            }
            SchemePart::Other(_) => parts.opaque = rest,
        }
        Ok(parts)
    }

    const fn of_scheme(scheme: SchemePart<'a>) -> Self {
        Self {
            scheme,
            user: None,
            password: None,
            host: "",
            port: None,
            params: "",
            headers: "",
            opaque: "",
        }
    }

    fn read_sip(&mut self, rest: &'a str, whole: &str) -> Result<(), UriError> {
        // The user part may hold `;` and `?` (RFC 3261 25.1 user-unreserved), the host part no `@`.
        let (userinfo, hostpart) = match lex::cut_last(rest, b'@') {
            Some((userinfo, hostpart)) => (Some(userinfo), hostpart),
            None => (None, rest),
        };
        if let Some(userinfo) = userinfo {
            let (user, password) = match lex::cut(userinfo, b':') {
                Some((user, password)) => (user, Some(password)),
                None => (userinfo, None),
            };
            self.user = Some(user);
            self.password = password;
        }
        let (address, headers) = lex::cut(hostpart, b'?').unwrap_or((hostpart, ""));
        let (hostport, params) = lex::cut(address, b';').unwrap_or((address, ""));
        let (host, port) = split_host_port(hostport)?;
        if host.is_empty() {
            return Err(UriError::NoHost(whole.to_owned()));
        }
        if !HOST.has_all(host) {
            let bad = |c: &char| !(c.is_ascii() && HOST.has(*c as u8));
            // There is one: a byte that is not fine belongs to a character that is not.
            let character = host.chars().find(bad).unwrap_or_default();
            return Err(UriError::BadCharacter {
                character,
                part: "host",
                uri: whole.to_owned(),
            });
        }
        (self.host, self.port) = (host, port);
        (self.params, self.headers) = (params, headers);
        Ok(())
    }

    /// A URI of its own.
    pub(crate) fn to_uri(self) -> Uri {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Uri {
            scheme: self.scheme.to_scheme(),
            user: self.user.map(str::to_owned),
            password: self.password.map(str::to_owned),
            host: self.host.to_owned(),
            port: self.port,
            params: Params::parse(self.params),
            headers: self.headers().map(owned).collect(),
            opaque: self.opaque.to_owned(),
        }
    }

    /// The header components behind `?`.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let pieces = self.headers.split('&').filter(|piece| !piece.is_empty());
        pieces.map(|piece| piece.split_once('=').unwrap_or((piece, "")))
    }

    /// True where the scheme is none of the known ones.
    pub(crate) const fn is_other_scheme(&self) -> bool {
        matches!(self.scheme, SchemePart::Other(_))
    }
}

impl<'a> SchemePart<'a> {
    fn read(text: &'a str) -> Self {
        let is = |name: &str| text.eq_ignore_ascii_case(name);
        if is("sip") {
            Self::Sip
        } else if is("sips") {
            Self::Sips
        } else if is("tel") {
            Self::Tel
        } else {
            Self::Other(text)
        }
    }

    /// As it is written: the known ones in lower case.
    pub(crate) const fn as_str(self) -> &'a str {
        match self {
            Self::Sip => "sip",
            Self::Sips => "sips",
            Self::Tel => "tel",
            Self::Other(text) => text,
        }
    }

    fn to_scheme(self) -> Scheme {
        match self {
            Self::Sip => Scheme::Sip,
            Self::Sips => Scheme::Sips,
            Self::Tel => Scheme::Tel,
            Self::Other(text) => Scheme::Other(text.to_owned()),
        }
    }
}

/// Splits `host[:port]`, brackets of IPv6 understood.
pub(crate) fn split_host_port(text: &str) -> Result<(&str, Option<u16>), UriError> {
    let bytes = text.as_bytes();
    let colon = match memchr::memrchr(b']', bytes) {
        Some(bracket) => find(b':', bytes, bracket),
        None => find(b':', bytes, 0),
    };
    let Some(colon) = colon else {
        return Ok((text, None));
    };
    let port = &text[colon + 1..];
    if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UriError::BadPort(port.to_owned()));
    }
    let number = port
        .parse()
        .map_err(|_| UriError::BadPort(port.to_owned()))?;
    Ok((&text[..colon], Some(number)))
}
