//! URIs by their strict grammar and by what their place allows (RFC 3261 19.1.1, 25.1).

use smallvec::SmallVec;

use crate::check::findings::{Findings, shown};
use crate::check::lists::PARAMS_USUAL;
use crate::check::rule::Rule;
use crate::octets::OctetSet;
use crate::params;
use crate::uri::parse_ip;
use crate::uri_parts::{SchemePart, UriParts};

/// Where a URI stands: decides which components it may have (table 1 of RFC 3261 19.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    RequestUri,
    FromTo,
    Contact,
    Route,
    Other,
}

// What may stand without an escape: letters, digits, the marks, and what each part adds
// (RFC 3261 25.1).
static USER: OctetSet = OctetSet::alphanumeric_and(b"-_.!~*'()&=+$,;?/");
static PASSWORD: OctetSet = OctetSet::alphanumeric_and(b"-_.!~*'()&=+$,");
static PARAM: OctetSet = OctetSet::alphanumeric_and(b"-_.!~*'()[]/:&+$");
static HEADER: OctetSet = OctetSet::alphanumeric_and(b"-_.!~*'()[]/?:+$");
static LABEL: OctetSet = OctetSet::alphanumeric_and(b"-");

/// Judges `text`, which is the whole URI without brackets; `field` names its place in texts.
pub(super) fn check(findings: &mut Findings<'_>, field: &str, text: &str, place: Place) {
    let uri = match UriParts::split(text) {
        Ok(uri) => uri,
        Err(error) => {
            let rule = match place {
                Place::RequestUri => Rule::RequestUri,
                _ => Rule::Uri,
            };
            findings.at(rule, text, shown_error(field, &error.to_string()));
            return;
        }
    };
    match uri.scheme {
        SchemePart::Sip | SchemePart::Sips => {
            sip_characters(findings, field, text, &uri);
            components(findings, field, text, &uri, place);
        }
        SchemePart::Tel => {
            let number = uri.user.unwrap_or("");
            let allowed = |c: char| c.is_ascii_hexdigit() || "+-.()*#".contains(c);
            if number.is_empty() || !number.chars().all(allowed) {
                let text_out = format!("{field}: \"{}\" is no telephone number", shown(number));
                findings.at(Rule::UriCharacters, text, text_out);
            }
        }
        SchemePart::Other(_) => {}
    }
}

fn shown_error(field: &str, error: &str) -> String {
    format!("{field}: {}", shown(error))
}

fn sip_characters(findings: &mut Findings<'_>, field: &str, text: &str, uri: &UriParts<'_>) {
    let own = [
        ("user", uri.user.unwrap_or(""), &USER),
        ("password", uri.password.unwrap_or(""), &PASSWORD),
    ];
    let params = params::pieces(uri.params).flat_map(|(name, value)| {
        [name, value.unwrap_or("")].map(|piece| ("parameter", piece, &PARAM))
    });
    let headers = uri
        .headers()
        .flat_map(|(name, value)| [name, value].map(|piece| ("header component", piece, &HEADER)));
    let mut parts = own.into_iter().chain(params).chain(headers);
    let wrong = parts.find_map(|(part, piece, plain)| Some((part, first_wrong(piece, plain)?)));
    if let Some((part, wrong)) = wrong {
        let text_out = format!("{field}: character {wrong:?} in the {part} is not escaped");
        findings.at(Rule::UriCharacters, text, text_out);
    }
    if uri.user == Some("") {
        findings.at(
            Rule::UriCharacters,
            text,
            format!("{field}: empty user part"),
        );
    }
    host(findings, field, text, uri.host);
    let mut seen: SmallVec<[&str; PARAMS_USUAL]> = SmallVec::new();
    for (name, _) in params::pieces(uri.params) {
        if seen.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            let text_out = format!("{field}: URI parameter {} stands twice", shown(name));
            findings.at(Rule::ParameterTwice, text, text_out);
        }
        seen.push(name);
    }
}

fn host(findings: &mut Findings<'_>, field: &str, text: &str, host: &str) {
    if host.bytes().any(|octet| b"[]:".contains(&octet)) {
        if parse_ip(host).is_none() || !host.starts_with('[') {
            let text_out = format!("{field}: \"{}\" is no IPv6 address", shown(host));
            findings.at(Rule::Uri, text, text_out);
        }
        return;
    }
    let labels = host.strip_suffix('.').unwrap_or(host).as_bytes();
    let is_label = |label: &[u8]| {
        !label.is_empty()
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
            && label.iter().all(|octet| LABEL.has(*octet))
    };
    if !labels.split(|octet| *octet == b'.').all(is_label) {
        let text_out = format!("{field}: \"{}\" is no host name", shown(host));
        findings.at(Rule::UriCharacters, text, text_out);
    }
}

/// The first character that is neither in `plain` nor part of an escape.
fn first_wrong(piece: &str, plain: &OctetSet) -> Option<char> {
    if plain.has_all(piece) {
        return None;
    }
    let bytes = piece.as_bytes();
    let fine = |at: usize, byte: u8| {
        let escape = || {
            let digits = bytes.get(at + 1..at + 3);
            digits.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
        };
        plain.has(byte) || byte == b'%' && escape()
    };
    let wrong = bytes
        .iter()
        .enumerate()
        .find(|(at, byte)| !fine(*at, **byte));
    // All before it is ASCII, so a character begins there.
    wrong.and_then(|(at, _)| piece[at..].chars().next())
}

fn components(
    findings: &mut Findings<'_>,
    field: &str,
    text: &str,
    uri: &UriParts<'_>,
    place: Place,
) {
    let has_headers = uri.headers().next().is_some();
    let has = |wanted: &str| {
        params::pieces(uri.params).any(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    if has_headers && place == Place::RequestUri {
        let text_out = format!("{field} has header components: {}", shown(text));
        findings.at(Rule::RequestUriHeaders, text, text_out);
    }
    if !has_headers && uri.params.is_empty() && uri.port.is_none() {
        return;
    }
    let mut unwanted = Vec::new();
    if has_headers && matches!(place, Place::FromTo | Place::Route) {
        unwanted.push("header components");
    }
    if has("method") && !matches!(place, Place::Contact | Place::Other) {
        unwanted.push("a method parameter");
    }
    if place == Place::FromTo {
        if uri.port.is_some() {
            unwanted.push("a port");
        }
        for (name, text) in [
            ("maddr", "a maddr parameter"),
            ("ttl", "a ttl parameter"),
            ("transport", "a transport parameter"),
            ("lr", "an lr parameter"),
        ] {
            if has(name) {
                unwanted.push(text);
            }
        }
    }
    for what in unwanted {
        let text_out = format!("{field}: URI has {what}, which this place does not allow");
        findings.at(Rule::UriComponent, text, text_out);
    }
}
