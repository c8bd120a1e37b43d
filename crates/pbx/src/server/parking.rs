//! Parking calls in slots and taking them back.

use std::time::Instant;

use gannet_ua::endpoint::{CallId, Reply};

use super::call::{Origin, Stage, Why};
use super::pending::Deadline;
use super::place::{Place, refusal};
use super::programme::Programme;
use super::state::Server;
use crate::snapshot::Service;

/// A party that is parked.
#[derive(Debug, Clone)]
pub(crate) struct Parking {
    /// The slot; `None` if that was taken, and the call returns at once.
    pub(crate) slot: Option<String>,
    /// The user to whom the call returns.
    pub(crate) parker: Option<String>,
}

impl Server {
    /// A call has come to a slot: by itself, or because somebody parks it. `takes`: the number
    /// parks as well as it gives back.
    pub(super) fn park(&mut self, now: Instant, number: u64, slot: String, takes: bool) {
        let parked = self.parked.get(&slot).copied();
        let parked = parked.and_then(|parked| self.calls.get(&parked));
        let parked = parked.map(|call| call.first.leg);
        let Some(call) = self.calls.get(&number) else {
            return;
        };
        let why = match &call.origin {
            Origin::Calls => None,
            Origin::PutThrough(why) => Some(why.clone()),
        };
        match (parked, why) {
            (Some(leg), None) if self.is_wanted_by_caller(leg) => {
                self.refuse(now, number, Reply::new(486));
            }
            (Some(leg), None) => self.join_caller(now, number, leg),
            (Some(with), Some(why)) if !takes => {
                let stays = call.first.leg;
                self.close_put_through(number);
                self.join_standing(now, stays, with, why);
            }
            (None, _) if !takes => {
                self.refuse(now, number, refusal(404, "Nobody Is Parked There"));
            }
            (parked, why) => {
                let parker = match why {
                    Some(Why::Transfer(referral)) => referral.user,
                    _ => None,
                };
                let slot = Some(slot).filter(|_| parked.is_none());
                self.park_in(now, number, Parking { slot, parker });
            }
        }
    }

    fn park_in(&mut self, now: Instant, number: u64, parking: Parking) {
        let slot = parking.slot.clone();
        self.answer(now, number, Service::Park, None, Programme::music());
        let serving = self.calls.get_mut(&number).and_then(|c| c.serving_mut());
        let Some(serving) = serving else {
            return;
        };
        serving.parking = Some(parking);
        if let Some(slot) = slot {
            self.parked.insert(slot, number);
        }
        self.park_timer(now, number);
    }

    /// Says when a parked call returns: after the time of the configuration, or at once if there
    /// was no room for it.
    pub(super) fn park_timer(&mut self, now: Instant, number: u64) {
        let serving = self.calls.get_mut(&number).and_then(|c| c.serving_mut());
        let Some(parking) = serving.and_then(|serving| serving.parking.as_ref()) else {
            return;
        };
        let arrived = self.promised.values().all(|promised| *promised != number);
        if parking.parker.is_some() && arrived {
            let wait = match parking.slot {
                Some(_) => self.config.park_return,
                None => std::time::Duration::ZERO,
            };
            self.timetable.set(Deadline::ParkReturn(number), now + wait);
        }
    }

    /// A parked call was not taken back in time: it goes to whoever has parked it.
    pub(super) fn park_return(&mut self, now: Instant, number: u64) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        let leg = call.first.leg;
        let parking = call.serving_mut().and_then(|s| s.parking.clone());
        let Some(parker) = parking.and_then(|parking| parking.parker) else {
            return;
        };
        if !self.promised.contains_key(&leg) {
            let place = Place::Agent(parker.clone());
            self.put_through(now, leg, (&parker, place), Why::ParkReturn);
        }
    }

    /// The return has failed: the call stays parked for another while.
    pub(super) fn park_again(&mut self, now: Instant, leg: CallId) {
        let number = self.legs.get(&leg).copied();
        let Some((number, call)) = number.and_then(|n| Some((n, self.calls.get_mut(&n)?))) else {
            return;
        };
        let parked = call.serving_mut().is_some_and(|s| s.parking.is_some());
        if parked {
            self.timetable
                .set(Deadline::ParkReturn(number), now + self.config.park_return);
        }
    }

    /// A parked call has left its slot.
    pub(super) fn unpark(&mut self, number: u64, parking: &Parking) {
        self.timetable.cancel(Deadline::ParkReturn(number));
        if let Some(slot) = &parking.slot
            && self.parked.get(slot) == Some(&number)
        {
            self.parked.remove(slot);
        }
    }

    /// Whether another caller is about to get this party.
    fn is_wanted_by_caller(&self, leg: CallId) -> bool {
        let call = self.promised.get(&leg).and_then(|n| self.calls.get(n));
        call.is_some_and(|call| matches!(call.origin, Origin::Calls))
    }

    /// Forgets a call whose first party goes another way, which says what became of it.
    fn close_put_through(&mut self, number: u64) {
        self.promised.retain(|_, promised| *promised != number);
        if let Some(call) = self.calls.get_mut(&number) {
            call.stage = Stage::Ending;
        }
        self.remove_if_over(number);
    }
}
