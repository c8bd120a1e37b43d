//! Calling several users one after another: hunt groups, and calls that nobody's forward may lead
//! away.

use std::collections::VecDeque;
use std::time::Instant;

use gannet_ua::endpoint::Reply;

use super::call::Stage;
use super::state::Server;

impl Server {
    /// Calls the members of a group in their order; busy ones are left out.
    pub(super) fn hunt(&mut self, now: Instant, number: u64, members: Vec<String>) {
        if let Some(call) = self.calls.get_mut(&number) {
            call.members = Some(VecDeque::from(members));
        }
        self.hunt_on(now, number, Reply::new(480));
    }

    /// Calls one user and nobody else: no forward, no voicemail.
    pub(super) fn ring_only(&mut self, now: Instant, number: u64, user: String) {
        if let Some(call) = self.calls.get_mut(&number) {
            call.members = Some(VecDeque::new());
        }
        self.ring_user(now, number, user);
    }

    /// Calls the next member who is free; without any the caller gets `last`, or 486 if somebody
    /// was left out as busy.
    pub(super) fn hunt_on(&mut self, now: Instant, number: u64, last: Reply) {
        let mut last = last;
        loop {
            let call = self.calls.get_mut(&number);
            let next = call.and_then(|call| call.members.as_mut()?.pop_front());
            let Some(member) = next else {
                return self.refuse(now, number, last);
            };
            let Some(name) = self.directory.find(&member).map(|m| m.user.name.clone()) else {
                continue;
            };
            if self.is_busy(&name) {
                last = Reply::new(486);
                continue;
            }
            if self.is_reachable(now, &name) {
                return self.ring_user(now, number, name);
            }
        }
    }

    /// Whether a user is in a call, or is being called.
    pub(super) fn is_busy(&self, user: &str) -> bool {
        self.calls.values().any(|call| {
            let is_user = |who: &super::identity::Caller| who.user() == Some(user);
            let second = call.second.as_ref();
            match &call.stage {
                Stage::Ending => false,
                Stage::Ringing(fork) => {
                    is_user(&call.first.who) || fork.open.values().any(|branch| branch.user == user)
                }
                Stage::Talking { .. } | Stage::Joining(_) | Stage::Serving(_) => {
                    is_user(&call.first.who) || second.is_some_and(|party| is_user(&party.who))
                }
            }
        })
    }

    /// Whether a user has a phone and wants to be disturbed.
    pub(super) fn is_reachable(&self, now: Instant, user: &str) -> bool {
        let wanted = self.directory.find(user).is_some_and(|member| !member.dnd);
        wanted && !self.contacts_of(now, user).is_empty()
    }
}
