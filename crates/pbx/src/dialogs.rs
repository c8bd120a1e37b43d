//! The dialogs of users, as their watchers are told (RFC 4235).

use std::collections::{BTreeMap, HashMap};

use gannet_ua::bodies::{DialogEntry, DialogStage};

/// The event package (RFC 4235 3.1).
pub(crate) const DIALOG_PACKAGE: &str = "dialog";

/// Dialogs of all users, kept up to date call by call.
#[derive(Debug, Default)]
pub(crate) struct Dialogs {
    by_user: HashMap<String, BTreeMap<String, DialogEntry>>,
    /// What each call means for whom: users and ids.
    by_call: BTreeMap<u64, Vec<(String, String)>>,
}

/// What a change of a call means for a user.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DialogChange {
    /// The user.
    pub(crate) user: String,
    /// The dialogs that are new, other than before, or over.
    pub(crate) dialogs: Vec<DialogEntry>,
    /// Whether the user has begun or ceased to talk.
    pub(crate) talking_changed: bool,
}

impl Dialogs {
    /// Sets what a call means for its parties: users and their dialogs, none if it is over. Gives
    /// what is different now. `ended` completes what is told of a dialog that is over.
    pub(crate) fn set(
        &mut self,
        call: u64,
        parties: Vec<(String, DialogEntry)>,
        ended: impl Fn(&mut DialogEntry),
    ) -> Vec<DialogChange> {
        let before = self.by_call.remove(&call).unwrap_or_default();
        if before.is_empty() && parties.is_empty() {
            return Vec::new();
        }
        let known: Vec<_> = parties
            .iter()
            .map(|(user, dialog)| (user.clone(), dialog.id.clone()))
            .collect();
        let mut touched: BTreeMap<String, (bool, Vec<DialogEntry>)> = BTreeMap::new();
        for user in before.iter().chain(&known).map(|(user, _)| user) {
            let talking = self.is_talking(user);
            touched.entry(user.clone()).or_insert((talking, Vec::new()));
        }
        for (user, id) in before.iter().filter(|party| !known.contains(*party)) {
            if let Some(mut gone) = self.take(user, id) {
                gone.stage = DialogStage::Terminated;
                ended(&mut gone);
                touched.entry(user.clone()).or_default().1.push(gone);
            }
        }
        for (user, dialog) in parties {
            let dialogs = self.by_user.entry(user.clone()).or_default();
            if dialogs.get(&dialog.id) != Some(&dialog) {
                dialogs.insert(dialog.id.clone(), dialog.clone());
                touched.entry(user).or_default().1.push(dialog);
            }
        }
        if !known.is_empty() {
            self.by_call.insert(call, known);
        }
        let changes = touched
            .into_iter()
            .filter(|(_, (_, dialogs))| !dialogs.is_empty());
        changes
            .map(|(user, (talked, dialogs))| DialogChange {
                talking_changed: self.is_talking(&user) != talked,
                user,
                dialogs,
            })
            .collect()
    }

    fn take(&mut self, user: &str, id: &str) -> Option<DialogEntry> {
        let dialogs = self.by_user.get_mut(user)?;
        let gone = dialogs.remove(id);
        if dialogs.is_empty() {
            self.by_user.remove(user);
        }
        gone
    }

    /// The dialogs of a user that are not over, by id.
    pub(crate) fn of(&self, user: &str) -> impl Iterator<Item = &DialogEntry> {
        self.by_user
            .get(user)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// Whether a user talks to somebody.
    pub(crate) fn is_talking(&self, user: &str) -> bool {
        self.of(user)
            .any(|dialog| dialog.stage == DialogStage::Confirmed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(user: &str, id: &str, stage: DialogStage) -> (String, DialogEntry) {
        (user.to_owned(), DialogEntry::new(id, stage))
    }

    /// User, dialogs, and whether talking changed.
    type Told<'a> = (&'a str, Vec<(&'a str, DialogStage)>, bool);

    fn told(changes: &[DialogChange]) -> Vec<Told<'_>> {
        changes
            .iter()
            .map(|change| {
                let dialogs = change.dialogs.iter();
                let dialogs = dialogs.map(|d| (d.id.as_str(), d.stage)).collect();
                (change.user.as_str(), dialogs, change.talking_changed)
            })
            .collect()
    }

    #[test]
    fn only_what_is_different_is_told_and_what_vanishes_is_over() {
        use DialogStage::{Confirmed, Early, Terminated};
        let mut dialogs = Dialogs::default();
        let ringing = || vec![party("alice", "1a", Early), party("bob", "1b", Early)];
        let changes = dialogs.set(1, ringing(), |_| {});
        let expected = vec![
            ("alice", vec![("1a", Early)], false),
            ("bob", vec![("1b", Early)], false),
        ];
        assert_eq!(told(&changes), expected);
        assert!(dialogs.set(1, ringing(), |_| {}).is_empty());
        // Bob's phone does not answer, Carol's does.
        let carol = vec![
            party("alice", "1a", Confirmed),
            party("carol", "1b", Confirmed),
        ];
        let changes = dialogs.set(1, carol, |gone| gone.code = Some(408));
        let expected = vec![
            ("alice", vec![("1a", Confirmed)], true),
            ("bob", vec![("1b", Terminated)], false),
            ("carol", vec![("1b", Confirmed)], true),
        ];
        assert_eq!(told(&changes), expected);
        assert_eq!(changes[1].dialogs[0].code, Some(408));
        assert!(dialogs.is_talking("carol") && !dialogs.is_talking("bob"));
        let changes = dialogs.set(1, Vec::new(), |_| {});
        assert_eq!(changes.len(), 2);
        assert!(changes.iter().all(|change| change.talking_changed));
        assert_eq!(dialogs.of("alice").count(), 0);
    }

    #[test]
    fn whoever_talks_in_two_calls_talks_until_the_last_ends() {
        let mut dialogs = Dialogs::default();
        let call = |id: &str| vec![party("alice", id, DialogStage::Confirmed)];
        dialogs.set(1, call("1a"), |_| {});
        let second = dialogs.set(2, call("2a"), |_| {});
        assert!(!second[0].talking_changed);
        let first = dialogs.set(1, Vec::new(), |_| {});
        assert!(!first[0].talking_changed && dialogs.is_talking("alice"));
    }
}
