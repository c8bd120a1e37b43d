/// The up to `max` candidates that `name` was probably meant to be, best first; none if nothing is
/// similar.
///
/// Single words are compared by letters, sentences by words: a misspelt, missing, extra or swapped
/// word costs what it differs by. In a candidate, `{parameter}` and `<parameter>` stand for any
/// word or quoted text, `(s)` for optional letters and `a/b` for either, as in Cucumber
/// expressions. Case is ignored.
pub fn nearest<S: AsRef<str>>(
    name: &str,
    candidates: impl IntoIterator<Item = S>,
    max: usize,
) -> Vec<String> {
    let wanted = words(name);
    let mut scored: Vec<(f64, String)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let candidate = candidate.as_ref();
            let score = difference(&wanted, &words(candidate));
            (score <= CUT_OFF).then(|| (score, candidate.to_owned()))
        })
        .collect();
    scored.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.truncate(max);
    scored.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Share of the text that may differ.
const CUT_OFF: f64 = 0.4;

/// What it costs that a parameter stands for a word: little, so that of two patterns the one with
/// more literal words in common wins.
const PARAMETER_COST: f64 = 0.15;

/// What it costs, once, that the words are in another order.
const ORDER_COST: f64 = 0.75;

/// Longest word, in characters, that is compared letter by letter; bounds the time spent on input
/// that is no sentence at all.
const WORD_CHARS_MAX: usize = 64;

/// Words of one text that are compared.
const WORDS_MAX: usize = 64;

enum Word {
    Parameter,
    /// Every spelling that fits, as lower-case characters.
    Literal(Vec<Vec<char>>),
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if words.len() == WORDS_MAX {
            break;
        }
        let closing = match first {
            '"' | '\'' => Some(first),
            '{' => Some('}'),
            '<' => Some('>'),
            _ => None,
        };
        // A quote or bracket that is never closed is part of an ordinary word.
        let quoted = closing.and_then(|closing| rest[1..].find(closing).map(|at| at + 2));
        let end = quoted.unwrap_or_else(|| rest.find(char::is_whitespace).unwrap_or(rest.len()));
        let token = &rest[..end];
        words.push(match (first, quoted) {
            ('{' | '<', Some(_)) => Word::Parameter,
            _ => Word::Literal(spellings(token)),
        });
        rest = rest[end..].trim_start();
    }
    words
}

/// `phone(s)` gives `phone` and `phones`, `call/ring` gives `call` and `ring`.
fn spellings(token: &str) -> Vec<Vec<char>> {
    let lower = |text: &str| -> Vec<char> {
        text.chars()
            .flat_map(char::to_lowercase)
            .take(WORD_CHARS_MAX)
            .collect()
    };
    let mut all = vec![lower(token)];
    if !token.contains(['/', '(']) {
        return all;
    }
    for part in token.split('/') {
        match (part.find('('), part.find(')')) {
            (Some(open), Some(close)) if open < close => {
                let (before, inner, after) =
                    (&part[..open], &part[open + 1..close], &part[close + 1..]);
                all.push(lower(&format!("{before}{after}")));
                all.push(lower(&format!("{before}{inner}{after}")));
            }
            _ => all.push(lower(part)),
        }
    }
    all
}

/// From 0 (same) to 1 (nothing in common).
fn difference(wanted: &[Word], candidate: &[Word]) -> f64 {
    let longest = wanted.len().max(candidate.len());
    if longest == 0 {
        return 0.0;
    }
    let costs: Vec<Vec<f64>> = wanted
        .iter()
        .map(|a| candidate.iter().map(|b| word_difference(a, b)).collect())
        .collect();
    let in_order = edit_distance(wanted.len(), candidate.len(), |i, j| costs[i][j]);
    let any_order = ORDER_COST + unordered_distance(&costs, candidate.len());
    in_order.min(any_order) / longest as f64
}

/// Sum of the differences when every word is paired with the likest one still free; words that
/// stay alone cost 1.
fn unordered_distance(costs: &[Vec<f64>], candidate_len: usize) -> f64 {
    let mut free = vec![true; candidate_len];
    let mut sum = costs.len().abs_diff(candidate_len) as f64;
    for row in costs {
        let likest = (0..candidate_len)
            .filter(|&j| free[j])
            .min_by(|&a, &b| row[a].total_cmp(&row[b]));
        if let Some(likest) = likest {
            free[likest] = false;
            sum += row[likest];
        }
    }
    sum
}

fn word_difference(wanted: &Word, candidate: &Word) -> f64 {
    let (Word::Literal(wanted), Word::Literal(candidate)) = (wanted, candidate) else {
        return PARAMETER_COST;
    };
    let mut best = 1.0_f64;
    for a in wanted {
        for b in candidate {
            let longest = a.len().max(b.len());
            // Letters without a counterpart cost 1 each, whatever the others are.
            if a.len().abs_diff(b.len()) as f64 >= best * longest as f64 && longest > 0 {
                continue;
            }
            let cost = edit_distance(a.len(), b.len(), |i, j| f64::from(u8::from(a[i] != b[j])));
            best = best.min(if longest == 0 {
                0.0
            } else {
                cost / longest as f64
            });
        }
    }
    best
}

/// Optimal string alignment (Damerau-Levenshtein without overlapping swaps) over items of which
/// only the cost of substitution is known, 0 to 1; the other edits cost 1.
fn edit_distance(a_len: usize, b_len: usize, substitution: impl Fn(usize, usize) -> f64) -> f64 {
    let mut before_last = vec![0.0; b_len + 1];
    let mut last: Vec<f64> = (0..=b_len).map(|j| j as f64).collect();
    let mut current = vec![0.0; b_len + 1];
    let mut last_costs: Vec<f64> = Vec::new();
    for i in 1..=a_len {
        let costs: Vec<f64> = (0..b_len).map(|j| substitution(i - 1, j)).collect();
        current[0] = i as f64;
        for j in 1..=b_len {
            let mut best = (last[j - 1] + costs[j - 1])
                .min(last[j] + 1.0)
                .min(current[j - 1] + 1.0);
            if i > 1 && j > 1 {
                let crossed = costs[j - 2] + last_costs[j - 1];
                if crossed < 1.0 {
                    best = best.min(before_last[j - 2] + 1.0 + crossed);
                }
            }
            current[j] = best;
        }
        std::mem::swap(&mut before_last, &mut last);
        std::mem::swap(&mut last, &mut current);
        last_costs = costs;
    }
    last[b_len]
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [&str; 7] = [
        "{phone} calls {phone}",
        "{phone} uses {word} phone",
        "{phone} answers the phone",
        "{phone} hangs up the phone",
        "{phone} and {phone} talk for {int} second(s)",
        "{phone} receives {method}",
        "{phone} has voicemail waiting",
    ];

    #[test]
    fn misspelt_words_find_their_name() {
        let names = ["server", "users", "timeouts", "media", "variables"];
        assert_eq!(nearest("sevrer", names, 3), ["server"]);
        assert_eq!(nearest("Users", names, 3), ["users"]);
        assert_eq!(nearest("timeout", names, 3), ["timeouts"]);
        assert!(nearest("zzz", names, 3).is_empty());
    }

    #[test]
    fn swapped_letters_are_one_edit() {
        let same = |a: &str, b: &str| {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            edit_distance(a.len(), b.len(), |i, j| f64::from(u8::from(a[i] != b[j])))
        };
        let cases = [
            ("", "", 0.0),
            ("abc", "", 3.0),
            ("abc", "acb", 1.0),
            ("kitten", "sitting", 3.0),
        ];
        for (a, b, expected) in cases {
            assert!((same(a, b) - expected).abs() < 1e-9, "{a} {b}");
        }
    }

    #[test]
    fn sentences_find_their_pattern() {
        let cases = [
            ("Alice cals Bob", "{phone} calls {phone}"),
            ("Alice answer the phone", "{phone} answers the phone"),
            ("Alice hangs the phone up", "{phone} hangs up the phone"),
            (
                "Alice and Bob talks for 10 seconds",
                "{phone} and {phone} talk for {int} second(s)",
            ),
            (
                "Bob has a voicemail waiting",
                "{phone} has voicemail waiting",
            ),
            (
                "\"the first floor\" recieves BYE",
                "{phone} receives {method}",
            ),
        ];
        for (written, expected) in cases {
            let found = nearest(written, STEPS, 3);
            assert_eq!(
                found.first().map(String::as_str),
                Some(expected),
                "{written}: {found:?}"
            );
        }
    }

    #[test]
    fn unlike_sentences_find_nothing() {
        assert!(nearest("the weather in Lisbon is fine today", STEPS, 3).is_empty());
        assert!(nearest("", STEPS, 3).is_empty());
    }

    #[test]
    fn odd_input_is_harmless() {
        let long = "(".repeat(10_000);
        for written in [
            "{",
            "<a",
            "\"x",
            "a)b(",
            "/",
            "()",
            long.as_str(),
            "\u{1f4de}'",
        ] {
            nearest(written, STEPS, 3);
            nearest("Alice calls Bob", [written], 3);
        }
    }
}
