use std::fmt;
use std::ops::Range;

use gannet_diag::Diagnostic;

/// A condition on tags: `@fast and not (@wip or @slow)`.
///
/// `not` binds closest, then `and`, then `or`. A backslash takes the meaning from a following
/// blank, parenthesis or backslash. The empty expression is true of everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagExpression(Node);

/// Why a text is no tag expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} in tag expression, byte {}", span.start)]
pub struct TagExpressionError {
    /// What is wrong.
    pub kind: TagExpressionErrorKind,
    /// The bytes of the expression that are wrong.
    pub span: Range<usize>,
}

/// What is wrong with a tag expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagExpressionErrorKind {
    /// An operator, a closing parenthesis or the end stands where a tag is needed.
    #[error("expected a tag, `not` or `(`, got {received}")]
    OperandMissing {
        /// What stands there.
        received: String,
    },
    /// Two tags without an operator between them.
    #[error("expected `and`, `or` or the end, got {received}")]
    OperatorMissing {
        /// What stands there.
        received: String,
    },
    /// `(` without `)`.
    #[error("`(` is never closed")]
    ParenthesisOpen,
    /// `)` without `(`.
    #[error("`)` closes nothing")]
    ParenthesisUnopened,
    /// A backslash before something that has no meaning to be taken away.
    #[error("a backslash may only precede a blank, a parenthesis or a backslash")]
    BadEscape,
    /// More parentheses and `not`s within each other than anyone means.
    #[error("nested more than {depth_max} deep")]
    TooDeep {
        /// The limit.
        depth_max: usize,
    },
}

/// Parentheses and `not`s within each other; keeps the stack small.
const DEPTH_MAX: usize = 100;

impl TagExpression {
    /// Parses an expression.
    pub fn parse(text: &str) -> Result<Self, TagExpressionError> {
        let tokens = tokens(text)?;
        if tokens.is_empty() {
            return Ok(Self(Node::True));
        }
        let mut parser = Parser {
            tokens: &tokens,
            next: 0,
            end: text.len(),
            depth: 0,
        };
        let node = parser.any()?;
        match parser.peek() {
            None => Ok(Self(node)),
            Some(token) => Err(TagExpressionError {
                kind: match token.kind {
                    TokenKind::Close => TagExpressionErrorKind::ParenthesisUnopened,
                    _ => TagExpressionErrorKind::OperatorMissing {
                        received: token.to_string(),
                    },
                },
                span: token.span.clone(),
            }),
        }
    }

    /// Whether the expression is true of something that has these tags (with their `@`).
    pub fn matches(&self, tags: &[&str]) -> bool {
        self.0.is_true(tags)
    }
}

impl std::str::FromStr for TagExpression {
    type Err = TagExpressionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for TagExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TagExpressionError {
    /// The error as a diagnostic of the expression's text.
    pub fn to_diagnostic(&self) -> Diagnostic {
        Diagnostic::error(
            "bad-tag-expression",
            "this is no tag expression",
            self.span.clone(),
        )
        .with_label(self.kind.to_string())
        .with_help("for example: `@fast and not (@wip or @slow)`")
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    True,
    Tag(String),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Node {
    fn is_true(&self, tags: &[&str]) -> bool {
        match self {
            Self::True => true,
            Self::Tag(tag) => tags.contains(&tag.as_str()),
            Self::Not(node) => !node.is_true(tags),
            Self::All(nodes) => nodes.iter().all(|node| node.is_true(tags)),
            Self::Any(nodes) => nodes.iter().any(|node| node.is_true(tags)),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operator, nodes) = match self {
            Self::True => return Ok(()),
            Self::Tag(tag) => {
                for character in tag.chars() {
                    if matches!(character, '(' | ')' | '\\') || character.is_whitespace() {
                        f.write_str("\\")?;
                    }
                    write!(f, "{character}")?;
                }
                return Ok(());
            }
            Self::Not(node) => return write!(f, "not ( {node} )"),
            Self::All(nodes) => ("and", nodes),
            Self::Any(nodes) => ("or", nodes),
        };
        f.write_str("( ")?;
        for (i, node) in nodes.iter().enumerate() {
            if i > 0 {
                write!(f, " {operator} ")?;
            }
            node.fmt(f)?;
        }
        f.write_str(" )")
    }
}

#[derive(Debug, PartialEq, Eq)]
enum TokenKind {
    Tag(String),
    And,
    Or,
    Not,
    Open,
    Close,
}

struct Token {
    kind: TokenKind,
    span: Range<usize>,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TokenKind::Tag(tag) => write!(f, "`{tag}`"),
            TokenKind::And => f.write_str("`and`"),
            TokenKind::Or => f.write_str("`or`"),
            TokenKind::Not => f.write_str("`not`"),
            TokenKind::Open => f.write_str("`(`"),
            TokenKind::Close => f.write_str("`)`"),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, TagExpressionError> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut word_start = 0;
    let mut characters = text.char_indices();
    let finish = |tokens: &mut Vec<Token>, word: &mut String, span: Range<usize>| {
        if span.is_empty() {
            return;
        }
        // An escape makes a tag of what would be an operator only by being longer than it.
        let kind = match std::mem::take(word) {
            word if word == "and" => TokenKind::And,
            word if word == "or" => TokenKind::Or,
            word if word == "not" => TokenKind::Not,
            word => TokenKind::Tag(word),
        };
        tokens.push(Token { kind, span });
    };
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some((_, escaped))
                    if matches!(escaped, '(' | ')' | '\\') || escaped.is_whitespace() =>
                {
                    word.push(escaped);
                }
                other => {
                    let length = other.map_or(0, |(_, character)| character.len_utf8());
                    return Err(TagExpressionError {
                        kind: TagExpressionErrorKind::BadEscape,
                        span: at..at + 1 + length,
                    });
                }
            },
            '(' | ')' => {
                finish(&mut tokens, &mut word, word_start..at);
                word_start = at + 1;
                let kind = if character == '(' {
                    TokenKind::Open
                } else {
                    TokenKind::Close
                };
                tokens.push(Token {
                    kind,
                    span: at..at + 1,
                });
            }
            blank if blank.is_whitespace() => {
                finish(&mut tokens, &mut word, word_start..at);
                word_start = at + blank.len_utf8();
            }
            other => word.push(other),
        }
    }
    finish(&mut tokens, &mut word, word_start..text.len());
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    /// Length of the text, where an error about a missing rest is placed.
    end: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, kind: &TokenKind) -> bool {
        let fits = self.peek().is_some_and(|token| token.kind == *kind);
        self.next += usize::from(fits);
        fits
    }

    fn any(&mut self) -> Result<Node, TagExpressionError> {
        let mut nodes = vec![self.all()?];
        while self.take(&TokenKind::Or) {
            nodes.push(self.all()?);
        }
        Ok(one_or(nodes, Node::Any))
    }

    fn all(&mut self) -> Result<Node, TagExpressionError> {
        let mut nodes = vec![self.operand()?];
        while self.take(&TokenKind::And) {
            nodes.push(self.operand()?);
        }
        Ok(one_or(nodes, Node::All))
    }

    fn operand(&mut self) -> Result<Node, TagExpressionError> {
        let Some(token) = self.peek() else {
            return Err(TagExpressionError {
                kind: TagExpressionErrorKind::OperandMissing {
                    received: "the end".to_owned(),
                },
                span: self.end..self.end,
            });
        };
        let error = |kind| {
            Err(TagExpressionError {
                kind,
                span: token.span.clone(),
            })
        };
        if self.depth == DEPTH_MAX {
            return error(TagExpressionErrorKind::TooDeep {
                depth_max: DEPTH_MAX,
            });
        }
        self.next += 1;
        self.depth += 1;
        let node = match &token.kind {
            TokenKind::Tag(tag) => Node::Tag(tag.clone()),
            TokenKind::Not => Node::Not(Box::new(self.operand()?)),
            TokenKind::Open => {
                let node = self.any()?;
                if !self.take(&TokenKind::Close) {
                    return match self.peek() {
                        None => error(TagExpressionErrorKind::ParenthesisOpen),
                        Some(next) => Err(TagExpressionError {
                            kind: TagExpressionErrorKind::OperatorMissing {
                                received: next.to_string(),
                            },
                            span: next.span.clone(),
                        }),
                    };
                }
                node
            }
            TokenKind::And | TokenKind::Or | TokenKind::Close => {
                return error(TagExpressionErrorKind::OperandMissing {
                    received: token.to_string(),
                });
            }
        };
        self.depth -= 1;
        Ok(node)
    }
}

fn one_or(mut nodes: Vec<Node>, several: impl FnOnce(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        Some(last) => {
            nodes.push(last);
            several(nodes)
        }
        None => Node::True,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_evaluated_by_precedence() {
        let cases: [(&str, &[&str], bool); 17] = [
            ("", &[], true),
            ("  ", &["@a"], true),
            ("@a", &["@a"], true),
            ("@a", &["@b"], false),
            ("not @a", &[], true),
            ("not not @a", &["@a"], true),
            ("@a and @b", &["@a"], false),
            ("@a and @b", &["@a", "@b"], true),
            ("@a or @b and @c", &["@a"], true),
            ("@a or @b and @c", &["@b"], false),
            ("(@a or @b) and @c", &["@a"], false),
            ("(@a or @b)and(@c)", &["@a", "@c"], true),
            ("@a and not (@b or @c)", &["@a"], true),
            ("@a and not (@b or @c)", &["@a", "@c"], false),
            (r"@a\(1\)", &["@a(1)"], true),
            (r"@a\ b and @c\\", &["@a b", "@c\\"], true),
            ("not @a or @a", &["@a"], true),
        ];
        for (text, tags, expected) in cases {
            let expression = TagExpression::parse(text).unwrap();
            assert_eq!(expression.matches(tags), expected, "{text} of {tags:?}");
            let again = TagExpression::parse(&expression.to_string()).unwrap();
            assert_eq!(again.matches(tags), expected, "{text} as {expression}");
        }
    }

    #[test]
    fn errors_have_their_place() {
        let cases = [
            ("@a @b", 3..5, "expected `and`, `or` or the end, got `@b`"),
            ("@a and", 6..6, "expected a tag, `not` or `(`, got the end"),
            ("and @a", 0..3, "expected a tag, `not` or `(`, got `and`"),
            ("@a or or", 6..8, "expected a tag, `not` or `(`, got `or`"),
            ("(@a", 0..1, "`(` is never closed"),
            ("(@a @b)", 4..6, "expected `and`, `or` or the end, got `@b`"),
            ("@a)", 2..3, "`)` closes nothing"),
            ("()", 1..2, "expected a tag, `not` or `(`, got `)`"),
            (
                r"@a\b",
                2..4,
                "a backslash may only precede a blank, a parenthesis or a backslash",
            ),
            (
                "\u{e9}\\",
                2..3,
                "a backslash may only precede a blank, a parenthesis or a backslash",
            ),
        ];
        for (text, span, message) in cases {
            let error = TagExpression::parse(text).unwrap_err();
            assert_eq!(
                (error.span, error.kind.to_string().as_str()),
                (span, message),
                "{text}"
            );
        }
    }

    #[test]
    fn deep_nesting_is_an_error() {
        for unit in ["(", "not "] {
            let error = TagExpression::parse(&unit.repeat(100_000)).unwrap_err();
            assert_eq!(
                error.kind,
                TagExpressionErrorKind::TooDeep {
                    depth_max: DEPTH_MAX
                }
            );
        }
        let long = vec!["@a"; 10_000].join(" or ");
        assert!(TagExpression::parse(&long).unwrap().matches(&["@a"]));
    }
}
