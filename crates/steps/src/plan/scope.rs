//! What names in features can refer to.

use std::collections::BTreeMap;

use gannet_pbx::Capability;
use gannet_phone::ProfileLibrary;

use crate::config::Config;
use crate::vocabulary::Registry;
use crate::world::ServerChoice;

/// What names in features can refer to: the vocabulary, the configuration, the device profiles.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The vocabulary.
    pub registry: &'a Registry,
    /// Users, variables, folders.
    pub config: &'a Config,
    /// Device profiles.
    pub profiles: &'a ProfileLibrary,
    /// The server: with a real one every phone needs a user.
    pub server: &'a ServerChoice,
}

/// What every embedded server can do, for `@requires.<feature>`; beside it the capabilities that
/// are not switched off.
const EMBEDDED_FEATURES: [&str; 11] = [
    "registrar",
    "digest",
    "calls",
    "voicemail",
    "mwi",
    "presence",
    "publish",
    "dialog",
    "reg",
    "conference",
    MUSIC_ON_HOLD,
];

/// The feature that the embedded server has on request: a tag turns it on for its scenario.
pub(crate) const MUSIC_ON_HOLD: &str = "music-on-hold";

impl Scope<'_> {
    /// Whether the server can do what a tag asks for.
    pub(super) fn server_has(&self, feature: &str) -> bool {
        match self.server {
            ServerChoice::Embedded => {
                let pbx = &self.config.pbx;
                let switched = Capability::ALL.into_iter().find(|one| one.key() == feature);
                match (feature, switched) {
                    (MUSIC_ON_HOLD, _) => pbx.music_on_hold != Some(false),
                    ("conference", _) => {
                        let rooms = pbx.conference.as_ref();
                        pbx.extensions.numbers.has(Capability::Conference)
                            && rooms.is_none_or(|rooms| !rooms.is_empty())
                    }
                    (_, Some(capability)) => pbx.extensions.numbers.has(capability),
                    (_, None) => EMBEDDED_FEATURES.contains(&feature),
                }
            }
            ServerChoice::Real(server) => server.features.contains(feature),
        }
    }

    /// The server in words.
    pub(super) fn server_name(&self) -> &str {
        match self.server {
            ServerChoice::Embedded => "the embedded server",
            ServerChoice::Real(server) => &server.name,
        }
    }

    /// Fills in the variables of the configuration; those that it does not know stay.
    pub(super) fn fill(&self, text: &str) -> String {
        fill(text, &self.config.variables)
    }
}

/// Replaces `${NAME}` for the names that are known.
pub(crate) fn fill(text: &str, variables: &BTreeMap<String, String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let value = rest[2..].split_once('}').and_then(|(name, after)| {
            let value = variables.get(name)?;
            Some((value, after))
        });
        if let Some((value, after)) = value {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push_str("${");
            rest = &rest[2..];
        }
    }
    filled.push_str(rest);
    filled
}

/// The names of all `${NAME}` in a text.
pub(crate) fn variables_in(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        rest = &rest[at + 2..];
        if let Some((name, after)) = rest.split_once('}') {
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if !name.is_empty() && name.chars().all(is_name) {
                names.push(name);
            }
            rest = after;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_variables_are_filled_in() {
        let variables = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        assert_eq!(fill("${a}${b} ${a}x ${", &variables), "1${b} 1x ${");
        assert_eq!(variables_in("${a} ${b c} x${d}"), ["a", "d"]);
    }
}
