//! Which header fields must be there, and how often (RFC 3261 7.3.1, 8.1.1, 8.2.6.2).

use crate::check::deviation::Severity;
use crate::check::findings::Findings;
use crate::check::rule::Rule;
use crate::header_name::HeaderName;
use crate::method::Method;
use crate::name_addr_parts::NameAddrParts;
use crate::params;
use crate::start_line::StartLine;
use crate::uri_parts::{SchemePart, UriParts};

/// Fields without which no response can be matched or sent (RFC 3261 8.1.1, 8.2.6.2).
const MANDATORY: [HeaderName; 5] = [
    HeaderName::Via,
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
];

/// Fields that are no lists and whose doubling leaves the meaning of the message open.
const SINGLE: [HeaderName; 12] = [
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
    HeaderName::MaxForwards,
    HeaderName::ContentLength,
    HeaderName::ContentType,
    HeaderName::ContentDisposition,
    HeaderName::Event,
    HeaderName::Expires,
    HeaderName::ReferTo,
    HeaderName::Replaces,
];

/// Fields that are no lists, but whose doubling harms nobody.
const SINGLE_MINOR: [HeaderName; 12] = [
    HeaderName::Date,
    HeaderName::MinExpires,
    HeaderName::MimeVersion,
    HeaderName::Organization,
    HeaderName::Priority,
    HeaderName::ReplyTo,
    HeaderName::RetryAfter,
    HeaderName::Server,
    HeaderName::Subject,
    HeaderName::Timestamp,
    HeaderName::UserAgent,
    HeaderName::AuthenticationInfo,
];

/// Fields that a response of this code must have (RFC 3261 20.27, 20.44, 21.4.6, 21.4.15, 21.4.17).
const RESPONSE_FIELDS: [(u16, HeaderName); 5] = [
    (401, HeaderName::WwwAuthenticate),
    (405, HeaderName::Allow),
    (407, HeaderName::ProxyAuthenticate),
    (420, HeaderName::Unsupported),
    (423, HeaderName::MinExpires),
];

pub(super) fn check(findings: &mut Findings<'_>) {
    let start_line = findings.message.start_line();
    presence(findings);
    repetition(findings);
    match start_line {
        StartLine::Request { method, .. } => request(findings, &Method::new(method)),
        StartLine::Status { code, .. } => response(findings, code),
        StartLine::Malformed(_) => {}
    }
}

fn presence(findings: &mut Findings<'_>) {
    for name in MANDATORY {
        if !findings.message.layout().has(name) {
            let text = format!("no {name} header field");
            findings.add(Rule::MandatoryField, None, text);
        }
    }
}

fn repetition(findings: &mut Findings<'_>) {
    let message = findings.message;
    let groups = [
        (&SINGLE[..], Severity::Error),
        (&SINGLE_MINOR[..], Severity::Warning),
    ];
    for (names, severity) in groups {
        for &name in names {
            let layout = message.layout();
            if layout.count(name) < 2 {
                continue;
            }
            for again in layout.headers_named(name, message.bytes()).skip(1) {
                let text = format!("second {name} header field");
                findings.add_as(severity, Rule::SingleValue, Some(again.line), text);
            }
        }
    }
}

fn request(findings: &mut Findings<'_>, method: &Method) {
    let message = findings.message;
    if !message.layout().has(HeaderName::MaxForwards) {
        let text = "no Max-Forwards header field";
        findings.add(Rule::MaxForwardsMissing, None, text);
    }
    if matches!(method, Method::Invite | Method::Subscribe | Method::Refer) {
        dialog_contact(findings, method);
    }
    if *method == Method::Cancel {
        for name in [HeaderName::Require, HeaderName::ProxyRequire] {
            if let Some(header) = message.header(name) {
                let span = findings.span_of(header.line);
                findings.add(Rule::FieldInCancel, span, format!("{name} in CANCEL"));
            }
        }
    }
    let lacks_tag = |from: NameAddrParts<'_>| params::get(from.params, "tag").is_none();
    if message.address(HeaderName::From).is_ok_and(lacks_tag) {
        let span = message
            .header(HeaderName::From)
            .and_then(|h| findings.span_of(h.value));
        findings.add(Rule::FromTag, span, "From has no tag");
    }
}

/// Contact of a request that can establish a dialog (RFC 3261 8.1.1.8). An RFC 2543 element may
/// leave it out, which shows in its branch.
fn dialog_contact(findings: &mut Findings<'_>, method: &Method) {
    let message = findings.message;
    let count = message.values(HeaderName::Contact).count();
    if count == 0 {
        let legacy = message.top_via().is_ok_and(|via| !via.has_rfc3261_branch());
        let severity = if legacy {
            Severity::Warning
        } else {
            Severity::Error
        };
        let text = format!("no Contact header field in {method}");
        findings.add_as(severity, Rule::ContactMissing, None, text);
        return;
    }
    if count > 1 {
        let text = format!("{count} Contact values in {method}");
        let second = message.values(HeaderName::Contact).nth(1).unwrap_or("");
        findings.at(Rule::ContactCount, second, text);
    }
    let Some(value) = message.values(HeaderName::Contact).next() else {
        return;
    };
    let Ok(contact) = NameAddrParts::split("Contact", value) else {
        return;
    };
    let scheme = contact.uri.scheme;
    let is_sips = |text| UriParts::split(text).is_ok_and(|uri| uri.scheme == SchemePart::Sips);
    let wants_sips = message.request_uri_text().is_some_and(is_sips);
    let is_sip = matches!(scheme, SchemePart::Sip | SchemePart::Sips);
    if !is_sip || wants_sips && scheme != SchemePart::Sips {
        let wanted = if wants_sips { "sips" } else { "sip or sips" };
        let found = scheme.as_str();
        let text = format!("Contact of {method} has scheme \"{found}\", not {wanted}");
        findings.at(Rule::ContactScheme, value, text);
    }
}

fn response(findings: &mut Findings<'_>, code: u16) {
    let message = findings.message;
    if code > 100
        && message.address(HeaderName::To).is_ok()
        && message.tag(HeaderName::To).is_none()
    {
        let span = message
            .header(HeaderName::To)
            .and_then(|h| findings.span_of(h.value));
        findings.add(Rule::ToTag, span, format!("To has no tag in a {code}"));
    }
    let invite = message
        .cseq()
        .is_ok_and(|cseq| cseq.method == Method::Invite);
    if invite && (200..300).contains(&code) && message.header(HeaderName::Contact).is_none() {
        let text = format!("no Contact header field in a {code} to INVITE");
        findings.add(Rule::ContactMissingInSuccess, None, text);
    }
    for (_, name) in RESPONSE_FIELDS.iter().filter(|(wants, _)| *wants == code) {
        if message.header(*name).is_none() {
            let text = format!("no {name} header field in a {code}");
            findings.add(Rule::ResponseField, None, text);
        }
    }
}
