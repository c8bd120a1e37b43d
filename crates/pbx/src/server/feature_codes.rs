//! Numbers that change what is set for the caller.

use std::time::Instant;

use super::place::{Code, refusal};
use super::programme::Programme;
use super::state::Server;
use crate::snapshot::Service;

impl Server {
    /// Carries a code out and answers with a tone that says so.
    pub(super) fn feature_code(&mut self, now: Instant, number: u64, code: Code) {
        let user = self.calls.get(&number).and_then(|call| {
            let user = call.first.who.user()?;
            Some(self.directory.find(user)?.user.name.clone())
        });
        let Some(user) = user else {
            return self.refuse(now, number, refusal(403, "Nothing Can Be Set for You"));
        };
        let done = match code {
            Code::Agent(on, queue) => self.log_agent(&queue, &user, on),
            Code::Forward(_, target) if self.place_named(&target).is_none() => {
                Err(refusal(404, "Forwarded to an Unknown Number"))
            }
            code => {
                if let Ok(member) = self.directory.member_mut(&user) {
                    let forward = &mut member.forward;
                    match code {
                        Code::Dnd(on) => member.dnd = on,
                        Code::ForwardOff => *forward = crate::user::Forward::default(),
                        Code::Forward(when, to) => forward.set(when, Some(to)),
                        Code::Agent(..) => {}
                    }
                }
                Ok(())
            }
        };
        match done {
            Ok(()) => {
                self.changed();
                let programme = Programme::confirmation();
                self.answer(now, number, Service::Code, None, programme);
            }
            Err(reply) => self.refuse(now, number, reply),
        }
    }

    /// Calls a user whose phone is asked to answer by itself.
    pub(super) fn page(&mut self, now: Instant, number: u64, user: String) {
        if let Some(call) = self.calls.get_mut(&number) {
            let domain = &self.config.domain;
            // The two that phones know by custom, and the one that is written down (RFC 5373 4).
            let fields = [
                (
                    "Alert-Info",
                    format!("<http://{domain}>;info=alert-autoanswer;delay=0"),
                ),
                ("Call-Info", format!("<sip:{domain}>;answer-after=0")),
                ("Answer-Mode", "Auto".to_owned()),
            ];
            let fields = fields.map(|(name, value)| (name.to_owned(), value));
            call.asked.headers.extend(fields);
        }
        self.ring_only(now, number, user);
    }
}
