//! Finding the definition that a sentence means.

use std::ops::Range;
use std::time::Duration;

use gannet_diag::nearest;

use super::definition::StepDefinition;
use super::entry::{Entry, compile, read};
use super::parameter::ParameterKind;
use super::registry_error::RegistryError;
use crate::plan::is_media_file;

/// All definitions of a run, ready to be matched.
#[derive(Debug, Clone)]
pub struct Registry {
    entries: Vec<Entry>,
}

/// A value of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// What stands there.
    pub kind: ParameterKind,
    /// The value without quotes or slashes.
    pub text: String,
    /// The bytes of the sentence that it was read from, quotes included.
    pub span: Range<usize>,
}

/// A sentence and the one definition that it means.
#[derive(Debug, Clone)]
pub struct Matched {
    /// The definition.
    pub definition: StepDefinition,
    /// The values in the order of the pattern.
    pub arguments: Vec<Argument>,
    /// The time of ` within {time}`.
    pub within: Option<Duration>,
}

/// Why a sentence does not mean exactly one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchError {
    /// No pattern matches.
    Undefined {
        /// The nearest examples and patterns, best first.
        nearest: Vec<String>,
    },
    /// More than one pattern matches.
    Ambiguous {
        /// All of them.
        patterns: Vec<&'static str>,
    },
}

/// How many similar sentences a failure to match names.
const NEAREST_MAX: usize = 3;

impl Registry {
    /// Takes the definitions and checks them: every pattern can be read, and every example matches
    /// its own definition only.
    ///
    /// # Errors
    /// All faults, in the order of the definitions.
    pub fn new(definitions: Vec<StepDefinition>) -> Result<Self, Vec<RegistryError>> {
        let mut errors = Vec::new();
        let entries = definitions.into_iter().filter_map(|definition| {
            let read = read(definition).and_then(|entry| {
                let regex = compile(&entry.definition)?;
                Ok((entry, regex))
            });
            match read {
                Ok((entry, regex)) => Some(Entry {
                    regex: regex.into(),
                    ..entry
                }),
                Err(error) => {
                    errors.push(error);
                    None
                }
            }
        });
        let registry = Self {
            entries: entries.collect(),
        };
        errors.extend(registry.bad_examples());
        if errors.is_empty() {
            Ok(registry)
        } else {
            Err(errors)
        }
    }

    /// The same of definitions that were checked before: their patterns are compiled when they are
    /// needed.
    ///
    /// # Errors
    /// What can be seen without compiling: patterns that cannot be read, unknown parameters.
    pub fn of_checked(definitions: Vec<StepDefinition>) -> Result<Self, Vec<RegistryError>> {
        let (mut entries, mut errors) = (Vec::new(), Vec::new());
        for definition in definitions {
            match read(definition) {
                Ok(entry) => entries.push(entry),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(Self { entries })
        } else {
            Err(errors)
        }
    }

    /// The definitions in their order.
    pub fn definitions(&self) -> impl Iterator<Item = &StepDefinition> {
        self.entries.iter().map(|entry| &entry.definition)
    }

    /// The definition that the sentence (without keyword) means. Where several fit, the one with
    /// the fewest parameters says most of it in fixed words: `Alice hears silence` is no phone
    /// named silence.
    ///
    /// # Errors
    /// If there is none, or more than one is the best.
    pub fn find(&self, sentence: &str) -> Result<Matched, MatchError> {
        let fitting = self.fitting(sentence);
        match fitting[..] {
            [entry] => Ok(entry.take_apart(sentence)),
            [] => Err(MatchError::Undefined {
                nearest: self.nearest(sentence),
            }),
            _ => Err(MatchError::Ambiguous {
                patterns: fitting
                    .iter()
                    .map(|entry| entry.definition.pattern)
                    .collect(),
            }),
        }
    }

    fn fitting(&self, sentence: &str) -> Vec<&Entry> {
        let mut fitting: Vec<_> = self
            .entries
            .iter()
            .filter(|entry| entry.matches(sentence))
            .collect();
        let fewest = fitting.iter().map(|entry| entry.kinds.len()).min();
        fitting.retain(|entry| Some(entry.kinds.len()) == fewest);
        if fitting.len() > 1 {
            // `Alice hears "hello.wav"` is a file, `Alice hears Bob` a phone.
            fitting.retain(|entry| names_what_it_says(entry, sentence));
        }
        fitting
    }

    /// The patterns that come nearest to a sentence that none matches.
    fn nearest(&self, sentence: &str) -> Vec<String> {
        let patterns = self.entries.iter().map(|entry| entry.definition.pattern);
        nearest(sentence, patterns, NEAREST_MAX)
    }

    fn bad_examples(&self) -> Vec<RegistryError> {
        let faulty = |entry: &Entry| {
            let StepDefinition {
                pattern, example, ..
            } = entry.definition;
            let matches: Vec<_> = self
                .fitting(example)
                .iter()
                .map(|other| other.definition.pattern)
                .collect();
            (matches != [pattern]).then_some(RegistryError::BadExample {
                pattern,
                example,
                matches,
            })
        };
        self.entries.iter().filter_map(faulty).collect()
    }
}

/// Whether names of phones and files look like what the pattern takes them for.
fn names_what_it_says(entry: &Entry, sentence: &str) -> bool {
    let arguments = entry.take_apart(sentence).arguments;
    arguments.iter().all(|argument| match argument.kind {
        ParameterKind::File => is_media_file(&argument.text),
        ParameterKind::Phone => !is_media_file(&argument.text),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step;
    use crate::vocabulary::{Arguments, StepResult};
    use crate::world::World;

    async fn nothing(_: &mut World, _: Arguments) -> StepResult {
        Ok(())
    }

    fn registry() -> Registry {
        let define = |pattern, example| step!(pattern, section: "Test", about: "Nothing.", example: example, run: nothing);
        Registry::new(vec![
            define("{phone} calls {dest}", "Alice calls Bob"),
            define("{phone} receives {msg}", "Alice receives BYE"),
            define(
                "{phone} receives response {code}",
                "Alice receives response \"401,407\"",
            ),
            define(
                "{phone} and {phone} talk for {time}",
                "Alice and Bob talk for 2 s",
            ),
            define("{phone} uses {profile} phone", "Alice uses generic phone"),
            define("body of {msg} matches {re}", "body of INVITE matches /a b/"),
            define("{phone} hangs up( the phone)", "Alice hangs up"),
        ])
        .unwrap()
    }

    fn texts(sentence: &str) -> Vec<String> {
        let matched = registry().find(sentence).unwrap();
        matched
            .arguments
            .into_iter()
            .map(|argument| argument.text)
            .collect()
    }

    #[test]
    fn names_may_be_bare_quoted_or_variables() {
        assert_eq!(texts("Alice calls Bob"), ["Alice", "Bob"]);
        assert_eq!(
            texts("\"Alice Smith\" calls \"*100\""),
            ["Alice Smith", "*100"]
        );
        assert_eq!(
            texts("${who} calls sip:bob@192.0.2.1:5060"),
            ["${who}", "sip:bob@192.0.2.1:5060"]
        );
        assert_eq!(texts(r#""A \"B\" C" hangs up the phone"#), [r#"A "B" C"#]);
    }

    #[test]
    fn a_bare_name_is_one_word() {
        assert!(matches!(
            registry().find("Alice calls Bob now"),
            Err(MatchError::Undefined { .. })
        ));
    }

    #[test]
    fn messages_codes_times_and_expressions_are_told_apart() {
        assert_eq!(
            texts("Alice receives 200 to INVITE"),
            ["Alice", "200 to INVITE"]
        );
        assert_eq!(texts("\"Alice\" receives \"BYE\""), ["Alice", "BYE"]);
        assert_eq!(
            texts("Alice receives response 401,407"),
            ["Alice", "401,407"]
        );
        assert_eq!(
            texts("Alice and Bob talk for 10 seconds"),
            ["Alice", "Bob", "10 seconds"]
        );
        assert_eq!(
            texts(r"body of 2xx matches /a\/b \d+/"),
            ["2xx", r"a\/b \d+"]
        );
    }

    #[test]
    fn any_sentence_may_bound_its_wait() {
        let matched = registry().find("Alice receives BYE within 500 ms").unwrap();
        assert_eq!(matched.within, Some(Duration::from_millis(500)));
        assert_eq!(matched.arguments.len(), 2);
    }

    #[test]
    fn spans_point_into_the_sentence() {
        let sentence = "\"Alice\" uses Squirrel350 phone";
        let matched = registry().find(sentence).unwrap();
        let spans: Vec<_> = matched
            .arguments
            .iter()
            .map(|a| &sentence[a.span.clone()])
            .collect();
        assert_eq!(spans, ["\"Alice\"", "Squirrel350"]);
    }

    #[test]
    fn an_unknown_sentence_names_its_neighbours() {
        let Err(MatchError::Undefined { nearest }) = registry().find("Alice cals Bob") else {
            panic!("it should not match");
        };
        assert_eq!(nearest[0], "{phone} calls {dest}");
    }

    #[test]
    fn faulty_definitions_are_found_all_at_once() {
        let define = |pattern, example| step!(pattern, section: "Test", about: "Nothing.", example: example, run: nothing);
        let errors = Registry::new(vec![
            define("{phone} sings {song}", "Alice sings Yesterday"),
            define("{phone} sings", "Alice dances"),
            define("{phone} waits", "Bob waits"),
            define("{word} waits", "Alice waits"),
        ])
        .unwrap_err();
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "pattern \"{phone} sings {song}\" has an unknown parameter {song}",
                "example \"Alice dances\" of pattern \"{phone} sings\" matches nothing",
                "example \"Bob waits\" of pattern \"{phone} waits\" matches \"{phone} waits\" and \"{word} waits\"",
                "example \"Alice waits\" of pattern \"{word} waits\" matches \"{phone} waits\" and \"{word} waits\"",
            ]
        );
    }

    #[test]
    fn the_library_is_sound() {
        if let Err(errors) = Registry::new(crate::library::definitions()) {
            let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
            panic!("{}", texts.join("\n"));
        }
    }
}
