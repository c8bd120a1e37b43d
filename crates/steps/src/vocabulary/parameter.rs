//! The parameters that patterns may have.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

/// What stands at a place of a pattern: `{phone}`, `{time}`, …
///
/// Every kind but `{text}`, `{re}` and `{step}` may be written bare or in double quotes, and every
/// kind but these may be a variable, `${NAME}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// `{phone}`: the name of a phone of the scenario; bare it is one word.
    Phone,
    /// `{dest}`: phone name, extension, URI or feature code.
    Destination,
    /// `{profile}`: a device model.
    Profile,
    /// `{time}`: number and unit, `500 ms`, `2 s`, `10 seconds`, `1 minute`.
    Time,
    /// `{n}`: a whole number.
    Integer,
    /// `{x}`: a decimal number.
    Decimal,
    /// `{code}`: `486`, `4xx`, or a list, `401,407`.
    Code,
    /// `{method}`: a SIP method.
    Method,
    /// `{msg}`: `{method}`, `{code}`, or `{code} to {method}`.
    Message,
    /// `{hdr}`: the name of a header field in any case or compact form.
    Header,
    /// `{re}`: a regular expression between slashes.
    Regex,
    /// `{file}`: a file, relative to the feature.
    File,
    /// `{var}`: the name of a variable.
    Variable,
    /// `{transport}`: how a phone is connected, `udp` or `tcp`.
    Transport,
    /// `{word}`: one bare or quoted word.
    Word,
    /// `{text}`: a text in double quotes; `\"` stands for a quote.
    Text,
    /// `{codecs}`: one or more codecs, separated by commas.
    Codecs,
    /// `{step}`: another sentence, one that states a condition.
    Step,
}

/// A bare word: no blank, quote or comma, so that lists of names can be written.
const WORD: &str = r#"[^\s",/${}]+"#;
/// A text in double quotes.
const QUOTED: &str = r#""(?:[^"\\]|\\.)*""#;
const VARIABLE: &str = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}";
const TIME: &str =
    r"\d+(?:\.\d+)? ?(?:milliseconds?|msec|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|h)\b";
const CODE: &str = r"[1-6](?:\d\d|xx|XX)(?:, ?[1-6](?:\d\d|xx|XX))*";
const METHOD: &str = r"[A-Z]{2,}";
const HEADER: &str = r"[A-Za-z][A-Za-z0-9!%*_+`'~.-]*";
/// `PCMU` or `PCMU/8000`, as in `a=rtpmap` (RFC 8866 6.6).
const CODEC: &str = r"[A-Za-z][A-Za-z0-9._+-]*(?:/\d+){0,2}";

impl ParameterKind {
    /// All kinds.
    pub const ALL: [Self; 18] = [
        Self::Phone,
        Self::Destination,
        Self::Profile,
        Self::Time,
        Self::Integer,
        Self::Decimal,
        Self::Code,
        Self::Method,
        Self::Message,
        Self::Header,
        Self::Regex,
        Self::File,
        Self::Variable,
        Self::Transport,
        Self::Word,
        Self::Text,
        Self::Codecs,
        Self::Step,
    ];

    /// The name between the braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Destination => "dest",
            Self::Profile => "profile",
            Self::Time => "time",
            Self::Integer => "n",
            Self::Decimal => "x",
            Self::Code => "code",
            Self::Method => "method",
            Self::Message => "msg",
            Self::Header => "hdr",
            Self::Regex => "re",
            Self::File => "file",
            Self::Variable => "var",
            Self::Transport => "transport",
            Self::Word => "word",
            Self::Text => "text",
            Self::Codecs => "codecs",
            Self::Step => "step",
        }
    }

    /// What may stand there, in words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Phone => "a phone's name: one word, or anything in quotes",
            Self::Destination => {
                "a phone's name, an extension, a sip:, sips: or tel: URI, or a feature code"
            }
            Self::Profile => "a device model, see `gannet devices`",
            Self::Time => "a number and a unit: 500 ms, 2 s, 10 seconds, 1 minute",
            Self::Integer => "a whole number",
            Self::Decimal => "a number, 2 or 0.5",
            Self::Code => "a status code: 486, 4xx, or a list: 401,407",
            Self::Method => "a SIP method, in capitals",
            Self::Message => "a method, a status code, or both: 200 to INVITE",
            Self::Header => "the name of a header field, long or compact, in any case",
            Self::Regex => "a regular expression between slashes: /^sip:/",
            Self::File => "a file, relative to the feature",
            Self::Variable => "the name of a variable; later steps write ${name}",
            Self::Transport => "udp or tcp",
            Self::Word => "a word, or anything in quotes",
            Self::Text => "a text in double quotes",
            Self::Codecs => {
                "codecs as SDP names them, with or without clock rate: PCMU, telephone-event/8000"
            }
            Self::Step => "another sentence that states a condition: Alice is idle",
        }
    }

    /// The kind with that name between the braces.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a value looks like, quotes and variables aside.
    fn bare(self) -> String {
        match self {
            Self::Phone | Self::Destination | Self::Profile | Self::Word => WORD.to_owned(),
            // A file name may hold slashes, a destination may not: `/` ends a regular expression.
            Self::File => r#"[^\s",${}]+"#.to_owned(),
            Self::Time => TIME.to_owned(),
            Self::Integer => r"\d+".to_owned(),
            Self::Decimal => r"\d+(?:\.\d+)?".to_owned(),
            Self::Code => CODE.to_owned(),
            Self::Method => METHOD.to_owned(),
            Self::Message => format!("(?:{CODE}(?: to {METHOD})?|{METHOD})"),
            Self::Header => HEADER.to_owned(),
            Self::Variable => "[A-Za-z_][A-Za-z0-9_]*".to_owned(),
            Self::Transport => "(?:udp|tcp|UDP|TCP)".to_owned(),
            Self::Regex => r"/(?:[^/\\]|\\.)+/".to_owned(),
            Self::Text => QUOTED.to_owned(),
            Self::Codecs => format!("{CODEC}(?:, ?{CODEC})*"),
            // As little as there can be: a ` within {time}` behind it bounds the outer sentence.
            Self::Step => r"\S.*?".to_owned(),
        }
    }

    /// What the parameter looks like in a sentence.
    fn in_sentence(self) -> String {
        let bare = self.bare();
        match self {
            Self::Phone | Self::Destination | Self::Profile | Self::Word | Self::File => {
                format!("{bare}|{QUOTED}|{VARIABLE}")
            }
            Self::Time
            | Self::Integer
            | Self::Decimal
            | Self::Code
            | Self::Method
            | Self::Message
            | Self::Header
            | Self::Transport
            | Self::Variable
            | Self::Codecs => {
                format!(r#"{bare}|"(?:{bare})"|{VARIABLE}|"{VARIABLE}""#)
            }
            Self::Regex | Self::Text | Self::Step => bare,
        }
    }

    /// Whether `value` (without quotes) is one of this kind.
    pub(crate) fn fits(self, value: &str) -> bool {
        static WHOLE: LazyLock<HashMap<ParameterKind, Regex>> = LazyLock::new(|| {
            let whole = |kind: ParameterKind| {
                let regex = Regex::new(&format!("^(?:{})$", kind.bare()));
                (kind, regex.expect("the pattern is a constant"))
            };
            ParameterKind::ALL.into_iter().map(whole).collect()
        });
        match self {
            Self::Phone | Self::Destination | Self::Profile | Self::Word | Self::File => {
                !value.is_empty()
            }
            Self::Text => true,
            _ => WHOLE[&self].is_match(value),
        }
    }
}

/// The regular expressions of all parameters by name, as cucumber-expressions wants them.
pub(super) fn parameter_patterns() -> HashMap<&'static str, String> {
    ParameterKind::ALL
        .into_iter()
        .map(|kind| (kind.name(), kind.in_sentence()))
        .collect()
}

/// The optional suffix that bounds a wait.
pub(super) fn within_suffix() -> String {
    format!(
        "(?: within (?P<within>{}))?",
        ParameterKind::Time.in_sentence()
    )
}

/// A value as it stands in the sentence, without its quotes.
pub(super) fn unquote(raw: &str) -> String {
    let Some(inner) = raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return raw.to_owned();
    };
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(escaped @ ('"' | '\\')) => text.push(escaped),
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            other => text.push(other),
        }
    }
    text
}
