//! Which screens there are, and their keys.

use gannet_events::traffic::Layout;

/// Keys of dictionaries: `3` to `9`.
const PROTOCOL_KEYS: std::ops::RangeInclusive<u8> = b'3'..=b'9';
/// Keys of sections: `A` to `Z`.
const SECTION_KEYS: std::ops::RangeInclusive<u8> = b'A'..=b'Z';

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Screen {
    /// Calls and messages; then successful calls by section.
    #[default]
    Traffic,
    /// Response times.
    ResponseTimes,
    /// Messages of the dictionary with that number.
    Protocol(usize),
    /// Steps of the section with that number.
    Section(usize),
    /// The keys.
    Help,
}

/// Which of the optional screens a configuration asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown {
    /// Those of the dictionaries (display-protocol-stat).
    pub protocols: bool,
    /// Those of the sections (display-scenario-stat).
    pub sections: bool,
}

/// The screens of a run with their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screens {
    keys: Vec<(u8, Screen, String)>,
}

impl Screens {
    /// The screens that a run has. Dictionaries and sections beyond the last key have none.
    pub fn new(layout: &Layout, shown: Shown) -> Self {
        let mut keys = vec![
            (b'1', Screen::Traffic, "calls and messages".to_owned()),
            (b'2', Screen::ResponseTimes, "response times".to_owned()),
        ];
        if shown.protocols {
            let protocols = PROTOCOL_KEYS.zip(layout.protocols.iter().enumerate());
            keys.extend(protocols.map(|(key, (index, protocol))| {
                let text = format!("messages of {}", protocol.name);
                (key, Screen::Protocol(index), text)
            }));
        }
        if shown.sections {
            let sections = SECTION_KEYS.zip(layout.sections.iter().enumerate());
            keys.extend(sections.map(|(key, (index, section))| {
                let text = format!("steps of section {}", section.name);
                (key, Screen::Section(index), text)
            }));
        }
        keys.push((b'h', Screen::Help, "these keys".to_owned()));
        Self { keys }
    }

    /// The screen of a key.
    pub fn of_key(&self, key: u8) -> Option<Screen> {
        let found = self.keys.iter().find(|(own, _, _)| *own == key);
        found.map(|(_, screen, _)| *screen)
    }

    /// The key of a screen.
    pub fn key_of(&self, screen: Screen) -> Option<char> {
        let found = self.keys.iter().find(|(_, own, _)| *own == screen);
        found.map(|(key, _, _)| char::from(*key))
    }

    /// Each key with what it shows.
    pub(super) fn described(&self) -> impl Iterator<Item = (char, &str)> {
        self.keys
            .iter()
            .map(|(key, _, text)| (char::from(*key), text.as_str()))
    }
}
