//! Call pickup: answering a call that rings at somebody else's phone.

use std::time::Instant;

use gannet_ua::endpoint::Reply;

use super::call::{Origin, Stage};
use super::place::refusal;
use super::programme::Programme;
use super::rebridging::ELSEWHERE;
use super::state::Server;
use crate::snapshot::Service;

impl Server {
    /// Takes the call that rings at a user, or without one the oldest that rings in the caller's
    /// group.
    pub(super) fn pick_up(&mut self, now: Instant, number: u64, target: Option<&str>) {
        let Some(call) = self.calls.get(&number) else {
            return;
        };
        let group = call.first.who.user().and_then(|user| self.group_of(user));
        let wanted = target.and_then(|target| self.directory.find(target));
        let wanted = wanted.map(|member| member.user.name.clone());
        let fits = |user: &str| match (&wanted, target) {
            (Some(wanted), _) => wanted == user,
            (None, Some(_)) => false,
            (None, None) => group.is_some() && self.group_of(user) == group,
        };
        let ringing = self.calls.iter().find(|(other, call)| {
            let rings = matches!(&call.stage, Stage::Ringing(fork) if !fork.open.is_empty());
            **other != number && rings && fits(&call.callee)
        });
        match ringing.map(|(other, _)| *other) {
            Some(other) => self.take_ringing(now, number, other),
            None => self.refuse(now, number, refusal(404, "No Call to Pick Up")),
        }
    }

    /// Gives the caller of a call that rings to another caller. A caller who has no answer yet gets
    /// one with music: offers cannot answer each other (RFC 3264 4).
    pub(super) fn take_ringing(&mut self, now: Instant, number: u64, other: u64) {
        let Some(call) = self.calls.get(&other) else {
            return self.refuse(now, number, Reply::new(481));
        };
        let leg = call.first.leg;
        if matches!(call.origin, Origin::Calls) {
            self.call_off(now, other, &[("Reason".into(), ELSEWHERE.into())]);
            self.answer(now, other, Service::Music, None, Programme::music());
        }
        self.join_caller(now, number, leg);
    }

    /// The pickup group of a user. Users without one are one group together.
    fn group_of(&self, user: &str) -> Option<&str> {
        let member = self.directory.find(user)?;
        Some(member.user.group.as_deref().unwrap_or_default())
    }
}
