//! Scenarios that use the same user of a real server take turns, in the order of the plan.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::watch;

/// Hands out turns.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// Who uses a name last so far. It ends when its sender is dropped; nothing is ever sent.
    tails: BTreeMap<String, watch::Receiver<()>>,
}

/// A scenario's turn with its users; it ends when this is dropped.
#[derive(Debug, Default)]
pub(super) struct Turn {
    before: Vec<watch::Receiver<()>>,
    _end: Option<watch::Sender<()>>,
}

impl Turns {
    /// The turn after all that were taken before with one of the names. Each waits for earlier
    /// ones only, so that none waits for ever.
    pub(super) fn take(&mut self, names: &BTreeSet<String>) -> Turn {
        let (end, ended) = watch::channel(());
        let before = names
            .iter()
            .filter_map(|name| self.tails.insert(name.clone(), ended.clone()))
            .collect();
        Turn {
            before,
            _end: Some(end),
        }
    }
}

impl Turn {
    /// Waits until it has come.
    pub(super) async fn come(&mut self) {
        for earlier in &mut self.before {
            while earlier.changed().await.is_ok() {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn has_come(turn: &mut Turn) -> bool {
        tokio::time::timeout(Duration::ZERO, turn.come())
            .await
            .is_ok()
    }

    #[tokio::test]
    async fn turns_with_a_common_name_come_one_after_the_other() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let mut turns = Turns::default();
        let mut first = turns.take(&names(&["alice", "bob"]));
        let mut second = turns.take(&names(&["bob", "carol"]));
        let mut other = turns.take(&names(&["dave"]));
        let mut third = turns.take(&names(&["alice", "carol"]));
        assert!(has_come(&mut first).await);
        assert!(has_come(&mut other).await);
        assert!(!has_come(&mut second).await);
        drop(first);
        assert!(has_come(&mut second).await);
        assert!(!has_come(&mut third).await);
        drop(second);
        assert!(has_come(&mut third).await);
    }
}
