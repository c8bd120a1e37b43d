//! Elements of header fields and their parameters.

use smallvec::SmallVec;

use crate::check::findings::{Findings, shown};
use crate::check::grammar;
use crate::check::rule::Rule;
use crate::header_name::HeaderName;
use crate::lex::{self, Blanks};
use crate::octets::find;

/// Parameters that values rarely have more of.
pub(super) const PARAMS_USUAL: usize = 8;

/// How a header field is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Elements {
    /// One value a field.
    One,
    /// A list with commas; it has at least one element.
    List,
    /// A list with commas that may be empty as a whole.
    MaybeEmpty,
}

/// Gives `judge` the elements of all fields of this name, trimmed. Fields with an unclosed quoted string
/// or that are not UTF-8 are reported and left out, empty elements are reported.
pub(super) fn each<'a>(
    findings: &mut Findings<'a>,
    name: HeaderName,
    elements: Elements,
    mut judge: impl FnMut(&mut Findings<'a>, &'a str),
) {
    let message = findings.message;
    for text in message.headers_named(name).filter_map(|h| h.text()) {
        if !grammar::quotes_are_closed(text) {
            let text_out = format!("{name}: quoted string is not closed in \"{}\"", shown(text));
            findings.at(Rule::Quoting, text, text_out);
            continue;
        }
        if text.is_empty() && elements == Elements::MaybeEmpty {
            continue;
        }
        let is_one = find(b',', text.as_bytes(), 0).is_none();
        if elements == Elements::One || is_one {
            judge(findings, text);
            continue;
        }
        let pieces = || lex::split_outside(text, b',').map(Blanks::trim_blanks);
        if pieces().any(str::is_empty) {
            let text_out = format!("{name}: empty element in \"{}\"", shown(text));
            findings.at(Rule::ListElement, text, text_out);
        }
        for piece in pieces().filter(|piece| !piece.is_empty()) {
            judge(findings, piece);
        }
    }
}

/// Parameters: `text` is what follows the first `;`.
pub(super) fn params(findings: &mut Findings<'_>, field: &str, text: &str) {
    let mut names: SmallVec<[&str; PARAMS_USUAL]> = SmallVec::new();
    for (name, value) in grammar::params(text) {
        if name.is_empty() && value.is_none() {
            let text_out = format!("{field}: empty parameter in \";{}\"", shown(text));
            findings.at(Rule::Parameter, text, text_out);
            // One report for a row of semicolons.
            return;
        }
        if !lex::is_token(name) {
            let text_out = format!("{field}: parameter name \"{}\" is no token", shown(name));
            findings.at(Rule::Parameter, name, text_out);
        }
        if let Some(value) = value
            && !grammar::is_gen_value(value)
        {
            let text_out = format!("{field}: value of {} is \"{}\"", shown(name), shown(value));
            findings.at(Rule::ParameterValue, value, text_out);
        }
        if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            let text_out = format!("{field}: parameter {} stands twice", shown(name));
            findings.at(Rule::ParameterTwice, name, text_out);
        }
        names.push(name);
    }
}
