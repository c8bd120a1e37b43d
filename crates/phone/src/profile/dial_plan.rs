//! What a phone makes of the digits that its user dials.

/// Rules, of which the first that fits counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DialPlan {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    pieces: Vec<Piece>,
    /// What is called instead; `None`: nothing may be called.
    replacement: Option<String>,
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// This character.
    Exact(char),
    /// A digit between these, both included.
    Digit(char, char),
    /// One of these.
    OneOf(Vec<char>),
    /// Any number of any characters, none included.
    Rest,
    /// A group for `$1` to `$9` begins.
    Open,
    /// It ends.
    Close,
}

/// Why a text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RuleError {
    #[error("expected a closing ] for every [ of the pattern, with something between them")]
    Brackets,
    #[error(
        "expected one ) for every ( of the pattern, none inside of another, {GROUPS_MAX} at most"
    )]
    Groups,
    #[error(". stands for all that follows: nothing but ) may come behind it")]
    BehindRest,
    #[error("the pattern is empty")]
    Empty,
    #[error("${0} means a group that the pattern does not have")]
    NoGroup(char),
    #[error("nothing is left to be called")]
    NothingLeft,
}

/// What a dialled text leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialled {
    /// This is called.
    Called(String),
    /// The plan forbids to call this.
    Barred(String),
}

/// Most groups of a pattern: each has one digit.
const GROUPS_MAX: usize = 9;

impl DialPlan {
    /// Adds a rule behind the others. `replacement`: `None` forbids what fits.
    pub(super) fn add(
        &mut self,
        pattern: &str,
        replacement: Option<&str>,
    ) -> Result<(), RuleError> {
        let pieces = read(pattern)?;
        let groups = pieces.iter().filter(|piece| **piece == Piece::Open).count();
        if let Some(replacement) = replacement {
            if replacement.is_empty() {
                return Err(RuleError::NothingLeft);
            }
            let mut rest = replacement;
            while let Some((_, after)) = rest.split_once('$') {
                let group = after.chars().next().unwrap_or('$');
                let number = group.to_digit(10).map(|digit| digit as usize);
                if number.is_none_or(|number| number > groups) {
                    return Err(RuleError::NoGroup(group));
                }
                rest = after;
            }
        }
        let replacement = replacement.map(str::to_owned);
        self.rules.push(Rule {
            pieces,
            replacement,
        });
        Ok(())
    }

    /// What is called where this was dialled: the same where no rule fits.
    pub fn apply(&self, dialled: &str) -> Dialled {
        let text: Vec<char> = dialled.chars().collect();
        for rule in &self.rules {
            let Some(groups) = rule.groups(&text) else {
                continue;
            };
            return match &rule.replacement {
                None => Dialled::Barred(dialled.to_owned()),
                Some(replacement) => Dialled::Called(filled(replacement, dialled, &groups)),
            };
        }
        Dialled::Called(dialled.to_owned())
    }
}

impl Rule {
    /// What the groups hold, if the whole text fits. One pass is enough: only the end of a pattern
    /// has a choice.
    fn groups(&self, text: &[char]) -> Option<Vec<String>> {
        let mut at = 0;
        let mut open = 0;
        let mut groups = Vec::new();
        for piece in &self.pieces {
            let here = text.get(at).copied();
            let fits = match piece {
                Piece::Open => {
                    open = at;
                    continue;
                }
                Piece::Close => {
                    groups.push(text[open..at].iter().collect());
                    continue;
                }
                Piece::Rest => {
                    at = text.len();
                    continue;
                }
                Piece::Exact(wanted) => here == Some(*wanted),
                Piece::Digit(low, high) => here.is_some_and(|c| (*low..=*high).contains(&c)),
                Piece::OneOf(set) => here.is_some_and(|c| set.contains(&c)),
            };
            if !fits {
                return None;
            }
            at += 1;
        }
        (at == text.len()).then_some(groups)
    }
}

/// `$0` is all that was dialled, `$1` to `$9` are the groups.
fn filled(replacement: &str, dialled: &str, groups: &[String]) -> String {
    let mut out = String::new();
    let mut chars = replacement.chars();
    while let Some(c) = chars.next() {
        let number = (c == '$').then(|| chars.next()?.to_digit(10)).flatten();
        match number {
            None => out.push(c),
            Some(0) => out.push_str(dialled),
            Some(number) => out.extend(groups.get(number as usize - 1).map(String::as_str)),
        }
    }
    out
}

fn read(pattern: &str) -> Result<Vec<Piece>, RuleError> {
    let mut pieces = Vec::new();
    let (mut open, mut groups, mut over) = (false, 0, false);
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if over && c != ')' {
            return Err(RuleError::BehindRest);
        }
        pieces.push(match c {
            'X' => Piece::Digit('0', '9'),
            'Z' => Piece::Digit('1', '9'),
            'N' => Piece::Digit('2', '9'),
            '.' => {
                over = true;
                Piece::Rest
            }
            '[' => Piece::OneOf(set(&mut chars)?),
            '(' if open || groups == GROUPS_MAX => return Err(RuleError::Groups),
            '(' => {
                (open, groups) = (true, groups + 1);
                Piece::Open
            }
            ')' if !open => return Err(RuleError::Groups),
            ')' => {
                open = false;
                Piece::Close
            }
            other => Piece::Exact(other),
        });
    }
    match pieces.is_empty() {
        true => Err(RuleError::Empty),
        false if open => Err(RuleError::Groups),
        false => Ok(pieces),
    }
}

/// What stands in brackets: characters, and ranges such as 2-5.
fn set(chars: &mut std::str::Chars<'_>) -> Result<Vec<char>, RuleError> {
    let rest = chars.as_str();
    let (inside, after) = rest.split_once(']').ok_or(RuleError::Brackets)?;
    *chars = after.chars();
    let inside: Vec<char> = inside.chars().collect();
    if inside.is_empty() {
        return Err(RuleError::Brackets);
    }
    let mut set = Vec::new();
    let mut at = 0;
    while at < inside.len() {
        match (inside.get(at + 1), inside.get(at + 2)) {
            (Some('-'), Some(last)) if inside[at] <= *last => {
                set.extend(inside[at]..=*last);
                at += 3;
            }
            _ => {
                set.push(inside[at]);
                at += 1;
            }
        }
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(rules: &[(&str, Option<&str>)]) -> DialPlan {
        let mut plan = DialPlan::default();
        for (pattern, replacement) in rules {
            plan.add(pattern, *replacement).expect(pattern);
        }
        plan
    }

    #[test]
    fn the_first_rule_that_fits_counts() {
        let plan = plan(&[
            ("0900.", None),
            ("00(Z.)", Some("+$1")),
            ("0(Z.)", Some("+49$1")),
            ("[2-4]XX", Some("*8$0")),
            ("(N)(X)#", Some("$2$1")),
        ]);
        for (dialled, called) in [
            ("0044123", "+44123"),
            ("030123", "+4930123"),
            ("321", "*8321"),
            ("521", "521"),
            ("3210", "3210"),
            ("73#", "37"),
            ("bob", "bob"),
            ("00", "00"),
        ] {
            assert_eq!(plan.apply(dialled), Dialled::Called(called.to_owned()));
        }
        let barred = Dialled::Barred("0900123".to_owned());
        assert_eq!(plan.apply("0900123"), barred);
    }

    #[test]
    fn wrong_rules_are_refused() {
        for (pattern, replacement, expected) in [
            ("", Some("1"), RuleError::Empty),
            ("[12", Some("1"), RuleError::Brackets),
            ("[]", Some("1"), RuleError::Brackets),
            ("(1", Some("1"), RuleError::Groups),
            ("1)", Some("1"), RuleError::Groups),
            ("((1))", Some("1"), RuleError::Groups),
            ("1.2", Some("1"), RuleError::BehindRest),
            ("(1)", Some("$2"), RuleError::NoGroup('2')),
            ("1", Some("$"), RuleError::NoGroup('$')),
            ("1", Some(""), RuleError::NothingLeft),
        ] {
            let found = DialPlan::default().add(pattern, replacement);
            assert_eq!(found, Err(expected), "{pattern}");
        }
    }
}
