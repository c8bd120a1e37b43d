//! What holds for every header line, whatever its name (RFC 3261 7, 7.3.1).

use crate::check::findings::{Findings, shown};
use crate::check::rule::Rule;
use crate::layout::HeaderSpan;
use crate::lex;
use crate::span::Span;

pub(super) fn check(findings: &mut Findings<'_>) {
    let message = findings.message;
    let layout = message.layout();
    for header in layout.headers(message.bytes()) {
        line(findings, &header);
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

fn line(findings: &mut Findings<'_>, header: &HeaderSpan) {
    let bytes = findings.message.bytes();
    let name = lex::lossy(header.name.of(bytes));
    let value = header.value.of(bytes);
    if bytes.get(header.name.end as usize) == Some(&b':') || !header.name.is_empty() {
        if !lex::is_token(&name) {
            let text = format!("header field name \"{}\" is no token", shown(&name));
            findings.add(Rule::HeaderNameToken, Some(header.name), text);
        }
    } else {
        let text = String::from_utf8_lossy(value);
        let text = format!("header line \"{}\" has no colon", shown(&text));
        findings.add(Rule::HeaderColon, Some(header.line), text);
    }
    if std::str::from_utf8(value).is_err() {
        let text = format!("value of {} is not UTF-8", shown(&name));
        findings.add(Rule::Utf8, Some(header.value), text);
    }
    if let Some(at) = control_character(value) {
        let start = header.value.start as usize + at;
        let text = format!(
            "control character 0x{:02x} in the value of {}",
            value[at],
            shown(&name)
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
    if !value.iter().any(u8::is_ascii_control) {
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
