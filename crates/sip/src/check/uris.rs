//! URIs by their strict grammar and by what their place allows (RFC 3261 19.1.1, 25.1).

use crate::check::findings::{Findings, shown};
use crate::check::rule::Rule;
use crate::uri::{Scheme, Uri, parse_ip};

/// Where a URI stands: decides which components it may have (table 1 of RFC 3261 19.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    RequestUri,
    FromTo,
    Contact,
    Route,
    Other,
}

const MARKS: &str = "-_.!~*'()";
const USER_EXTRA: &str = "&=+$,;?/";
const PASSWORD_EXTRA: &str = "&=+$,";
const PARAM_EXTRA: &str = "[]/:&+$";
const HEADER_EXTRA: &str = "[]/?:+$";

/// Judges `text`, which is the whole URI without brackets; `field` names its place in texts.
pub(super) fn check(findings: &mut Findings<'_>, field: &str, text: &str, place: Place) {
    let uri = match Uri::parse(text) {
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
        Scheme::Sip | Scheme::Sips => {
            sip_characters(findings, field, text, &uri);
            components(findings, field, text, &uri, place);
        }
        Scheme::Tel => {
            let number = uri.user.as_deref().unwrap_or("");
            let allowed = |c: char| c.is_ascii_hexdigit() || "+-.()*#".contains(c);
            if number.is_empty() || !number.chars().all(allowed) {
                let text_out = format!("{field}: \"{}\" is no telephone number", shown(number));
                findings.at(Rule::UriCharacters, text, text_out);
            }
        }
        Scheme::Other(_) => {}
    }
}

fn shown_error(field: &str, error: &str) -> String {
    format!("{field}: {}", shown(error))
}

fn sip_characters(findings: &mut Findings<'_>, field: &str, text: &str, uri: &Uri) {
    let mut parts = vec![
        ("user", uri.user.as_deref().unwrap_or(""), USER_EXTRA),
        (
            "password",
            uri.password.as_deref().unwrap_or(""),
            PASSWORD_EXTRA,
        ),
    ];
    for (name, value) in uri.params.iter() {
        parts.push(("parameter", name, PARAM_EXTRA));
        parts.push(("parameter", value.unwrap_or(""), PARAM_EXTRA));
    }
    for (name, value) in &uri.headers {
        parts.push(("header component", name, HEADER_EXTRA));
        parts.push(("header component", value, HEADER_EXTRA));
    }
    for (part, piece, extra) in parts {
        if let Some(wrong) = first_wrong(piece, extra) {
            let text_out = format!("{field}: character {wrong:?} in the {part} is not escaped");
            findings.at(Rule::UriCharacters, text, text_out);
            break;
        }
    }
    if uri.user.as_deref() == Some("") {
        findings.at(
            Rule::UriCharacters,
            text,
            format!("{field}: empty user part"),
        );
    }
    host(findings, field, text, &uri.host);
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in uri.params.iter() {
        if seen.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            let text_out = format!("{field}: URI parameter {} stands twice", shown(name));
            findings.at(Rule::ParameterTwice, text, text_out);
        }
        seen.push(name);
    }
}

fn host(findings: &mut Findings<'_>, field: &str, text: &str, host: &str) {
    if host.contains(['[', ']', ':']) {
        if parse_ip(host).is_none() || !host.starts_with('[') {
            let text_out = format!("{field}: \"{}\" is no IPv6 address", shown(host));
            findings.at(Rule::Uri, text, text_out);
        }
        return;
    }
    let labels = host.strip_suffix('.').unwrap_or(host).split('.');
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if !labels.into_iter().all(is_label) {
        let text_out = format!("{field}: \"{}\" is no host name", shown(host));
        findings.at(Rule::UriCharacters, text, text_out);
    }
}

/// The first character that is neither unreserved, nor in `extra`, nor part of an escape.
fn first_wrong(piece: &str, extra: &str) -> Option<char> {
    let bytes = piece.as_bytes();
    piece.char_indices().find_map(|(at, character)| {
        let fine = character.is_ascii_alphanumeric()
            || MARKS.contains(character)
            || extra.contains(character)
            || character == '%'
                && bytes
                    .get(at + 1..at + 3)
                    .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        (!fine).then_some(character)
    })
}

fn components(findings: &mut Findings<'_>, field: &str, text: &str, uri: &Uri, place: Place) {
    if !uri.headers.is_empty() && place == Place::RequestUri {
        let text_out = format!("{field} has header components: {}", shown(text));
        findings.at(Rule::RequestUriHeaders, text, text_out);
    }
    let mut unwanted = Vec::new();
    if !uri.headers.is_empty() && matches!(place, Place::FromTo | Place::Route) {
        unwanted.push("header components");
    }
    if uri.params.has("method") && !matches!(place, Place::Contact | Place::Other) {
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
            if uri.params.has(name) {
                unwanted.push(text);
            }
        }
    }
    for what in unwanted {
        let text_out = format!("{field}: URI has {what}, which this place does not allow");
        findings.at(Rule::UriComponent, text, text_out);
    }
}
