use std::ops::Range;

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file cannot be used (exit code 2).
    Error,
    /// The file can be used, but probably does not mean what its author thinks.
    Warning,
}

/// One problem in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the file can still be used.
    pub severity: Severity,
    /// Stable short name of the kind of problem, for example `unknown-step`.
    pub code: &'static str,
    /// What is wrong, a lower-case fragment.
    pub message: String,
    /// The bytes of the file that are underlined; an empty span marks a place.
    pub span: Range<usize>,
    /// Text beside the underline.
    pub label: Option<String>,
    /// Advice, one line each, shown below the source.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error at `span` (bytes of the file).
    pub fn error(code: &'static str, message: impl Into<String>, span: Range<usize>) -> Self {
        Self::new(Severity::Error, code, message, span)
    }

    /// A warning at `span` (bytes of the file).
    pub fn warning(code: &'static str, message: impl Into<String>, span: Range<usize>) -> Self {
        Self::new(Severity::Warning, code, message, span)
    }

    /// A diagnostic of the given severity at `span` (bytes of the file).
    pub fn new(
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
        span: Range<usize>,
    ) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            span,
            label: None,
            help: Vec::new(),
        }
    }

    /// Sets the text beside the underline.
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds one line of advice.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds "did you mean" advice for the given names, if there are any (see [`crate::nearest`]).
    pub fn with_suggestions(self, names: &[String]) -> Self {
        match names {
            [] => self,
            [only] => self.with_help(format!("did you mean `{only}`?")),
            several => {
                let mut help = "did you mean one of these?".to_owned();
                for name in several {
                    help.push_str("\n  ");
                    help.push_str(name);
                }
                self.with_help(help)
            }
        }
    }
}

/// All problems of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No problems.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether one of the problems is an error.
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there are no problems at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of problems.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The problems in their present order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// The problems in their present order.
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.0
    }

    /// Orders by place in the file; problems at one place keep their order.
    pub fn sort(&mut self) {
        self.0
            .sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end));
    }

    /// Gives up the problems.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }
}

impl std::ops::Deref for Diagnostics {
    type Target = [Diagnostic];

    fn deref(&self) -> &[Diagnostic] {
        &self.0
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self(diagnostics)
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.0.extend(diagnostics);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Self(diagnostics.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_alone_are_no_errors() {
        let mut all = Diagnostics::new();
        all.push(Diagnostic::warning("w", "odd", 3..4));
        assert!(!all.has_errors());
        all.push(Diagnostic::error("e", "wrong", 0..1));
        assert!(all.has_errors());
    }

    #[test]
    fn sorting_is_by_place() {
        let mut all: Diagnostics = [5..6, 0..9, 0..2]
            .into_iter()
            .map(|span| Diagnostic::error("e", "wrong", span))
            .collect();
        all.sort();
        let spans: Vec<_> = all
            .iter()
            .map(|diagnostic| diagnostic.span.clone())
            .collect();
        assert_eq!(spans, [0..2, 0..9, 5..6]);
    }
}
