//! One definition, ready to be matched.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use cucumber_expressions::expand::IntoRegexCharIter;
use cucumber_expressions::{Expression, SingleExpression};
use regex::Regex;

use super::definition::StepDefinition;
use super::parameter::{ParameterKind, parameter_patterns, unquote, within_suffix};
use super::registry::{Argument, Matched};
use super::registry_error::RegistryError;
use super::values::parse_time;

/// A definition, ready to be matched.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) definition: StepDefinition,
    /// Words that every sentence of the pattern has.
    pub(super) words: Vec<&'static str>,
    /// Compiled when a sentence with all these words comes: most patterns of a run never are.
    pub(super) regex: OnceLock<Regex>,
    pub(super) kinds: Vec<ParameterKind>,
}

/// What stands for each parameter.
static PARAMETERS: LazyLock<HashMap<&'static str, String>> = LazyLock::new(parameter_patterns);
/// What may follow a sentence that waits.
static SUFFIX: LazyLock<String> = LazyLock::new(within_suffix);

impl Entry {
    pub(super) fn matches(&self, sentence: &str) -> bool {
        self.words.iter().all(|word| sentence.contains(word)) && self.regex().is_match(sentence)
    }

    fn regex(&self) -> &Regex {
        let compiled = || compile(&self.definition).expect("the definitions were checked before");
        self.regex.get_or_init(compiled)
    }

    /// The values of a sentence that the pattern matches.
    pub(super) fn take_apart(&self, sentence: &str) -> Matched {
        let captures = self.regex().captures(sentence);
        let groups = captures.iter().flat_map(|captures| {
            let unnamed = self.regex().capture_names().enumerate();
            unnamed
                .skip(1)
                .filter(|(_, name)| name.is_none())
                .filter_map(|(index, _)| captures.get(index))
        });
        let arguments = self
            .kinds
            .iter()
            .zip(groups)
            .map(|(&kind, group)| Argument {
                kind,
                text: plain(kind, group.as_str()),
                span: group.range(),
            })
            .collect();
        let within = captures
            .as_ref()
            .and_then(|captures| captures.name("within"));
        Matched {
            definition: self.definition,
            arguments,
            within: within.and_then(|group| parse_time(&unquote(group.as_str()))),
        }
    }
}

/// The value without what only marks its ends.
fn plain(kind: ParameterKind, raw: &str) -> String {
    match kind {
        ParameterKind::Regex => raw[1..raw.len() - 1].to_owned(),
        _ => unquote(raw),
    }
}

/// The definition with what can be seen of its pattern without compiling it.
pub(super) fn read(definition: StepDefinition) -> Result<Entry, RegistryError> {
    let pattern = definition.pattern;
    let expression = Expression::parse(pattern).map_err(|error| RegistryError::BadPattern {
        pattern,
        reason: error.to_string(),
    })?;
    let (mut kinds, mut words) = (Vec::new(), Vec::new());
    for part in &expression.0 {
        match part {
            SingleExpression::Parameter(parameter) => {
                let name: &str = parameter.input.fragment();
                kinds.push(ParameterKind::named(name).ok_or_else(|| {
                    RegistryError::UnknownParameter {
                        pattern,
                        parameter: name.to_owned(),
                    }
                })?);
            }
            // One with a backslash stands for other text.
            SingleExpression::Text(text) if !text.fragment().contains('\\') => {
                words.push(*text.fragment());
            }
            _ => {}
        }
    }
    Ok(Entry {
        definition,
        words,
        regex: OnceLock::new(),
        kinds,
    })
}

pub(super) fn compile(definition: &StepDefinition) -> Result<Regex, RegistryError> {
    let pattern = definition.pattern;
    let bad = |reason: String| RegistryError::BadPattern { pattern, reason };
    let expression = Expression::parse(pattern).map_err(|error| bad(error.to_string()))?;
    let whole = expression
        .with_parameters(&*PARAMETERS)
        .into_regex_char_iter()
        .collect::<Result<String, _>>()
        .map_err(|error| bad(error.to_string()))?;
    let body = whole.trim_start_matches('^').trim_end_matches('$');
    let suffix = if definition.takes_within {
        SUFFIX.as_str()
    } else {
        ""
    };
    Regex::new(&format!("^{body}{suffix}$")).map_err(|error| bad(error.to_string()))
}
