//! What a REGISTER would change, worked out before anything is changed: all or nothing
//! (RFC 3261 10.3).

use std::time::{Duration, Instant};

use super::{
    Binding, BindingChange, ContactEquality, LocationPolicy, Overflow, RegisterRefusal,
    RegisterRequest, RequestedContact,
};

/// A binding and what is to become of it.
pub(super) struct Slot {
    pub(super) binding: Binding,
    /// `None` leaves the binding alone.
    pub(super) change: Option<BindingChange>,
    /// Whether the binding was not there before.
    is_new: bool,
}

impl Slot {
    pub(super) fn kept(binding: Binding) -> Self {
        Self {
            binding,
            change: None,
            is_new: false,
        }
    }

    fn new(binding: Binding) -> Self {
        Self {
            binding,
            change: Some(BindingChange::Registered),
            is_new: true,
        }
    }

    pub(super) fn is_removed(&self) -> bool {
        self.change.is_some_and(removes)
    }

    /// Whether a requested binding is this one: the same flow (RFC 5626 6), or an equivalent
    /// contact (RFC 3261 10.3 step 7).
    fn is_for(&self, wanted: &Binding, equality: &impl ContactEquality) -> bool {
        match (self.binding.outbound_key(), wanted.outbound_key()) {
            (Some(own), Some(other)) => own == other,
            (None, None) => equality.is_same(&self.binding.contact, &wanted.contact),
            _ => false,
        }
    }
}

/// Whether a binding is gone after a change.
pub(super) fn removes(change: BindingChange) -> bool {
    match change {
        BindingChange::Registered | BindingChange::Refreshed => false,
        BindingChange::Expired | BindingChange::Unregistered | BindingChange::Deactivated => true,
    }
}

/// The bindings of an address-of-record after a request (RFC 3261 10.3 steps 6 and 7).
pub(super) fn plan(
    policy: &LocationPolicy,
    now: Instant,
    before: &[Binding],
    request: &RegisterRequest<'_>,
    equality: &impl ContactEquality,
) -> Result<Vec<Slot>, RegisterRefusal> {
    if request.contacts.contains(&RequestedContact::Wildcard) {
        plan_wildcard(before, request)
    } else {
        plan_contacts(policy, now, before, request, equality)
    }
}

/// Step 6 of RFC 3261 10.3 for `*`.
fn plan_wildcard(
    before: &[Binding],
    request: &RegisterRequest<'_>,
) -> Result<Vec<Slot>, RegisterRefusal> {
    let others = request.contacts.len() - 1;
    if others > 0 {
        return Err(RegisterRefusal::WildcardNotAlone { others });
    }
    if request.expires != Some(0) {
        return Err(RegisterRefusal::WildcardExpires {
            found: request.expires,
        });
    }
    let mut slots = Vec::with_capacity(before.len());
    for binding in before {
        check_order(binding, request)?;
        slots.push(Slot {
            change: Some(BindingChange::Unregistered),
            ..Slot::kept(binding.clone())
        });
    }
    Ok(slots)
}

/// Step 7 of RFC 3261 10.3 for all contacts.
fn plan_contacts(
    policy: &LocationPolicy,
    now: Instant,
    before: &[Binding],
    request: &RegisterRequest<'_>,
    equality: &impl ContactEquality,
) -> Result<Vec<Slot>, RegisterRefusal> {
    let mut after: Vec<Slot> = before.iter().cloned().map(Slot::kept).collect();
    for contact in request.contacts {
        let RequestedContact::Address {
            uri,
            expires,
            q,
            instance_id,
            reg_id,
        } = contact
        else {
            continue;
        };
        let expires_s = granted(policy, expires.or(request.expires))?;
        let binding = Binding {
            contact: uri.clone(),
            instance_id: instance_id.clone(),
            // RFC 5626 6: a reg-id without instance is ignored.
            reg_id: reg_id.filter(|_| policy.outbound && instance_id.is_some()),
            q: *q,
            expires_at: now + Duration::from_secs(expires_s.into()),
            call_id: request.call_id.to_owned(),
            cseq: request.cseq,
            source: request.source,
            path: request.path.to_vec(),
            updated: 0,
        };
        // A contact named twice in one request: the last one counts.
        after.retain(|slot| !(slot.is_new && slot.is_for(&binding, equality)));
        let known = after
            .iter_mut()
            .find(|slot| slot.is_for(&binding, equality));
        match known {
            None if expires_s == 0 => {}
            None => after.push(Slot::new(binding)),
            Some(slot) => {
                if slot.change.is_none() {
                    check_order(&slot.binding, request)?;
                }
                slot.change = Some(BindingChange::Unregistered);
                if expires_s > 0 {
                    slot.change = Some(BindingChange::Refreshed);
                    slot.binding = binding;
                }
            }
        }
    }
    make_room(policy, &mut after)?;
    Ok(after)
}

/// The expiration for what a contact asks for, seconds (RFC 3261 10.3 step 7).
fn granted(policy: &LocationPolicy, requested: Option<u32>) -> Result<u32, RegisterRefusal> {
    const HOUR_S: u32 = 3600;
    let Some(requested) = requested else {
        return Ok(policy.default_expires_s.min(policy.max_expires_s));
    };
    if requested > 0 && requested < HOUR_S && requested < policy.min_expires_s {
        return Err(RegisterRefusal::TooBrief {
            requested,
            min_expires: policy.min_expires_s,
        });
    }
    Ok(requested.min(policy.max_expires_s))
}

fn make_room(policy: &LocationPolicy, slots: &mut [Slot]) -> Result<(), RegisterRefusal> {
    let bindings_max = policy.bindings_max;
    let requested = slots.iter().filter(|slot| !slot.is_removed()).count();
    let adds = slots
        .iter()
        .any(|slot| slot.change == Some(BindingChange::Registered));
    if requested <= bindings_max || !adds {
        return Ok(());
    }
    let mut untouched: Vec<&mut Slot> = slots
        .iter_mut()
        .filter(|slot| slot.change.is_none())
        .collect();
    let surplus = requested - bindings_max;
    if policy.overflow == Overflow::Refuse || untouched.len() < surplus {
        return Err(RegisterRefusal::TooMany {
            requested,
            bindings_max,
        });
    }
    untouched.sort_by_key(|slot| slot.binding.updated);
    for slot in untouched.into_iter().take(surplus) {
        slot.change = Some(BindingChange::Deactivated);
    }
    Ok(())
}

/// Requests of one Call-ID take effect in the order of their CSeq only.
fn check_order(stored: &Binding, request: &RegisterRequest<'_>) -> Result<(), RegisterRefusal> {
    if stored.call_id == request.call_id && request.cseq <= stored.cseq {
        return Err(RegisterRefusal::OutOfOrder {
            contact: stored.contact.clone(),
            stored: stored.cseq,
            received: request.cseq,
        });
    }
    Ok(())
}
