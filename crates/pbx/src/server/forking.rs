//! Calling the phones of a user, all at once where they are equally preferred (RFC 3261 16.6).

use std::collections::VecDeque;
use std::time::Instant;

use gannet_sip::{Message, Method};
use gannet_ua::endpoint::{CallId, EndCause, Reply, RequestSpec};

use super::call::{Branch, Contact, Fork, Origin, Party, Stage, Why, first_of};
use super::failure::Failure;
use super::identity::Caller;
use super::pending::Deadline;
use super::pracking::early_answer;
use super::rebridging::ELSEWHERE;
use super::relay::{passed_body, passed_reply};
use super::state::Server;
use crate::config::Diversion;

impl Server {
    /// Calls the phones of a user, unless something set for the user says otherwise.
    pub(super) fn ring_user(&mut self, now: Instant, number: u64, name: String) {
        let Some(member) = self.directory.find(&name).cloned() else {
            return self.refuse(now, number, Reply::new(404));
        };
        let uri = self.calls.get(&number).map(|call| call.asked.uri.clone());
        let waiting: VecDeque<_> = self.contacts_called(now, &name, uri.as_ref()).into();
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        call.callee = name;
        if call.members.is_none() && member.forward.always.is_some() {
            return self.divert(now, number, Diversion::Always, Reply::new(480));
        }
        if member.dnd {
            let code = self.config.dnd_code;
            return self.divert(now, number, Diversion::Dnd, Reply::new(code));
        }
        if waiting.is_empty() {
            return self.divert(now, number, Diversion::Unreachable, Reply::new(480));
        }
        let diverts = member.user.voicemail || member.forward.on_no_answer.is_some();
        let phones: usize = waiting.iter().map(Vec::len).sum();
        call.stage = Stage::Ringing(Box::new(Fork {
            waiting,
            contested: diverts || phones > 1,
            ..Fork::default()
        }));
        let no_answer = member.forward.no_answer.unwrap_or(self.config.no_answer);
        self.timetable
            .set(Deadline::NoAnswer(number), now + no_answer);
        self.changed();
        self.ring_next(now, number);
    }

    /// Calls the next group of contacts, or gives up.
    fn ring_next(&mut self, now: Instant, number: u64) {
        loop {
            let fork = self.calls.get_mut(&number).and_then(|c| c.fork_mut());
            let Some(group) = fork.and_then(|fork| fork.waiting.pop_front()) else {
                return self.fork_failed(now, number);
            };
            let mut called = false;
            for contact in group {
                called |= self.ring_phone(now, number, &contact);
            }
            if called {
                return;
            }
        }
    }

    /// Calls one phone. False if that cannot even be tried.
    fn ring_phone(&mut self, now: Instant, number: u64, contact: &Contact) -> bool {
        let leg = match self.invitation(number, contact) {
            Some(spec) => self.endpoint.invite(now, spec).ok(),
            None => None,
        };
        let others = contact.others.clone();
        let Some(call) = self.calls.get_mut(&number) else {
            return false;
        };
        let legs = &mut call.legs;
        let Stage::Ringing(fork) = &mut call.stage else {
            return false;
        };
        let Some(leg) = leg else {
            note(fork, Failure::local(503));
            return false;
        };
        let branch = Branch {
            user: call.callee.clone(),
            transport: contact.target.transport,
            others,
            ..Branch::default()
        };
        fork.open.insert(leg, branch);
        legs.insert(leg);
        self.legs.insert(leg, number);
        true
    }

    /// The INVITE for one phone; `None` if it would come back to this server.
    fn invitation(&self, number: u64, contact: &Contact) -> Option<RequestSpec> {
        let call = self.calls.get(&number)?;
        if self.is_own_address(contact.target.address) {
            return None;
        }
        let asked = &call.asked;
        let uri = contact.uri.clone();
        let mut spec = RequestSpec::new(Method::Invite, uri, asked.from.clone(), asked.to.clone());
        spec.destination = Some(contact.target);
        spec.routes.clone_from(&contact.routes);
        spec.headers.clone_from(&asked.headers);
        asked.privacy.apply(&mut spec);
        let user = spec.from.uri.user.clone();
        spec.contact = Some(self.contact(user.as_deref(), contact.target.transport));
        spec.headers
            .push(("Max-Forwards".into(), asked.max_forwards.to_string()));
        spec.headers.push(("Allow".into(), self.allow.clone()));
        if let Some(identity) = &asked.identity {
            spec.headers
                .push(("P-Asserted-Identity".into(), identity.clone()));
        }
        spec.body.clone_from(&asked.body);
        // Without an offer the phone would have to make one in a provisional response, and the
        // caller may not be able to answer it there.
        if self.config.prack && spec.body.is_some() {
            spec.headers.push(("Supported".into(), "100rel".into()));
        }
        Some(spec)
    }

    /// A phone rings.
    pub(super) fn handle_progress(&mut self, now: Instant, leg: CallId, response: &Message) {
        let (allow, fresh_tag) = (self.allow.clone(), format!("{:016x}", self.rng.u64(..)));
        if let Some(answer) = early_answer(response) {
            self.early_answers.entry(leg).or_insert(answer);
        }
        let Some((_, call)) = self.call_of(leg) else {
            return;
        };
        let (caller, to) = (call.first.leg, call.asked.to.clone());
        let reliably = call.asked.reliably;
        let offered = call.asked.body.is_some();
        let put_through = match &call.origin {
            Origin::PutThrough(why) => Some(why.clone()),
            Origin::Calls => None,
        };
        let Some(fork) = call.fork_mut() else {
            return;
        };
        let contested = fork.contested;
        let Some(branch) = fork.open.get_mut(&leg) else {
            return;
        };
        branch.rang = true;
        if let Some(why) = put_through {
            // A party that stands hears what it heard; who has sent it on is told.
            if let Why::Transfer(referral) = why {
                let progress = Reply::new(response.status().unwrap_or(180));
                self.tell_referrer(now, &referral, &progress);
            }
            return;
        }
        if reliably && !offered {
            // The first reliable response would need an offer (RFC 3261 13.2.1).
            return;
        }
        let mut reply = passed_reply(response);
        if reliably && contested {
            // A reliable answer binds the caller, and another phone may answer yet.
            reply.body = None;
        }
        reply.headers.push(("Allow".into(), allow));
        if reply.body.is_some() && contested {
            // Early media of a phone that may not be the one that answers: a dialog of its own.
            let tag = branch.tag.get_or_insert(fresh_tag);
            let to = to.with_param("tag", tag.clone());
            reply.headers.push(("To".into(), to.to_string()));
        }
        self.endpoint.ring(now, caller, reply);
    }

    /// A phone has answered: the caller gets its answer, the other phones are called off.
    pub(super) fn handle_answered(
        &mut self,
        now: Instant,
        leg: CallId,
        response: &Message,
        needs_answer: bool,
    ) {
        let early = self.early_answers.remove(&leg);
        let Some((number, call)) = self.call_of(leg) else {
            return self.endpoint.hang_up(now, leg);
        };
        let (caller, transport) = (call.first.leg, call.first.transport);
        let dialled = call.dialled.clone();
        let callee = call.callee.clone();
        let taken = call.fork_mut().and_then(|fork| fork.open.remove(&leg));
        let Some(branch) = taken else {
            // It came too late.
            return self.endpoint.hang_up(now, leg);
        };
        self.call_off(now, number, &[("Reason".into(), ELSEWHERE.into())]);
        let address = self.address_of(&branch.user);
        let mut stands = false;
        if let Some(call) = self.calls.get_mut(&number) {
            call.second = Some(Party {
                leg,
                who: Caller::User(branch.user),
                address: address.clone(),
                identity: Some(address.to_string()),
                transport: branch.transport,
                last_sdp: None,
            });
            call.note_sdp(leg, passed_body(response));
            stands = matches!(call.origin, Origin::PutThrough(_));
            call.stage = Stage::Talking {
                answer_for: needs_answer.then_some(leg),
            };
        }
        if stands {
            return self.join_answered(now, number, response, needs_answer);
        }
        let mut reply = passed_reply(response);
        reply.body = reply.body.or(early);
        reply.headers.push(("Allow".into(), self.allow.clone()));
        let contact = self.contact(Some(&dialled), transport);
        self.endpoint.accept(now, caller, contact, reply);
        self.counters.calls_answered += 1;
        self.emit(crate::event::PbxEvent::CallAnswered {
            call: number,
            callee,
            service: None,
        });
    }

    /// A phone's leg ended while the call was ringing.
    pub(super) fn handle_branch_end(
        &mut self,
        now: Instant,
        number: u64,
        leg: CallId,
        cause: EndCause,
    ) {
        self.early_answers.remove(&leg);
        let fork = self.calls.get_mut(&number).and_then(|c| c.fork_mut());
        let Some((fork, branch)) = fork.and_then(|f| f.open.remove(&leg).map(|b| (f, b))) else {
            return;
        };
        let failure = match cause {
            EndCause::Failed(outcome) => Failure::new(outcome, branch.rang),
            // Ended in a way that is no answer: as if it had never been reached.
            _ => Failure::local(503),
        };
        let next_flow = failure
            .is_of_flow()
            .then(|| first_of(branch.others))
            .flatten();
        let global = failure.is_global();
        note(fork, failure);
        if let Some(flow) = next_flow
            && self.ring_phone(now, number, &flow)
        {
            return;
        }
        let Some(fork) = self.calls.get_mut(&number).and_then(|c| c.fork_mut()) else {
            return;
        };
        if global {
            fork.waiting.clear();
            self.call_off(now, number, &[]);
        } else if !fork.open.is_empty() {
            return;
        }
        self.ring_next(now, number);
    }

    /// Nobody answered in time.
    pub(super) fn handle_no_answer(&mut self, now: Instant, number: u64) {
        if self
            .calls
            .get_mut(&number)
            .and_then(|c| c.fork_mut())
            .is_some()
        {
            self.call_off(now, number, &[]);
            self.divert(now, number, Diversion::NoAnswer, Reply::new(480));
        }
    }

    /// Calls off all phones that ring.
    pub(super) fn call_off(&mut self, now: Instant, number: u64, headers: &[(String, String)]) {
        self.timetable.cancel(Deadline::NoAnswer(number));
        let fork = self.calls.get_mut(&number).and_then(|c| c.fork_mut());
        let Some(fork) = fork else {
            return;
        };
        for leg in std::mem::take(&mut fork.open).into_keys() {
            self.endpoint.hang_up_with(now, leg, headers.to_vec());
        }
    }

    fn fork_failed(&mut self, now: Instant, number: u64) {
        self.timetable.cancel(Deadline::NoAnswer(number));
        let fork = self.calls.get_mut(&number).and_then(|c| c.fork_mut());
        let Some(fork) = fork else {
            return;
        };
        let best = fork.best.take().unwrap_or_else(|| Failure::local(503));
        if self.redirect(now, number, &best) {
            return;
        }
        match best.diversion() {
            Some(reason) => self.divert(now, number, reason, best.reply()),
            None => self.refuse(now, number, best.reply()),
        }
    }
}

fn note(fork: &mut Fork, failure: Failure) {
    fork.best = Some(match fork.best.take() {
        Some(best) => best.better(failure),
        None => failure,
    });
}
