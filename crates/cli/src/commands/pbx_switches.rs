//! What `gannet pbx --without` switches off.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use gannet_pbx::{Capability, PbxConfig};

/// Something that can be switched off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Switch {
    /// What has a number, or a request of its own.
    Capability(Capability),
    /// An event package.
    Package(String),
    /// Reliable provisional responses.
    Reliable,
    /// Session timers.
    SessionTimers,
    /// Taking messages for users who cannot be reached.
    Voicemail,
}

/// Switches that are neither numbers nor packages, with what they do.
const OTHERS: [(&str, Switch, &str); 3] = [
    (
        "100rel",
        Switch::Reliable,
        "reliable provisional responses, PRACK",
    ),
    ("session-timers", Switch::SessionTimers, "session timers"),
    (
        "voicemail",
        Switch::Voicemail,
        "takes messages for users who are busy, away or do not answer",
    ),
];

impl Switch {
    /// The switch of this name.
    pub(super) fn parse(name: &str) -> Result<Self, String> {
        let mut capabilities = Capability::ALL.into_iter();
        if let Some(found) = capabilities.find(|one| one.key() == name) {
            return Ok(Self::Capability(found));
        }
        if let Some((_, switch, _)) = OTHERS.iter().find(|(known, _, _)| *known == name) {
            return Ok(switch.clone());
        }
        let packages = PbxConfig::default().packages;
        if packages.contains(name) {
            return Ok(Self::Package(name.to_owned()));
        }
        let names = Capability::ALL.map(Capability::key);
        let others = OTHERS.iter().map(|(known, _, _)| *known);
        let all = names.into_iter().chain(others);
        let all: Vec<_> = all.chain(packages.iter().map(String::as_str)).collect();
        Err(format!("known are {}", all.join(", ")))
    }

    /// Switches it off.
    pub(super) fn off(&self, config: &mut PbxConfig) {
        match self {
            Self::Capability(capability) => config.numbers.switch(*capability, false),
            Self::Package(name) => {
                config.packages.remove(name);
            }
            Self::Reliable => config.prack = false,
            Self::SessionTimers => config.session_timers = None,
            Self::Voicemail => config.voicemail.on = BTreeSet::new(),
        }
    }
}

/// The switches without a number, for the help, in the columns of those with one.
pub(super) fn table() -> String {
    let packages = PbxConfig::default().packages;
    let packages = packages.iter().map(|name| (name.as_str(), PACKAGE));
    let others = OTHERS.iter().map(|(name, _, about)| (*name, *about));
    let mut text = String::new();
    for (name, about) in others.chain(packages) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<35}{about}");
    }
    text
}

/// What an event package is good for.
const PACKAGE: &str = "can be subscribed to";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_changes_the_server() {
        let plain = PbxConfig::default();
        let mut names: Vec<String> = plain.packages.iter().cloned().collect();
        names.extend(Capability::ALL.map(|one| one.key().to_owned()));
        names.extend(OTHERS.map(|(name, _, _)| name.to_owned()));
        for name in names {
            let mut config = PbxConfig::default();
            Switch::parse(&name).expect(&name).off(&mut config);
            assert_ne!(format!("{config:?}"), format!("{plain:?}"), "{name}");
        }
        let wrong = Switch::parse("parc").expect_err("no such thing");
        assert!(
            wrong.contains("park") && wrong.contains("presence"),
            "{wrong}"
        );
    }
}
