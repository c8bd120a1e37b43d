//! The table of bindings and its rules.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use super::plan::{Slot, plan, removes};
use super::{
    Binding, BindingChange, ContactEquality, LocationEvent, LocationPolicy, RegisterRefusal,
    RegisterRequest,
};

/// The location service: bindings by address-of-record.
///
/// Input: [`Location::update`] for each REGISTER, [`Location::expire`] when
/// [`Location::next_deadline`] has come, the `remove_` functions at any time. Output: drain
/// [`Location::poll_event`] after each of them. Bindings past their end are never returned,
/// even if `expire` has not been called yet.
#[derive(Debug, Clone)]
pub struct Location {
    policy: LocationPolicy,
    aors: BTreeMap<String, Vec<Binding>>,
    /// End, `updated` and address-of-record of each binding.
    deadlines: BTreeSet<(Instant, u64, String)>,
    events: VecDeque<LocationEvent>,
    updates: u64,
}

impl Location {
    /// An empty table.
    pub fn new(policy: LocationPolicy) -> Self {
        Self {
            policy,
            aors: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            events: VecDeque::new(),
            updates: 0,
        }
    }

    /// What this registrar grants.
    pub fn policy(&self) -> &LocationPolicy {
        &self.policy
    }

    /// Processes a REGISTER by steps 6 to 8 of RFC 3261 10.3: gives all bindings for the
    /// Contact values of the 200, or the reason why nothing was changed.
    pub fn update(
        &mut self,
        now: Instant,
        request: &RegisterRequest<'_>,
        equality: &impl ContactEquality,
    ) -> Result<Vec<Binding>, RegisterRefusal> {
        self.expire(now);
        let before = self.aors.get(request.aor).map_or(&[][..], Vec::as_slice);
        let slots = plan(&self.policy, now, before, request, equality)?;
        self.commit(request.aor, slots);
        Ok(self.aors.get(request.aor).cloned().unwrap_or_default())
    }

    /// The bindings of an address-of-record, in the order of their first registration.
    pub fn bindings(&self, now: Instant, aor: &str) -> Vec<&Binding> {
        let all = self.aors.get(aor).map_or(&[][..], Vec::as_slice);
        all.iter().filter(|b| b.expires_at > now).collect()
    }

    /// The addresses-of-record with bindings, in alphabetical order.
    pub fn aors(&self, now: Instant) -> impl Iterator<Item = &str> {
        self.aors
            .iter()
            .filter(move |(_, bindings)| bindings.iter().any(|b| b.expires_at > now))
            .map(|(aor, _)| aor.as_str())
    }

    /// When [`Location::expire`] has something to do.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first().map(|(end, ..)| *end)
    }

    /// Removes the bindings whose time is over.
    pub fn expire(&mut self, now: Instant) {
        let mut due = BTreeSet::new();
        while let Some((end, ..)) = self.deadlines.first()
            && *end <= now
            && let Some((_, _, aor)) = self.deadlines.pop_first()
        {
            due.insert(aor);
        }
        for aor in due {
            self.remove_where(&aor, BindingChange::Expired, |b| b.expires_at <= now);
        }
    }

    /// Removes all bindings of an address-of-record, as an operator may.
    pub fn remove_aor(&mut self, aor: &str) {
        self.remove_where(aor, BindingChange::Deactivated, |_| true);
    }

    /// Removes all flows over a connection that broke (RFC 5626 6). Contacts that are no flows stay:
    /// they are reached at their addresses.
    pub fn remove_flow(&mut self, flow: u64) {
        self.remove_flows(|binding| binding.source.flow == Some(flow));
    }

    /// Removes the flows that are gone.
    pub fn remove_flows(&mut self, is_gone: impl Fn(&Binding) -> bool) {
        let uses = |binding: &Binding| binding.outbound_key().is_some() && is_gone(binding);
        let aors: Vec<String> = self
            .aors
            .iter()
            .filter(|(_, bindings)| bindings.iter().any(uses))
            .map(|(aor, _)| aor.clone())
            .collect();
        for aor in aors {
            self.remove_where(&aor, BindingChange::Deactivated, uses);
        }
    }

    /// The next thing that happened, oldest first.
    pub fn poll_event(&mut self) -> Option<LocationEvent> {
        self.events.pop_front()
    }

    fn commit(&mut self, aor: &str, slots: Vec<Slot>) {
        let bindings_left = slots.iter().filter(|slot| !slot.is_removed()).count();
        let old = self.aors.remove(aor).unwrap_or_default();
        for binding in &old {
            self.forget_deadline(aor, binding);
        }
        let mut bindings = Vec::with_capacity(bindings_left);
        for Slot {
            mut binding,
            change,
            ..
        } in slots
        {
            let is_removed = change.is_some_and(removes);
            if change.is_some() && !is_removed {
                self.updates += 1;
                binding.updated = self.updates;
            }
            if let Some(change) = change {
                self.events.push_back(LocationEvent {
                    aor: aor.to_owned(),
                    change,
                    binding: binding.clone(),
                    bindings_left,
                });
            }
            if !is_removed {
                self.deadlines
                    .insert((binding.expires_at, binding.updated, aor.to_owned()));
                bindings.push(binding);
            }
        }
        if !bindings.is_empty() {
            self.aors.insert(aor.to_owned(), bindings);
        }
    }

    fn remove_where(
        &mut self,
        aor: &str,
        change: BindingChange,
        is_unwanted: impl Fn(&Binding) -> bool,
    ) {
        let Some(bindings) = self.aors.get(aor) else {
            return;
        };
        let slots = bindings
            .iter()
            .map(|binding| {
                let mut slot = Slot::kept(binding.clone());
                slot.change = is_unwanted(binding).then_some(change);
                slot
            })
            .collect();
        self.commit(aor, slots);
    }

    fn forget_deadline(&mut self, aor: &str, binding: &Binding) {
        self.deadlines
            .remove(&(binding.expires_at, binding.updated, aor.to_owned()));
    }
}
