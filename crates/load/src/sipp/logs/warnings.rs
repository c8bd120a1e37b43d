//! Warnings that are told at the end.

/// Warnings that are kept in words.
const KEPT_MAX: usize = 5;
/// Longest of them, in bytes.
const LENGTH_MAX: usize = 300;

/// The first warnings of a run in words, each kind once, and how many there were.
#[derive(Debug, Default, Clone)]
pub(in crate::sipp) struct Warnings {
    count: u64,
    kept: Vec<String>,
}

impl Warnings {
    /// Another one.
    pub(in crate::sipp) fn add(&mut self, text: &str) {
        self.count += 1;
        let fresh = || !self.kept.iter().any(|known| is_alike(known, text));
        if self.kept.len() < KEPT_MAX && fresh() {
            let mut end = text.len().min(LENGTH_MAX);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            self.kept.push(text[..end].trim_end().to_owned());
        }
    }

    /// How many there were.
    pub(in crate::sipp) fn count(&self) -> u64 {
        self.count
    }

    /// The first ones.
    pub(in crate::sipp) fn kept(&self) -> &[String] {
        &self.kept
    }
}

/// Whether they say the same of different calls: what differs has a digit.
fn is_alike(one: &str, other: &str) -> bool {
    let words = |text| {
        str::split_whitespace(text)
            .filter(|word| !word.bytes().any(|byte| byte.is_ascii_digit()))
            .take(WORDS_MAX)
    };
    words(one).eq(words(other))
}

/// Words that are compared.
const WORDS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_kind_is_kept() {
        let mut warnings = Warnings::default();
        for call in 0..10 {
            warnings.add(&format!("unexpected message at step 3 of call {call}"));
        }
        warnings.add("something else");
        assert_eq!(warnings.count(), 11);
        assert_eq!(
            warnings.kept(),
            ["unexpected message at step 3 of call 0", "something else"]
        );
    }
}
