//! Grammar of the other header fields of RFC 3261 20.

use smallvec::SmallVec;

use crate::check::findings::{Findings, shown};
use crate::check::grammar;
use crate::check::lists::{self, Elements, PARAMS_USUAL};
use crate::check::numbers;
use crate::check::rule::Rule;
use crate::header_name::HeaderName;
use crate::lex::{self, Blanks as _};

/// Lists of tokens with parameters, and whether the list may be empty.
const TOKEN_LISTS: [(HeaderName, Elements); 10] = [
    (HeaderName::Allow, Elements::MaybeEmpty),
    (HeaderName::AllowEvents, Elements::List),
    (HeaderName::Supported, Elements::MaybeEmpty),
    (HeaderName::Require, Elements::List),
    (HeaderName::ProxyRequire, Elements::List),
    (HeaderName::Unsupported, Elements::List),
    (HeaderName::ContentEncoding, Elements::List),
    (HeaderName::ContentLanguage, Elements::List),
    (HeaderName::AcceptEncoding, Elements::MaybeEmpty),
    (HeaderName::AcceptLanguage, Elements::MaybeEmpty),
];

/// Single tokens with parameters.
const TOKENS: [HeaderName; 3] = [
    HeaderName::ContentDisposition,
    HeaderName::Priority,
    HeaderName::Event,
];

/// Media types and ranges.
const MEDIA_TYPES: [(HeaderName, Elements, Rule); 2] = [
    (HeaderName::Accept, Elements::MaybeEmpty, Rule::MediaType),
    (HeaderName::ContentType, Elements::One, Rule::ContentType),
];

const INFO: [HeaderName; 3] = [
    HeaderName::AlertInfo,
    HeaderName::CallInfo,
    HeaderName::ErrorInfo,
];

/// Credentials and challenges, with the parameters that Digest must have (RFC 3261 20.7, 20.44;
/// RFC 7616 3.3, 3.4).
const AUTHENTICATION: [(HeaderName, &[&str]); 4] = [
    (HeaderName::Authorization, CREDENTIALS),
    (HeaderName::ProxyAuthorization, CREDENTIALS),
    (HeaderName::WwwAuthenticate, CHALLENGE),
    (HeaderName::ProxyAuthenticate, CHALLENGE),
];
const CREDENTIALS: &[&str] = &["username", "realm", "nonce", "uri", "response"];
const CHALLENGE: &[&str] = &["realm", "nonce"];

pub(super) fn check(findings: &mut Findings<'_>) {
    numbers::check(findings);
    call_id(findings);
    for (name, elements) in TOKEN_LISTS {
        let fields = &mut findings.message.headers_named(name);
        if fields.all(|field| grammar::is_plain_list(field.value)) {
            continue;
        }
        lists::each(findings, name, elements, |findings, value| {
            token(findings, name, value);
        });
    }
    for name in TOKENS {
        lists::each(findings, name, Elements::One, |findings, value| {
            token(findings, name, value);
        });
    }
    for (name, elements, rule) in MEDIA_TYPES {
        lists::each(findings, name, elements, |findings, value| {
            media_type(findings, rule, name.as_str(), value);
        });
    }
    lists::each(findings, HeaderName::Warning, Elements::List, warning);
    for name in INFO {
        lists::each(findings, name, Elements::List, |findings, value| {
            info(findings, name, value);
        });
    }
    for (name, wanted) in AUTHENTICATION {
        lists::each(findings, name, Elements::One, |findings, value| {
            authentication(findings, name, value, wanted);
        });
    }
}

fn warning(findings: &mut Findings<'_>, value: &str) {
    if !is_warning(value) {
        let text = format!(
            "Warning \"{}\" is not code, agent and quoted text",
            shown(value)
        );
        findings.at(Rule::WarningValue, value, text);
    }
}

/// `word` or `word@word` (RFC 3261 20.8).
fn call_id(findings: &mut Findings<'_>) {
    let message = findings.message;
    for header in message.headers_named(HeaderName::CallId) {
        let Some(text) = header.text() else { continue };
        let (first, second) = lex::cut(text, b'@').unwrap_or((text, "-"));
        if first.is_empty() || second.is_empty() || text.has_blanks() {
            let text_out = format!("Call-ID \"{}\" is not one word", shown(text));
            findings.at(Rule::CallId, text, text_out);
            continue;
        }
        // Octets are quicker to look through than characters, and nearly all Call-IDs are right.
        if grammar::WORD.has_all(first) && grammar::WORD.has_all(second) {
            continue;
        }
        let mut characters = first.chars().chain(second.chars());
        let is_wrong = |c: &char| !u8::try_from(*c).is_ok_and(|octet| grammar::WORD.has(octet));
        if let Some(wrong) = characters.find(is_wrong) {
            let text_out = format!("character {wrong:?} in Call-ID");
            findings.at(Rule::CallIdCharacters, text, text_out);
        }
    }
}

fn token(findings: &mut Findings<'_>, name: HeaderName, value: &str) {
    let (word, params) = grammar::split_params(value);
    if !lex::is_token(word) {
        let text = format!("{name}: \"{}\" is no token", shown(word));
        findings.at(Rule::Tokens, value, text);
    }
    if let Some(params) = params {
        lists::params(findings, name.as_str(), params);
    }
}

fn media_type(findings: &mut Findings<'_>, rule: Rule, field: &str, value: &str) {
    let (range, params) = grammar::split_params(value);
    let fine = lex::cut(range, b'/').is_some_and(|(kind, subtype)| {
        lex::is_token(kind.trim_blanks_end()) && lex::is_token(subtype.trim_blanks_start())
    });
    if !fine {
        let text = format!("{field}: \"{}\" is not type/subtype", shown(range));
        findings.at(rule, value, text);
    }
    if let Some(params) = params {
        lists::params(findings, field, params);
    }
}

/// `warn-code SP warn-agent SP warn-text` (RFC 3261 20.43).
fn is_warning(value: &str) -> bool {
    let mut pieces = value.splitn(3, ' ');
    let code = pieces.next().unwrap_or("");
    let agent = pieces.next().unwrap_or("");
    let text = pieces.next().unwrap_or("");
    code.len() == 3
        && grammar::is_digits(code)
        && !agent.is_empty()
        && grammar::is_quoted_string(text.trim_blanks())
}

fn info(findings: &mut Findings<'_>, name: HeaderName, value: &str) {
    let (uri, params) = grammar::split_params(value);
    let inner = uri
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    if !inner.is_some_and(|inner| inner.contains(':') && !inner.has_blanks()) {
        let text = format!("{name}: \"{}\" is no URI in angle brackets", shown(uri));
        findings.at(Rule::InfoUri, value, text);
    }
    if let Some(params) = params {
        lists::params(findings, name.as_str(), params);
    }
}

fn authentication(findings: &mut Findings<'_>, name: HeaderName, value: &str, wanted: &[&str]) {
    let (scheme, rest) = value.cut_at_blank().unwrap_or((value, ""));
    let params: SmallVec<[_; 2 * PARAMS_USUAL]> = lex::split_outside(rest, b',')
        .map(|piece| {
            let (name, value) = lex::cut(piece, b'=').unwrap_or((piece, ""));
            (name.trim_blanks(), value.trim_blanks())
        })
        .collect();
    let is_param =
        |(name, value): &(&str, &str)| lex::is_token(name) && grammar::is_gen_value(value);
    if !lex::is_token(scheme) || !params.iter().all(is_param) {
        let text = format!(
            "{name}: \"{}\" is not a scheme and parameters",
            shown(value)
        );
        findings.at(Rule::Authentication, value, text);
        return;
    }
    if !scheme.eq_ignore_ascii_case("Digest") {
        return;
    }
    for missing in wanted.iter().filter(|wanted| {
        !params
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
    }) {
        let text = format!("{name}: no {missing} parameter");
        findings.at(Rule::Authentication, value, text);
    }
}
