//! Replaces: a call that takes the place of a phone in another (RFC 3891).

use std::time::Instant;

use gannet_ua::Replaces;
use gannet_ua::endpoint::{CallId, Reply};

use super::call::Stage;
use super::state::Server;

impl Server {
    /// The leg whose dialog is named. The tags are looked for both ways: some phones write them
    /// from their own side (RFC 3891 3 wants that of the recipient).
    pub(super) fn leg_of(&self, replaced: &Replaces) -> Option<CallId> {
        self.legs.keys().copied().find(|leg| {
            self.endpoint.dialog(*leg).is_some_and(|dialog| {
                let tags = [&dialog.local_tag, &dialog.remote_tag];
                let named = [&replaced.to_tag, &replaced.from_tag];
                dialog.call_id == replaced.call_id
                    && (tags == named || tags == [named[1], named[0]])
            })
        })
    }

    /// Lets a new call take the place of a leg. `early-only` was looked at before.
    pub(super) fn replace(&mut self, now: Instant, number: u64, replaced: CallId) {
        let other = self.legs.get(&replaced).copied();
        let found = other.and_then(|other| Some((other, self.calls.get(&other)?)));
        let Some((other, call)) = found else {
            return self.refuse(now, number, Reply::new(481));
        };
        match &call.stage {
            Stage::Talking { .. } => match call.peer_of(replaced) {
                Some(stays) => self.join_caller(now, number, stays),
                None => self.refuse(now, number, Reply::new(481)),
            },
            Stage::Ringing(fork) if fork.open.contains_key(&replaced) => {
                self.take_ringing(now, number, other);
            }
            _ => self.refuse(now, number, Reply::new(481)),
        }
    }
}
