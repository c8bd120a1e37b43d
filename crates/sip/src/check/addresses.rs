//! From, To, Contact, Route and their kin, and Via (RFC 3261 20.10, 20.20, 20.34, 20.39, 20.42).

use crate::check::findings::{Findings, shown};
use crate::check::grammar;
use crate::check::lists::{self, Elements};
use crate::check::rule::Rule;
use crate::check::uris::{self, Place};
use crate::header_name::HeaderName;
use crate::lex::{self, Blanks as _};
use crate::method::Method;
use crate::octets::find;
use crate::uri::parse_ip;
use crate::via::BRANCH_COOKIE;
use crate::via_view::ViaView;

/// Fields of name-addr form, whether they are lists, and what their URIs may have.
const ADDRESSES: [(HeaderName, bool, Place); 11] = [
    (HeaderName::From, false, Place::FromTo),
    (HeaderName::To, false, Place::FromTo),
    (HeaderName::Contact, true, Place::Contact),
    (HeaderName::Route, true, Place::Route),
    (HeaderName::RecordRoute, true, Place::Route),
    (HeaderName::Path, true, Place::Route),
    (HeaderName::ServiceRoute, true, Place::Route),
    (HeaderName::ReplyTo, false, Place::Other),
    (HeaderName::ReferTo, false, Place::Other),
    (HeaderName::PAssertedIdentity, true, Place::Other),
    (HeaderName::PPreferredIdentity, true, Place::Other),
];

pub(super) fn check(findings: &mut Findings<'_>) {
    vias(findings);
    for (name, list, place) in ADDRESSES {
        let elements = if list { Elements::List } else { Elements::One };
        lists::each(findings, name, elements, |findings, value| {
            if name == HeaderName::Contact && value == "*" {
                return;
            }
            address(findings, name.as_str(), value, place);
            if name == HeaderName::Contact {
                contact_params(findings, value);
            }
        });
    }
    star(findings);
}

/// One `name-addr` or `addr-spec` with its parameters.
fn address(findings: &mut Findings<'_>, field: &str, value: &str, place: Place) {
    let Some(open) = open_bracket(value) else {
        bare_address(findings, field, value, place);
        return;
    };
    display_name(findings, field, value[..open].trim_blanks());
    let inside = &value[open + 1..];
    let Some(close) = find(b'>', inside.as_bytes(), 0) else {
        let text = format!("{field}: no '>' after the URI in \"{}\"", shown(value));
        findings.at(Rule::Address, value, text);
        return;
    };
    uri(findings, field, &inside[..close], place);
    let after = inside[close + 1..].trim_blanks();
    match after.strip_prefix(';') {
        Some(params) => lists::params(findings, field, params),
        None if after.is_empty() => {}
        None => {
            let text = format!("{field}: \"{}\" after the URI", shown(after));
            findings.at(Rule::Address, after, text);
        }
    }
}

/// Without brackets everything after the first `;` belongs to the header field (RFC 3261 20).
fn bare_address(findings: &mut Findings<'_>, field: &str, value: &str, place: Place) {
    let (address, params) = value
        .split_once(';')
        .map_or((value, None), |(a, p)| (a, Some(p)));
    let address = address.trim_blanks();
    if place == Place::Route {
        let text = format!("{field}: \"{}\" is not in angle brackets", shown(value));
        findings.at(Rule::RouteBrackets, value, text);
    }
    if address.starts_with('"') {
        let text = format!(
            "{field}: no URI after the display name in \"{}\"",
            shown(value)
        );
        findings.at(Rule::Address, value, text);
    } else if address.contains(['?', ',']) {
        let text = format!(
            "{field}: URI \"{}\" is not in angle brackets",
            shown(address)
        );
        findings.at(Rule::AddressBrackets, address, text);
    } else {
        uri(findings, field, address, place);
    }
    if let Some(params) = params {
        lists::params(findings, field, params);
    }
}

fn uri(findings: &mut Findings<'_>, field: &str, text: &str, place: Place) {
    if text.has_blanks() {
        let text_out = format!("{field}: blanks inside the URI \"{}\"", shown(text));
        findings.at(Rule::AddressBlanks, text, text_out);
    } else {
        uris::check(findings, field, text, place);
    }
}

fn display_name(findings: &mut Findings<'_>, field: &str, name: &str) {
    let is_blank = |byte: u8| b" \t\r\n".contains(&byte);
    if name.starts_with('"') {
        if !grammar::is_quoted_string(name) {
            let text = format!("{field}: {} is not one quoted string", shown(name));
            findings.at(Rule::DisplayName, name, text);
        }
    } else if let Some(wrong) = name
        .chars()
        .find(|c| c.is_ascii() && !(lex::is_token_char(*c as u8) || is_blank(*c as u8)))
    {
        let text = format!(
            "{field}: {wrong:?} in the unquoted display name \"{}\"",
            shown(name)
        );
        findings.at(Rule::DisplayName, name, text);
    } else if !name.is_ascii() {
        let text = format!("{field}: display name \"{}\" is not quoted", shown(name));
        findings.at(Rule::DisplayNameCharset, name, text);
    }
}

/// The `<` that opens the URI, outside a quoted display name.
fn open_bracket(value: &str) -> Option<usize> {
    let first = find(b'<', value.as_bytes(), 0)?;
    if find(b'"', &value.as_bytes()[..first], 0).is_none() {
        return Some(first);
    }
    let (mut quoted, mut escaped) = (false, false);
    value.bytes().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'<' if !quoted => return true,
            _ => {}
        }
        false
    })
}

fn contact_params(findings: &mut Findings<'_>, value: &str) {
    let Some(params) = grammar::split_params(value).1 else {
        return;
    };
    for (name, value) in grammar::params(params) {
        let value = value.unwrap_or("");
        if name.eq_ignore_ascii_case("expires") && !grammar::is_u32(value) {
            let text = format!(
                "Contact: expires \"{}\" is no number below 2**32",
                shown(value)
            );
            findings.at(Rule::ContactExpires, value, text);
        }
        if name.eq_ignore_ascii_case("q") && !grammar::is_qvalue(value) {
            let text = format!("Contact: q \"{}\" is not between 0 and 1", shown(value));
            findings.at(Rule::ContactQ, value, text);
        }
    }
}

/// `Contact: *` (RFC 3261 10.2.2, 10.3 step 6).
fn star(findings: &mut Findings<'_>) {
    let message = findings.message;
    let Some(star) = message.values(HeaderName::Contact).find(|v| *v == "*") else {
        return;
    };
    let wrong = if message.method() != Some(Method::Register) {
        "outside REGISTER"
    } else if message.values(HeaderName::Contact).count() > 1 {
        "beside other values"
    } else if message.is_request() && message.number(HeaderName::Expires) != Ok(0) {
        "without Expires: 0"
    } else {
        return;
    };
    findings.at(Rule::ContactStar, star, format!("Contact \"*\" {wrong}"));
}

fn vias(findings: &mut Findings<'_>) {
    let mut is_first_of_request = findings.message.is_request();
    lists::each(
        findings,
        HeaderName::Via,
        Elements::List,
        |findings, value| {
            let is_top = std::mem::take(&mut is_first_of_request);
            let via = match ViaView::read(value) {
                Ok(via) => via,
                Err(error) => {
                    findings.at(Rule::Via, value, shown(&error.to_string()));
                    return;
                }
            };
            if let Some(params) = grammar::split_params(value).1 {
                lists::params(findings, "Via", params);
            }
            via_params(findings, value, &via);
            if is_top {
                branch(findings, value, &via);
            }
        },
    );
}

fn via_params(findings: &mut Findings<'_>, value: &str, via: &ViaView<'_>) {
    let get = |name| via.param(name);
    let wrong = if get("ttl").is_some_and(|ttl| ttl.parse::<u8>().is_err()) {
        "ttl is not between 0 and 255"
    } else if get("received").is_some_and(|ip| parse_ip(ip).is_none()) {
        "received is no IP address"
    } else if get("rport").is_some_and(|port| port.parse::<u16>().is_err()) {
        "rport is no port"
    } else {
        return;
    };
    findings.at(Rule::ViaParameter, value, format!("Via: {wrong}"));
}

fn branch(findings: &mut Findings<'_>, value: &str, via: &ViaView<'_>) {
    match via.branch() {
        None => findings.at(Rule::BranchCookie, value, "Via has no branch (legacy)"),
        Some(branch) if branch.eq_ignore_ascii_case(BRANCH_COOKIE) => {
            let text = "branch of Via has nothing after its cookie";
            findings.at(Rule::BranchEmpty, value, text);
        }
        Some(branch) if !via.has_rfc3261_branch() => {
            let text = format!(
                "branch \"{}\" does not begin with z9hG4bK (legacy)",
                shown(branch)
            );
            findings.at(Rule::BranchCookie, value, text);
        }
        Some(_) => {}
    }
}
