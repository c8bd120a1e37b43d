//! What stands between the brackets of a keyword.

use gannet_diag::{Diagnostic, Severity, nearest};

use super::parameters::{Parameter, parameter, parameter_names};
use super::scan::{Compiled, compile};
use super::{Mapped, Names, table};
use crate::sipp::model::{Credentials, FieldOf, Keyword, Text};

/// Parameters of `[authentication]`.
const CREDENTIALS: [&str; 5] = ["username", "password", "aka_K", "aka_OP", "aka_AMF"];

/// Compiles a keyword. `None` after a complaint.
pub(super) fn keyword(inner: &Mapped, names: &mut impl Names) -> Option<Compiled> {
    let text = inner.text();
    if let Some(found) = key(text, names) {
        return Some(found);
    }
    if text.starts_with("authentication") {
        judge(inner, &CREDENTIALS, names);
        return Some(Compiled::Keyword(Keyword::Authentication(Box::new(
            credentials(inner, names),
        ))));
    }
    if text.split([' ', '\t', '\n', '\r']).next() == Some("identity") {
        let of = super::identity::identity(inner, names)?;
        return Some(Compiled::Keyword(Keyword::Identity(Box::new(of))));
    }
    if let Some(name) = text.strip_prefix('$') {
        return variable(name, inner, names);
    }
    let (name, offset) = with_offset(text);
    if let Some(found) = table::simple(name, offset.unwrap_or_default()) {
        return Some(Compiled::Keyword(found));
    }
    if text.starts_with("field") {
        judge(inner, &["file", "line"], names);
        field(inner, names)
    } else if text.starts_with("file") {
        judge(inner, &["name"], names);
        file(inner, names)
    } else if text.starts_with("fill") {
        judge(inner, &["variable", "text"], names);
        fill(inner, names)
    } else if let Some(header) = text.strip_prefix("last_") {
        last(header, inner, names)
    } else {
        key(name, names).or_else(|| {
            unknown(inner, name, names);
            None
        })
    }
}

/// The value of `-key` for a name that is no keyword of SIPp's.
fn key(name: &str, names: &impl Names) -> Option<Compiled> {
    let (bare, offset) = with_offset(name);
    let is_taken = ["authentication", "field", "file", "fill", "last_", "$"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || table::simple(bare, offset.unwrap_or_default()).is_some();
    if is_taken {
        return None;
    }
    let found = names.keys().iter().find(|(key, _)| key == name)?;
    Some(Compiled::Fixed(found.1.clone()))
}

/// A name and the offset behind it. What follows the offset has no meaning.
fn with_offset(text: &str) -> (&str, Option<i32>) {
    let Some(at) = text.find('+').or_else(|| text.find('-')) else {
        return (text, None);
    };
    let digits = &text[at + 1..];
    let length = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    if length == 0 {
        return (text, None);
    }
    let limit = if text[at..].starts_with('-') {
        -i32::MAX
    } else {
        i32::MAX
    };
    (
        &text[..at],
        Some(text[at..=at + length].parse().unwrap_or(limit)),
    )
}

fn unknown(inner: &Mapped, name: &str, names: &mut impl Names) {
    let known: Vec<String> = table::names()
        .chain(names.keys().iter().map(|(key, _)| key.clone()))
        .collect();
    // The name of a `-key` could be anything, but hardly these.
    let is_key = name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let severity = if names.more_keys() && is_key {
        Severity::Warning
    } else {
        Severity::Error
    };
    let diagnostic = Diagnostic::new(
        severity,
        "unknown-keyword",
        format!("there is no keyword `{}`", inner.text()),
        inner.span(0..inner.text().len()),
    );
    let found = nearest(name, known, 3);
    names.tell(if found.is_empty() || severity == Severity::Warning {
        diagnostic.with_suggestions(&found).with_help(
            "a value of the command line is given with -key; a bracket that is plain text is \
             written `\\x5b`",
        )
    } else {
        diagnostic.with_suggestions(&found)
    });
}

fn variable(name: &str, inner: &Mapped, names: &mut impl Names) -> Option<Compiled> {
    let (bare, offset) = with_offset(name);
    let place = |range| inner.span(range);
    let name = if offset.is_some() && !names.has_variable(name) {
        names.tell(Diagnostic::warning(
            "no-offset",
            "an offset has no effect on a variable",
            place(1 + bare.len()..inner.text().len()),
        ));
        bare
    } else {
        name
    };
    let id = names.variable(name, place(1..1 + name.len()))?;
    Some(Compiled::Keyword(Keyword::Variable(id)))
}

fn field(inner: &Mapped, names: &mut impl Names) -> Option<Compiled> {
    let text = inner.text();
    let start = "field".len();
    let length = text[start..]
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len() - start);
    let digits = &text[start..start + length];
    let name = inner.span(0..start + length);
    if digits.is_empty() {
        names.tell(
            Diagnostic::warning(
                "bad-field",
                "a field without a number is the first one",
                name.clone(),
            )
            .with_help("write [field0]"),
        );
    }
    let column = if digits.is_empty() {
        0
    } else {
        digits.parse().unwrap_or(usize::MAX)
    };
    let (file_name, place) = match parameter(inner, "file") {
        Some(Parameter::Text(text)) => {
            let place = text.span(0..text.text().len());
            (Some(text.text().to_owned()), place)
        }
        Some(Parameter::Bytes(bytes)) => (Some(String::from_utf8_lossy(&bytes).into_owned()), name),
        None => (None, name),
    };
    let file = names.file(file_name.as_deref(), Some(column), place)?;
    Some(Compiled::Keyword(Keyword::Field(Box::new(FieldOf {
        column,
        file,
        line: text_parameter(inner, "line", names),
    }))))
}

fn file(inner: &Mapped, names: &mut impl Names) -> Option<Compiled> {
    let Some(name) = text_parameter(inner, "name", names) else {
        missing(inner, "file", "name", names);
        return None;
    };
    Some(Compiled::Keyword(Keyword::File(Box::new(name))))
}

fn fill(inner: &Mapped, names: &mut impl Names) -> Option<Compiled> {
    let text = match parameter(inner, "text") {
        Some(Parameter::Text(text)) => names.bytes(text.text()),
        Some(Parameter::Bytes(bytes)) => bytes,
        None => b"X".to_vec(),
    };
    let Some(Parameter::Text(variable)) = parameter(inner, "variable") else {
        missing(inner, "fill", "variable", names);
        return None;
    };
    let place = variable.span(0..variable.text().len());
    let variable = names.variable(variable.text(), place)?;
    Some(Compiled::Keyword(Keyword::Fill {
        variable,
        text: text.into(),
    }))
}

fn last(header: &str, inner: &Mapped, names: &mut impl Names) -> Option<Compiled> {
    let name = header.strip_suffix(':').unwrap_or(header);
    let place = inner.span(0..inner.text().len());
    if name.is_empty() {
        names.tell(Diagnostic::error(
            "bad-keyword",
            "`[last_...]` without the name of a header field",
            place,
        ));
        return None;
    }
    if name.contains([':', ' ']) {
        names.tell(
            Diagnostic::warning(
                "bad-keyword",
                format!("no header field is called `{name}`: this prints nothing"),
                place,
            )
            .with_help("[last_From] and [last_From:] print the whole header field"),
        );
    }
    Some(Compiled::Keyword(Keyword::LastHeader {
        name: name.into(),
        value_only: false,
    }))
}

/// The credentials of `[authentication ...]`.
pub(super) fn credentials(inner: &Mapped, names: &mut impl Names) -> Credentials {
    Credentials {
        username: text_parameter(inner, "username", names),
        password: text_parameter(inner, "password", names),
        aka_k: text_parameter(inner, "aka_K", names),
        aka_op: text_parameter(inner, "aka_OP", names),
        aka_amf: text_parameter(inner, "aka_AMF", names),
    }
}

/// Warns of parameters that a keyword does not have.
pub(super) fn judge(inner: &Mapped, known: &[&str], names: &mut impl Names) {
    for place in parameter_names(inner.text()) {
        let name = &inner.text()[place.clone()];
        if known.contains(&name) {
            continue;
        }
        let found = nearest(name, known.iter().copied(), 1);
        names.tell(
            Diagnostic::warning(
                "unknown-parameter",
                format!("this keyword has no `{name}`: it has no effect"),
                inner.span(place),
            )
            .with_suggestions(&found),
        );
    }
}

pub(super) fn text_parameter(inner: &Mapped, name: &str, names: &mut impl Names) -> Option<Text> {
    match parameter(inner, name)? {
        Parameter::Text(text) => Some(compile(&text, names)),
        Parameter::Bytes(bytes) => Some(Text::fixed(bytes)),
    }
}

pub(super) fn missing(inner: &Mapped, keyword: &str, parameter: &str, names: &mut impl Names) {
    names.tell(
        Diagnostic::error(
            "bad-keyword",
            format!("`[{keyword}]` needs `{parameter}=`"),
            inner.span(0..inner.text().len()),
        )
        .with_help(format!("write [{keyword} {parameter}=\"...\"]")),
    );
}
