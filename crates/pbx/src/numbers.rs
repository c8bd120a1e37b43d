//! What the server can do beside calls from phone to phone, each with a switch of its own, and the
//! numbers by which it is reached. One table says both; `gannet pbx --help` prints it.

use std::collections::BTreeSet;
use std::fmt::Write;

/// Something that the server can do and that can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capability {
    /// Sending back what is heard.
    Echo,
    /// Playing a melody.
    Music,
    /// Playing one's own messages.
    Mailbox,
    /// Answering REFER (RFC 3515).
    Transfer,
    /// INVITE with Replaces (RFC 3891).
    Replaces,
    /// Parking calls and retrieving them.
    Park,
    /// Taking calls that ring elsewhere.
    Pickup,
    /// Calling several users one after another.
    Hunt,
    /// Music until somebody is free.
    Queue,
    /// Do not disturb by number.
    Dnd,
    /// Forwarding by number.
    Forwarding,
    /// Calls that phones answer by themselves.
    Paging,
    /// Rooms in which everybody hears everybody.
    Conference,
}

impl Capability {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 13] = [
        Self::Echo,
        Self::Music,
        Self::Mailbox,
        Self::Transfer,
        Self::Replaces,
        Self::Park,
        Self::Pickup,
        Self::Hunt,
        Self::Queue,
        Self::Dnd,
        Self::Forwarding,
        Self::Paging,
        Self::Conference,
    ];

    /// The key under `[pbx.features]`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::Music => "music",
            Self::Mailbox => "mailbox",
            Self::Transfer => "transfer",
            Self::Replaces => "replaces",
            Self::Park => "park",
            Self::Pickup => "pickup",
            Self::Hunt => "hunt",
            Self::Queue => "queue",
            Self::Dnd => "dnd",
            Self::Forwarding => "forwarding",
            Self::Paging => "paging",
            Self::Conference => "conference",
        }
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Echo => "sends back what it hears",
            Self::Music => "plays a melody",
            Self::Mailbox => "plays the caller's messages",
            Self::Transfer => "carries out REFER: blind, and attended by Replaces",
            Self::Replaces => "lets INVITE with Replaces take the place of a phone in a call",
            Self::Park => "parks a call in slot N, or takes it back",
            Self::Pickup => "takes a call that rings at user N, or in one's group",
            Self::Hunt => "calls users one after another, busy ones left out",
            Self::Queue => "plays music until an agent is free; N logs in and out",
            Self::Dnd => "do not disturb on and off",
            Self::Forwarding => "forwards to N always, on busy, on no answer; off",
            Self::Paging => "calls user N, whose phone answers by itself",
            Self::Conference => "a room in which everybody hears everybody else",
        }
    }
}

/// What a number does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Sends back what it hears.
    Echo,
    /// Plays a melody.
    Music,
    /// Plays the caller's own messages.
    Mailbox,
    /// Parks who is sent there, or the caller; takes back who is parked there.
    Park,
    /// Takes back who is parked there.
    Retrieve,
    /// Takes the call that rings at a user; without a user, in one's own group.
    Pickup,
    /// Sets do-not-disturb, or clears it.
    Dnd(bool),
    /// Sets a forward of the caller.
    Forward(ForwardWhen),
    /// Clears all forwards of the caller.
    ForwardOff,
    /// Makes the caller an agent of a queue, or no longer.
    Agent(bool),
    /// Calls a user whose phone answers by itself.
    Page,
    /// Calls these users one after another.
    Hunt(Vec<String>),
    /// Plays music until one of these users is free.
    Queue(Vec<String>),
}

/// When calls are forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardWhen {
    /// Before any phone rings.
    Always,
    /// When a phone is busy.
    Busy,
    /// When nobody answers.
    NoAnswer,
}

/// The actions that stand for themselves in a configuration, with the numbers that have them from
/// the start.
const WORDS: [(&str, Action, &[&str]); 15] = [
    ("echo", Action::Echo, &[]),
    ("music", Action::Music, &[]),
    ("mailbox", Action::Mailbox, &[]),
    ("park", Action::Park, &["*71{n}", "park+{n}"]),
    ("retrieve", Action::Retrieve, &["*72{n}"]),
    ("pickup", Action::Pickup, &["*8", "*8{n}"]),
    ("dnd on", Action::Dnd(true), &["*78"]),
    ("dnd off", Action::Dnd(false), &["*79"]),
    (
        "forward always",
        Action::Forward(ForwardWhen::Always),
        &["*21{n}"],
    ),
    (
        "forward busy",
        Action::Forward(ForwardWhen::Busy),
        &["*67{n}"],
    ),
    (
        "forward no answer",
        Action::Forward(ForwardWhen::NoAnswer),
        &["*61{n}"],
    ),
    ("forward off", Action::ForwardOff, &["*20"]),
    ("agent on", Action::Agent(true), &["*45{n}"]),
    ("agent off", Action::Agent(false), &["*46{n}"]),
    ("page", Action::Page, &["*80{n}"]),
];

impl Action {
    /// The capability that it belongs to.
    pub const fn capability(&self) -> Capability {
        match self {
            Self::Echo => Capability::Echo,
            Self::Music => Capability::Music,
            Self::Mailbox => Capability::Mailbox,
            Self::Park | Self::Retrieve => Capability::Park,
            Self::Pickup => Capability::Pickup,
            Self::Dnd(_) => Capability::Dnd,
            Self::Forward(_) | Self::ForwardOff => Capability::Forwarding,
            Self::Agent(_) | Self::Queue(_) => Capability::Queue,
            Self::Page => Capability::Paging,
            Self::Hunt(_) => Capability::Hunt,
        }
    }

    /// The action that a word of the configuration stands for.
    pub fn named(word: &str) -> Option<Self> {
        let found = WORDS.iter().find(|(name, ..)| *name == word);
        found.map(|(_, action, _)| action.clone())
    }

    /// All those words.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(word, ..)| *word)
    }
}

/// The marker at the end of a number that takes more: `*71{n}`.
const MORE: &str = "{n}";

/// A number and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The user part, or what it begins with.
    pub digits: String,
    /// Whether more may follow, and is what the action is about.
    pub takes_more: bool,
    /// What it does.
    pub action: Action,
}

impl Number {
    /// Reads a number as the configuration writes it: `700`, or `*71{n}` if more follows.
    pub fn new(pattern: &str, action: Action) -> Self {
        let prefix = pattern.strip_suffix(MORE);
        Self {
            digits: prefix.unwrap_or(pattern).to_owned(),
            takes_more: prefix.is_some(),
            action,
        }
    }

    /// As the configuration writes it.
    pub fn pattern(&self) -> String {
        let more = if self.takes_more { MORE } else { "" };
        format!("{}{more}", self.digits)
    }
}

/// The numbers of a server and what is switched off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    numbers: Vec<Number>,
    off: BTreeSet<Capability>,
}

impl Default for Numbers {
    /// Everything is on, with the numbers that the help tells.
    fn default() -> Self {
        let of = |(_, action, patterns): &(&str, Action, &[&str])| {
            let numbers = patterns.iter().map(|p| Number::new(p, action.clone()));
            numbers.collect::<Vec<_>>()
        };
        Self {
            numbers: WORDS.iter().flat_map(of).collect(),
            off: BTreeSet::new(),
        }
    }
}

impl Numbers {
    /// Adds a number, in place of the same one.
    pub fn set(&mut self, number: Number) {
        self.numbers
            .retain(|known| known.digits != number.digits || known.takes_more != number.takes_more);
        self.numbers.push(number);
    }

    /// Switches a capability on or off.
    pub fn switch(&mut self, capability: Capability, on: bool) {
        if on {
            self.off.remove(&capability);
        } else {
            self.off.insert(capability);
        }
    }

    /// Whether a capability is on.
    pub fn has(&self, capability: Capability) -> bool {
        !self.off.contains(&capability)
    }

    /// What exactly this number does.
    pub fn exact(&self, number: &str) -> Option<&Action> {
        let found = self.numbers.iter().find(|known| {
            !known.takes_more && known.digits == number && self.has(known.action.capability())
        });
        found.map(|known| &known.action)
    }

    /// What the longest beginning of this number does, with the rest.
    pub fn beginning<'a>(&self, number: &'a str) -> Option<(&Action, &'a str)> {
        self.numbers
            .iter()
            .filter(|known| known.takes_more && self.has(known.action.capability()))
            .filter_map(|known| {
                let rest = number.strip_prefix(known.digits.as_str())?;
                (!rest.is_empty()).then_some((known, rest))
            })
            .max_by_key(|(known, _)| known.digits.len())
            .map(|(known, rest)| (&known.action, rest))
    }

    /// All numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Number> {
        self.numbers.iter()
    }

    /// All queues with their agents.
    pub fn queues(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.numbers.iter().filter_map(|known| match &known.action {
            Action::Queue(agents) => Some((known.digits.as_str(), agents.as_slice())),
            _ => None,
        })
    }

    /// The numbers of a capability, as the configuration writes them.
    pub fn of(&self, capability: Capability) -> Vec<String> {
        self.numbers
            .iter()
            .filter(|known| known.action.capability() == capability)
            .map(Number::pattern)
            .collect()
    }

    /// A line for each capability: its key, its numbers, what it does. `more` are numbers of
    /// capabilities that have them from elsewhere.
    pub fn table(&self, more: impl Fn(Capability) -> Vec<String>) -> String {
        let mut text = String::new();
        for capability in Capability::ALL {
            let mut numbers = more(capability);
            numbers.extend(self.of(capability));
            let numbers = numbers.join(" ").replace(MORE, "N");
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "  {:<11} {numbers:<22} {}",
                capability.key(),
                capability.about()
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_beginning_wins_and_exact_numbers_are_exact() {
        let mut numbers = Numbers::default();
        numbers.set(Number::new("H100", Action::Hunt(vec!["bob".into()])));
        let table = [
            ("*712008", Some((Action::Park, "2008"))),
            ("park+500", Some((Action::Park, "500"))),
            ("*72500", Some((Action::Retrieve, "500"))),
            ("*8bob", Some((Action::Pickup, "bob"))),
            ("*80bob", Some((Action::Page, "bob"))),
            ("*71", None),
            ("H1001", None),
        ];
        for (number, expected) in table {
            let found = numbers.beginning(number);
            let found = found.map(|(action, rest)| (action.clone(), rest));
            assert_eq!(found, expected, "{number}");
        }
        assert_eq!(numbers.exact("*8"), Some(&Action::Pickup));
        assert!(matches!(numbers.exact("H100"), Some(Action::Hunt(_))));
        assert_eq!(numbers.exact("*71"), None);
    }

    #[test]
    fn what_is_off_has_no_numbers() {
        let mut numbers = Numbers::default();
        numbers.switch(Capability::Park, false);
        assert_eq!(numbers.beginning("*712008"), None);
        assert!(numbers.beginning("*8bob").is_some());
        numbers.switch(Capability::Park, true);
        assert!(numbers.beginning("*712008").is_some());
    }

    #[test]
    fn every_capability_stands_in_the_help_once() {
        let table = Numbers::default().table(|_| Vec::new());
        for capability in Capability::ALL {
            let key = format!("  {} ", capability.key());
            assert_eq!(table.matches(&key).count(), 1, "{key}:\n{table}");
        }
        assert!(table.contains("*71N park+N *72N"));
    }
}
