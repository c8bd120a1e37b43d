//! Choosing where a request for an address-of-record goes.

use std::cmp::Reverse;
use std::time::Instant;

use super::{Binding, Location};

impl Location {
    /// The contacts to try, best first: by preference, then the most recently updated.
    pub fn targets(&self, now: Instant, aor: &str) -> Vec<&Binding> {
        let mut targets = self.bindings(now, aor);
        targets.sort_by_key(|binding| Reverse((binding.preference(), binding.updated)));
        // RFC 5626 7: of several flows to one instance only one may be tried at a time, and
        // the most recent is the one most likely to be alive.
        let mut instances: Vec<&str> = Vec::new();
        let mut newest = targets.clone();
        newest.sort_by_key(|binding| Reverse(binding.updated));
        let mut chosen: Vec<u64> = Vec::new();
        for binding in newest {
            match binding.outbound_key() {
                Some((instance, _)) if instances.contains(&instance) => {}
                Some((instance, _)) => {
                    instances.push(instance);
                    chosen.push(binding.updated);
                }
                None => chosen.push(binding.updated),
            }
        }
        targets.retain(|binding| chosen.contains(&binding.updated));
        targets
    }

    /// [`Location::targets`] grouped by preference: the contacts of a group may be tried in
    /// parallel, the groups one after the other (RFC 3261 16.6).
    pub fn target_groups(&self, now: Instant, aor: &str) -> Vec<Vec<&Binding>> {
        self.targets(now, aor)
            .chunk_by(|one, other| one.preference() == other.preference())
            .map(<[_]>::to_vec)
            .collect()
    }

    /// All flows to one instance, the most recent first: what to try next when a flow fails
    /// with 430 (RFC 5626 7).
    pub fn flows(&self, now: Instant, aor: &str, instance_id: &str) -> Vec<&Binding> {
        let mut flows = self.bindings(now, aor);
        flows.retain(|binding| {
            binding
                .outbound_key()
                .is_some_and(|(instance, _)| instance == instance_id)
        });
        flows.sort_by_key(|binding| Reverse(binding.updated));
        flows
    }
}
