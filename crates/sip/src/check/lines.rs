//! What holds for every header line, whatever its name (RFC 3261 7, 7.3.1).

use crate::check::findings::{Findings, shown};
use crate::check::rule::Rule;
use crate::header_name::HeaderName;
use crate::layout::HeaderSpan;
use crate::lex;
use crate::span::Span;

pub(super) fn check(findings: &mut Findings<'_>) {
    let message = findings.message;
    let layout = message.layout();
    // Where all of it is UTF-8, each value is.
    let head = &message.bytes()[..layout.body.start as usize];
    let is_utf8 = std::str::from_utf8(head).is_ok();
    for header in layout.headers(message.bytes()) {
        name(findings, &header);
        value(findings, &header, is_utf8);
    }
    if let Some(at) = first_bare_line_end(findings) {
        findings.add(
            Rule::LineEnd,
            Some(Span::new(at, at + 1)),
            "line ends with a bare LF",
        );
    }
    if !layout.complete {
        let end = message.bytes().len();
        findings.add(
            Rule::HeaderEnd,
            Some(Span::new(end, end)),
            "no empty line after the header",
        );
    }
}

fn name(findings: &mut Findings<'_>, header: &HeaderSpan) {
    if header.id != HeaderName::Other {
        // The known names are tokens.
        return;
    }
    let bytes = findings.message.bytes();
    let name = lex::lossy(header.name.of(bytes));
    if bytes.get(header.name.end as usize) == Some(&b':') || !header.name.is_empty() {
        if !lex::is_token(&name) {
            let text = format!("header field name \"{}\" is no token", shown(&name));
            findings.add(Rule::HeaderNameToken, Some(header.name), text);
        }
    } else {
        let text = String::from_utf8_lossy(header.value.of(bytes));
        let text = format!("header line \"{}\" has no colon", shown(&text));
        findings.add(Rule::HeaderColon, Some(header.line), text);
    }
}

fn value(findings: &mut Findings<'_>, header: &HeaderSpan, is_utf8: bool) {
    let bytes = findings.message.bytes();
    let value = header.value.of(bytes);
    let name = || lex::lossy(header.name.of(bytes));
    if !is_utf8 && std::str::from_utf8(value).is_err() {
        let text = format!("value of {} is not UTF-8", shown(&name()));
        findings.add(Rule::Utf8, Some(header.value), text);
    }
    if let Some(at) = control_character(value) {
        let start = header.value.start as usize + at;
        let text = format!(
            "control character 0x{:02x} in the value of {}",
            value[at],
            shown(&name())
        );
        findings.add(
            Rule::ControlCharacter,
            Some(Span::new(start, start + 1)),
            text,
        );
    }
}

/// The first control character that is neither a tab, nor the line end of a fold, nor the second
/// half of a quoted pair.
fn control_character(value: &[u8]) -> Option<usize> {
    // All of it is looked at, without a way out: many octets at once.
    let any = |found: bool, octet: &u8| found | octet.is_ascii_control();
    if !value.iter().fold(false, any) {
        return None;
    }
    let (mut quoted, mut at) = (false, 0);
    while at < value.len() {
        match value[at] {
            b'"' => quoted = !quoted,
            b'\\' if quoted && !matches!(value.get(at + 1), Some(b'\r' | b'\n')) => at += 1,
            b'\t' => {}
            b'\n' if matches!(value.get(at + 1), Some(b' ' | b'\t')) => {}
            b'\r' if value.get(at + 1) == Some(&b'\n') => {}
            byte if byte.is_ascii_control() => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn first_bare_line_end(findings: &Findings<'_>) -> Option<usize> {
    let message = findings.message;
    let start = message.layout().start_line.start as usize;
    let head = &message.bytes()[start..message.layout().body.start as usize];
    memchr::memchr_iter(b'\n', head)
        .find(|&at| at == 0 || head[at - 1] != b'\r')
        .map(|at| start + at)
}
