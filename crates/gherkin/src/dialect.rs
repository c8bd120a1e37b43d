use std::sync::LazyLock;

use crate::ast::StepKeywordType;
use crate::dialects::{CODE_NAME_NATIVE_KEYWORDS, GROUP_SEPARATOR, WORD_SEPARATOR};
use crate::token::TokenKind;

/// The keywords of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// What `# language:` is followed by, for example `en` or `zh-CN`.
    pub code: &'static str,
    /// Name of the language in English.
    pub name: &'static str,
    /// Name of the language in itself.
    pub native: &'static str,
    /// Keywords of a feature.
    pub feature: Vec<&'static str>,
    /// Keywords of a rule.
    pub rule: Vec<&'static str>,
    /// Keywords of a background.
    pub background: Vec<&'static str>,
    /// Keywords of a scenario.
    pub scenario: Vec<&'static str>,
    /// Keywords of a scenario outline.
    pub scenario_outline: Vec<&'static str>,
    /// Keywords of examples.
    pub examples: Vec<&'static str>,
    /// Keywords of steps, the longest first so that the first that fits is the right one.
    pub step_keywords: Vec<StepKeyword>,
}

/// One keyword of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepKeyword {
    /// The keyword, with the space that ends it in most languages.
    pub keyword: &'static str,
    /// What it means.
    pub keyword_type: StepKeywordType,
}

impl Dialect {
    /// Every language, ordered by code.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Dialect>> = LazyLock::new(|| {
            CODE_NAME_NATIVE_KEYWORDS
                .iter()
                .map(Dialect::from_row)
                .collect()
        });
        &ALL
    }

    /// The language with this code.
    pub fn by_code(code: &str) -> Option<&'static Self> {
        let all = Self::all();
        all.binary_search_by(|dialect| dialect.code.cmp(code))
            .ok()
            .map(|at| &all[at])
    }

    /// The language of features that name none.
    pub fn english() -> &'static Self {
        Self::by_code("en").expect("the table has English")
    }

    /// The keywords (without colon) that start a line of this kind.
    pub fn title_keywords(&self, kind: TokenKind) -> impl Iterator<Item = &'static str> + use<'_> {
        let (first, second): (&[_], &[_]) = match kind {
            TokenKind::FeatureLine => (&self.feature, &[]),
            TokenKind::RuleLine => (&self.rule, &[]),
            TokenKind::BackgroundLine => (&self.background, &[]),
            TokenKind::ScenarioLine => (&self.scenario, &self.scenario_outline),
            TokenKind::ExamplesLine => (&self.examples, &[]),
            _ => (&[], &[]),
        };
        first.iter().chain(second).copied()
    }

    fn from_row(row: &(&'static str, &'static str, &'static str, &'static str)) -> Self {
        let &(code, name, native, keywords) = row;
        let mut groups = keywords
            .split(GROUP_SEPARATOR)
            .map(|group| group.split(WORD_SEPARATOR).collect::<Vec<&'static str>>());
        let mut next = || {
            groups
                .next()
                .expect("every row of the table has all groups")
        };
        Self {
            code,
            name,
            native,
            feature: next(),
            rule: next(),
            background: next(),
            scenario: next(),
            scenario_outline: next(),
            examples: next(),
            step_keywords: step_keywords([
                (StepKeywordType::Context, next()),
                (StepKeywordType::Action, next()),
                (StepKeywordType::Outcome, next()),
                (StepKeywordType::Conjunction, next()),
                (StepKeywordType::Conjunction, next()),
            ]),
        }
    }
}

fn step_keywords(groups: [(StepKeywordType, Vec<&'static str>); 5]) -> Vec<StepKeyword> {
    let mut all: Vec<StepKeyword> = Vec::new();
    for (keyword_type, keywords) in groups {
        for keyword in keywords {
            match all.iter_mut().find(|known| known.keyword == keyword) {
                // Also a word for both "and" and "but" counts as ambiguous, as it does in the
                // official parser.
                Some(known) => known.keyword_type = StepKeywordType::Unknown,
                None => all.push(StepKeyword {
                    keyword,
                    keyword_type,
                }),
            }
        }
    }
    all.sort_by_key(|step| std::cmp::Reverse(step.keyword.chars().count()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_found() {
        assert!(Dialect::all().is_sorted_by_key(|dialect| dialect.code));
        for dialect in Dialect::all() {
            assert_eq!(Dialect::by_code(dialect.code), Some(dialect));
        }
        assert_eq!(Dialect::by_code("no-such"), None);
    }

    #[test]
    fn english_keywords_have_their_meaning() {
        let meaning = |keyword: &str| {
            let mut steps = Dialect::english().step_keywords.iter();
            steps
                .find(|step| step.keyword == keyword)
                .map(|step| step.keyword_type)
        };
        assert_eq!(meaning("Given "), Some(StepKeywordType::Context));
        assert_eq!(meaning("When "), Some(StepKeywordType::Action));
        assert_eq!(meaning("Then "), Some(StepKeywordType::Outcome));
        assert_eq!(meaning("But "), Some(StepKeywordType::Conjunction));
        assert_eq!(meaning("* "), Some(StepKeywordType::Unknown));
    }
}
