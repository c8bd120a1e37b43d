//! The common syntax of challenges and credentials: a scheme and its parameters
//! (RFC 3261 25.1 `challenge` and `credentials`, RFC 7235 2.1).
//!
//! Reading is tolerant: any spacing, empty list elements, missing commas, quoted or token form
//! of every value, parameters without value.

/// One parameter of a challenge or of credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthParam {
    /// The name as received; names compare without regard to case.
    pub name: String,
    /// The value without quotes and escapes; empty if the parameter had no value.
    pub value: String,
    /// Whether the value was, or is to be, a quoted string.
    pub quoted: bool,
}

impl AuthParam {
    /// Whether the parameter has this name.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Where and why the text of a challenge or of credentials cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at octet {offset}")]
pub struct AuthSyntaxError {
    /// Octets before the place.
    pub offset: usize,
    /// What should have been there.
    pub expected: &'static str,
}

/// A scheme with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthList {
    pub(super) scheme: String,
    pub(super) params: Vec<AuthParam>,
}

/// Reads every challenge (or all credentials) in a header field value.
pub(super) fn parse_lists(value: &str) -> Result<Vec<AuthList>, AuthSyntaxError> {
    let mut scanner = Scanner { text: value, at: 0 };
    let mut lists: Vec<AuthList> = Vec::new();
    loop {
        scanner.skip(|c| is_space(c) || c == ',');
        if scanner.rest().is_empty() {
            break;
        }
        let name = scanner.token();
        if name.is_empty() {
            return Err(scanner.expected(if lists.is_empty() {
                "an authentication scheme"
            } else {
                "a parameter name"
            }));
        }
        scanner.skip(is_space);
        let next = scanner.rest().chars().next();
        let list = match (next, lists.last_mut()) {
            (Some('='), None) => return Err(scanner.expected("an authentication scheme")),
            (Some('='), Some(list)) => list,
            // A name that ends its list element is a parameter without value; a scheme is
            // always followed by something.
            (None | Some(','), Some(list)) => {
                list.params.push(AuthParam {
                    name: name.to_owned(),
                    value: String::new(),
                    quoted: false,
                });
                continue;
            }
            _ => {
                lists.push(AuthList {
                    scheme: name.to_owned(),
                    params: Vec::new(),
                });
                continue;
            }
        };
        scanner.at += 1;
        scanner.skip(is_space);
        let (value, quoted) = scanner.value()?;
        list.params.push(AuthParam {
            name: name.to_owned(),
            value,
            quoted,
        });
    }
    if lists.is_empty() {
        return Err(scanner.expected("an authentication scheme"));
    }
    Ok(lists)
}

/// Reads parameters without a scheme in front (Authentication-Info).
pub(super) fn parse_params(value: &str) -> Result<Vec<AuthParam>, AuthSyntaxError> {
    let mut scanner = Scanner { text: value, at: 0 };
    let mut params = Vec::new();
    loop {
        scanner.skip(|c| is_space(c) || c == ',');
        if scanner.rest().is_empty() {
            return Ok(params);
        }
        let name = scanner.token();
        if name.is_empty() {
            return Err(scanner.expected("a parameter name"));
        }
        scanner.skip(is_space);
        if !scanner.rest().starts_with('=') {
            return Err(scanner.expected("\"=\""));
        }
        scanner.at += 1;
        scanner.skip(is_space);
        let (value, quoted) = scanner.value()?;
        params.push(AuthParam {
            name: name.to_owned(),
            value,
            quoted,
        });
    }
}

/// Appends `name=value` or `name="value"`, with a comma in front unless it is the first.
pub(super) fn push_param(
    out: &mut String,
    first: &mut bool,
    name: &str,
    value: &str,
    quoted: bool,
) {
    if !std::mem::take(first) {
        out.push_str(", ");
    }
    if !quoted {
        out.extend([name, "=", value]);
        return;
    }
    out.extend([name, "=\""]);
    let mut rest = value;
    while let Some(at) = rest.find(['"', '\\']) {
        out.extend([&rest[..at], "\\", &rest[at..=at]]);
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn expected(&self, expected: &'static str) -> AuthSyntaxError {
        AuthSyntaxError {
            offset: self.at,
            expected,
        }
    }

    fn skip(&mut self, unwanted: impl Fn(char) -> bool) {
        self.at = self.text.len() - self.rest().trim_start_matches(unwanted).len();
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += len;
        &rest[..len]
    }

    fn token(&mut self) -> &'a str {
        self.take_while(|c| !is_space(c) && !matches!(c, ',' | '=' | '"'))
    }

    fn value(&mut self) -> Result<(String, bool), AuthSyntaxError> {
        if !self.rest().starts_with('"') {
            let value = self.take_while(|c| !is_space(c) && c != ',');
            return Ok((value.to_owned(), false));
        }
        let inside = &self.rest()[1..];
        if let Some(end) = inside.find(['"', '\\'])
            && inside[end..].starts_with('"')
        {
            self.at += end + 2;
            return Ok((inside[..end].to_owned(), true));
        }
        let mut value = String::new();
        let mut escaped = false;
        for (index, c) in self.rest().char_indices().skip(1) {
            match c {
                _ if escaped => {
                    value.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.at += index + 1;
                    return Ok((value, true));
                }
                _ => value.push(c),
            }
        }
        self.at = self.text.len();
        Err(self.expected("a closing quote"))
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(value: &str) -> String {
        match parse_lists(value) {
            Ok(lists) => lists
                .iter()
                .map(|list| {
                    let params: Vec<String> = list
                        .params
                        .iter()
                        .map(|p| {
                            format!("{}:{}{}", p.name, p.value, if p.quoted { "q" } else { "" })
                        })
                        .collect();
                    format!("{}({})", list.scheme, params.join(" "))
                })
                .collect::<Vec<_>>()
                .join(" + "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn reads_any_spacing_and_form() {
        let table = [
            (r#"Digest realm="a", nonce=b"#, "Digest(realm:aq nonce:b)"),
            (
                "Digest\r\n realm = \"a\"\t,,nonce= b ,",
                "Digest(realm:aq nonce:b)",
            ),
            (r#"Digest a="1" b="2""#, "Digest(a:1q b:2q)"),
            (r#"Digest a="x, \"y\" \\z""#, r#"Digest(a:x, "y" \zq)"#),
            ("Digest uri=sip:a@b;c=d, n=1", "Digest(uri:sip:a@b;c=d n:1)"),
            (
                r#"Digest a=1, Basic realm="x""#,
                "Digest(a:1) + Basic(realm:xq)",
            ),
            ("Digest a=1, stale, b=", "Digest(a:1 stale: b:)"),
            ("Negotiate", "Negotiate()"),
            ("", "expected an authentication scheme at octet 0"),
            (
                "realm=\"a\"",
                "expected an authentication scheme at octet 5",
            ),
            ("Digest a=\"b", "expected a closing quote at octet 11"),
            ("Digest \"b\"", "expected a parameter name at octet 7"),
            ("Digest a=\"\\", "expected a closing quote at octet 11"),
        ];
        for (value, expected) in table {
            assert_eq!(shape(value), expected, "{value:?}");
        }
    }

    #[test]
    fn quoting_survives_a_round_trip() {
        let original = r#"a"b\c, d=e"#;
        let mut text = String::from("Digest ");
        push_param(&mut text, &mut true, "realm", original, true);
        let lists = parse_lists(&text).unwrap();
        assert_eq!(lists[0].params[0].value, original);
    }
}
