//! The request line and the status line (RFC 3261 7.1, 7.2).

use crate::check::findings::{Findings, shown};
use crate::check::rule::Rule;
use crate::check::uris::{self, Place};
use crate::lex::{self, Blanks as _};
use crate::octets::OctetSet;
use crate::start_line::StartLine;

const VERSION: &str = "SIP/2.0";
static VISIBLE: OctetSet = OctetSet::graphic_without(&[]);

pub(super) fn check(findings: &mut Findings<'_>) {
    let message = findings.message;
    let span = message.layout().start_line;
    let Ok(line) = std::str::from_utf8(span.of(message.bytes())) else {
        findings.add(Rule::Utf8, Some(span), "start line is not UTF-8");
        return;
    };
    match message.start_line() {
        StartLine::Request {
            method,
            uri,
            version,
        } => {
            if line.len() != method.len() + uri.trim().len() + version.len() + 2 {
                let text = format!(
                    "more than single blanks in request line \"{}\"",
                    shown(line)
                );
                findings.at(Rule::StartLineBlanks, line, text);
            }
            if !lex::is_token(method) {
                let text = format!("method \"{}\" is no token", shown(method));
                findings.at(Rule::Method, method, text);
            }
            request_uri(findings, uri.trim());
            version_is_2_0(findings, version);
        }
        StartLine::Status {
            version,
            code,
            reason,
        } => {
            version_is_2_0(findings, version);
            if !(100..=699).contains(&code) {
                let text = format!("status code {code:03} is not between 100 and 699");
                findings.at(Rule::StatusCode, line, text);
            }
            if reason.is_empty() && !line.ends_with(' ') {
                let text = "no blank after the status code";
                findings.at(Rule::ReasonSeparator, line, text);
            }
            reason_phrase(findings, reason);
        }
        StartLine::Malformed(_) => malformed(findings, line),
    }
}

fn request_uri(findings: &mut Findings<'_>, uri: &str) {
    if uri.starts_with('<') || uri.ends_with('>') {
        let text = format!("Request-URI {} stands in angle brackets", shown(uri));
        findings.at(Rule::RequestUriBrackets, uri, text);
    } else if !VISIBLE.has_all(uri)
        && uri.contains(|c: char| c.is_whitespace() || c.is_ascii_control())
    {
        let text = format!("blank inside Request-URI \"{}\"", shown(uri));
        findings.at(Rule::RequestUriBlanks, uri, text);
    } else {
        uris::check(findings, "Request-URI", uri, Place::RequestUri);
    }
}

/// SIP-Version compares without case, but is to be sent in upper case (RFC 3261 7.1).
fn version_is_2_0(findings: &mut Findings<'_>, version: &str) {
    if version == VERSION {
        return;
    }
    if version.eq_ignore_ascii_case(VERSION) {
        let text = format!("SIP-Version \"{version}\" is not in upper case");
        findings.at(Rule::VersionCase, version, text);
    } else {
        let text = format!("SIP-Version is \"{}\", not SIP/2.0", shown(version));
        findings.at(Rule::Version, version, text);
    }
}

fn reason_phrase(findings: &mut Findings<'_>, reason: &str) {
    let allowed = |c: char| {
        c.is_ascii_alphanumeric() || !c.is_ascii() || ";/?:@&=+$,-_.!~*'()% \t".contains(c)
    };
    if let Some(wrong) = reason.chars().find(|c| !allowed(*c)) {
        let text = format!("character {wrong:?} in the reason phrase");
        findings.at(Rule::ReasonPhrase, reason, text);
    }
}

/// Says what keeps the line from being one of the two.
fn malformed(findings: &mut Findings<'_>, line: &str) {
    let words: Vec<_> = line.split_ascii_whitespace().collect();
    let is_version = |word: &str| {
        word.get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("SIP/"))
    };
    match words[..] {
        [version, code, ..] if is_version(version) => {
            version_is_2_0(findings, version);
            if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()) {
                let text = format!("more than single blanks in status line \"{}\"", shown(line));
                findings.at(Rule::StartLineBlanks, line, text);
            } else {
                let text = format!("status code \"{}\" has not three digits", shown(code));
                findings.at(Rule::StatusCode, code, text);
            }
        }
        [_, .., version] if words.len() > 2 && is_version(version) => {
            let text = format!("blanks or tabs in the wrong place in \"{}\"", shown(line));
            findings.at(Rule::StartLineBlanks, line, text);
        }
        _ => {
            let text = match line.trim_blanks() {
                "" => "no start line".to_owned(),
                _ => format!(
                    "\"{}\" is neither a request line nor a status line",
                    shown(line)
                ),
            };
            findings.at(Rule::StartLine, line, text);
        }
    }
}
