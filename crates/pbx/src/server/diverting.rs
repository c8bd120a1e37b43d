//! Where calls go that the phones of a user do not take.

use std::time::Instant;

use gannet_sip::HeaderName;
use gannet_ua::endpoint::Reply;

use super::failure::Failure;
use super::place::{Place, refusal};
use super::state::Server;
use crate::config::Diversion;
use crate::event::PbxEvent;

impl Server {
    /// Sends a call on: to the user's forward for this reason, else to the user's voicemail, else
    /// the caller gets `reply`.
    pub(super) fn divert(&mut self, now: Instant, number: u64, reason: Diversion, reply: Reply) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        if call.members.is_some() {
            return self.hunt_on(now, number, reply);
        }
        let name = call.callee.clone();
        let Some(member) = self.directory.find(&name) else {
            return self.refuse(now, number, reply);
        };
        let forward = &member.forward;
        let target = match reason {
            Diversion::Always => &forward.always,
            Diversion::Dnd | Diversion::Busy | Diversion::Declined => &forward.on_busy,
            Diversion::NoAnswer | Diversion::Unreachable => &forward.on_no_answer,
        };
        let has_voicemail = member.user.voicemail && self.config.voicemail.on.contains(&reason);
        let target = target.clone();
        if let Some(target) = target {
            call.forwards += 1;
            if call.forwards > self.config.limits.forwards_max {
                return self.refuse(now, number, refusal(482, "Forwarded Too Often"));
            }
            self.mark_forward(now, number, (&name, &target), reason);
            self.emit_diverted(number, name, reason, Some(target.clone()));
            return match self.place_named(&target) {
                Some(place) => self.dispatch(now, number, place),
                None => self.refuse(now, number, refusal(404, "Forwarded to an Unknown Number")),
            };
        }
        if has_voicemail {
            self.emit_diverted(number, name.clone(), reason, None);
            return self.serve_voicemail(now, number, name);
        }
        self.refuse(now, number, reply);
    }

    /// Sends a call on to where a phone's 3xx points, if that is a place of ours (RFC 3261 16.5 lets
    /// a proxy do so); other targets are left to the caller. True if the call went on.
    pub(super) fn redirect(&mut self, now: Instant, number: u64, failure: &Failure) -> bool {
        if !(300..400).contains(&failure.code) {
            return false;
        }
        let places = failure.response.iter().flat_map(|response| {
            let contacts = response
                .name_addrs(HeaderName::Contact)
                .filter_map(Result::ok);
            contacts
                .filter_map(|contact| self.place_of(&contact.uri).ok())
                .collect::<Vec<_>>()
        });
        let Some(place) = places.into_iter().find(|place| *place != Place::Server) else {
            return false;
        };
        let forwards_max = self.config.limits.forwards_max;
        let Some(call) = self.calls.get_mut(&number) else {
            return false;
        };
        call.forwards += 1;
        if call.forwards > forwards_max {
            self.refuse(now, number, refusal(482, "Forwarded Too Often"));
        } else {
            self.dispatch(now, number, place);
        }
        true
    }

    fn emit_diverted(&mut self, call: u64, user: String, reason: Diversion, to: Option<String>) {
        self.emit(PbxEvent::CallDiverted {
            call,
            user,
            reason,
            to,
        });
    }
}
