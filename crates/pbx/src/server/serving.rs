//! Calls that the server answers itself: echo, music, voicemail, mailbox.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gannet_media::offer_answer::{
    Keyring, LocalMedia, MediaCapabilities, Negotiated, apply_answer, build_answer, build_offer,
    build_reoffer, continue_session,
};
use gannet_net::MediaSocket;
use gannet_sdp::SessionDescription;
use gannet_sip::{Message, Method};
use gannet_ua::endpoint::{Body, Reply};

use super::call::{Origin, Serving, Stage};
use super::pending::Deadline;
use super::place::refusal;
use super::programme::Programme;
use super::relay::passed_body;
use super::state::Server;
use crate::event::PbxEvent;
use crate::media::{MediaRoom, ServicePort, lock_port};
use crate::snapshot::Service;

impl Server {
    /// Answers a call to a special extension.
    pub(super) fn serve(&mut self, now: Instant, number: u64, service: Service) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        match service {
            Service::Echo => self.answer(now, number, service, None, Programme::echo()),
            Service::Music => self.answer(now, number, service, None, Programme::music()),
            // A room is a place of its own.
            Service::Conference => self.refuse(now, number, Reply::new(404)),
            Service::Mailbox | Service::Voicemail => {
                let Some(user) = call.first.who.user().map(str::to_owned) else {
                    return self.refuse(now, number, refusal(403, "No Mailbox"));
                };
                let has = self.directory.find(&user).is_some_and(|m| m.user.voicemail);
                if !has {
                    return self.refuse(now, number, refusal(403, "No Mailbox"));
                }
                self.answer(
                    now,
                    number,
                    Service::Mailbox,
                    Some(user),
                    Programme::mailbox(),
                );
            }
            // These have ways in of their own.
            Service::Park | Service::Queue | Service::Code => {
                self.refuse(now, number, Reply::new(404));
            }
        }
    }

    /// Answers a call with the voicemail of a user.
    pub(super) fn serve_voicemail(&mut self, now: Instant, number: u64, user: String) {
        let programme = Programme::voicemail(self.config.voicemail.recording_max);
        self.answer(now, number, Service::Voicemail, Some(user), programme);
    }

    fn open_media(&mut self, dialled: &str) -> Option<MediaSocket> {
        let opened = self.room.open();
        if let Err(error) = &opened {
            let what = format!("no media for a call to {dialled}: {error}");
            self.emit(PbxEvent::Trouble { what });
        }
        opened.ok()
    }

    /// Answers a call with a programme. A party that stands gets a re-INVITE instead.
    pub(super) fn answer(
        &mut self,
        now: Instant,
        number: u64,
        service: Service,
        mailbox: Option<String>,
        programme: Programme,
    ) {
        let Some(call) = self.calls.get(&number) else {
            return;
        };
        let (leg, transport) = (call.first.leg, call.first.transport);
        let dialled = call.dialled.clone();
        let stands = matches!(call.origin, Origin::PutThrough(_));
        let offer = match description_in(call.asked.body.as_ref()) {
            Ok(offer) => offer,
            Err(reply) => return self.refuse(now, number, reply),
        };
        let Some(socket) = self.open_media(&dialled) else {
            return self.refuse(now, number, Reply::new(500));
        };
        let capabilities = MediaCapabilities::every_codec();
        let session_id = self.rng.u32(1..).to_string();
        let local = LocalMedia::new(self.room.address_of(&socket), &session_id, 1)
            .with_keys(Keyring::random(&mut self.rng));
        let (description, negotiated) = match &offer {
            Some(offer) => match build_answer(offer, &capabilities, &local) {
                Ok(answer) => (answer.description, Some(answer.negotiated)),
                Err(error) => return self.refuse(now, number, not_acceptable(&error.to_string())),
            },
            None => (build_offer(&capabilities, &local), None),
        };
        let reply = Reply::new(200)
            .header("Allow", self.allow.clone())
            .body(Body::sdp(description.to_bytes()));
        if let Some(call) = self.calls.get_mut(&number) {
            call.stage = Stage::Serving(Box::new(Serving {
                service,
                mailbox,
                socket,
                port: None,
                capabilities,
                local,
                description,
                programme,
                parking: None,
                queue: None,
                tries: 0,
            }));
        }
        if stands {
            return self.offer_service(now, number);
        }
        let mut contact = self.contact(Some(&dialled), transport);
        if service == Service::Conference {
            // This is where a conference is mixed (RFC 4579 3.1).
            contact.params.set_flag("isfocus");
        }
        self.endpoint.accept(now, leg, contact, reply);
        self.counters.calls_served += 1;
        self.emit(PbxEvent::CallAnswered {
            call: number,
            callee: dialled,
            service: Some(service),
        });
        if let Some(negotiated) = negotiated {
            self.begin_media(number, negotiated);
        }
    }

    /// Offers what the server plays to a party that stands. What it could answer to the party's own
    /// last description is an offer that the party understands.
    pub(super) fn offer_service(&mut self, now: Instant, number: u64) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        let leg = call.first.leg;
        let Some(serving) = call.serving_mut() else {
            return;
        };
        let offer = Body::sdp(serving.description.to_bytes());
        // What the party hears of now goes on with the session that it has (RFC 3264 8).
        self.remember_told(leg);
        let offer = self.body_towards(leg, Some(offer));
        let told = self.told.get(&leg).cloned();
        let serving = self.calls.get_mut(&number).and_then(|c| c.serving_mut());
        if let (Some(serving), Some(told)) = (serving, told) {
            serving.description = told;
        }
        self.reinvite(now, number, leg, offer);
    }

    /// A party that stands has accepted what the server plays.
    pub(super) fn service_agreed(&mut self, now: Instant, number: u64, response: &Message) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        let (leg, callee) = (call.first.leg, call.callee.clone());
        let Some(serving) = call.serving_mut() else {
            return;
        };
        let service = serving.service;
        let answer = description_of(response).ok().flatten();
        let negotiated = answer.and_then(|answer| {
            apply_answer(&serving.description, &serving.capabilities, &answer).ok()
        });
        let Some(negotiated) = negotiated else {
            return self.join_failed(now, number, Reply::new(488));
        };
        self.begin_media(number, negotiated);
        self.arrived(now, number);
        self.take_over(now, leg, number);
        self.park_timer(now, number);
        self.counters.calls_served += 1;
        self.emit(PbxEvent::CallAnswered {
            call: number,
            callee,
            service: Some(service),
        });
    }

    /// Starts the session and its course.
    fn begin_media(&mut self, number: u64, negotiated: Negotiated) {
        let mut config = MediaRoom::session(negotiated, &mut self.rng);
        // Keys are looked for all the time; nobody asks later.
        config.timeline_kept = TIMELINE;
        config.sound_kept = Duration::ZERO;
        let serving = self.calls.get_mut(&number).and_then(|c| c.serving_mut());
        let Some(serving) = serving else {
            return;
        };
        // The media thread goes on from here with its own readings of the same clock.
        let start = Instant::now();
        let programme = &serving.programme;
        let mut port = ServicePort::new(config, programme.source.clone(), start);
        if let Some(longest) = programme.record {
            port.record_after_source(longest);
        }
        if let Some(length) = programme.length {
            self.timetable
                .set(Deadline::ServiceEnd(number), start + length);
        }
        let port = Arc::new(Mutex::new(port));
        serving.socket.attach(port.clone());
        serving.port = Some(port);
        self.begin_retrieval(number);
    }

    /// The ACK, with the answer if the offer was ours.
    pub(super) fn service_confirmed(&mut self, now: Instant, number: u64, ack: &Message) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        let leg = call.first.leg;
        let Some(serving) = call.serving_mut() else {
            return;
        };
        let answer = description_of(ack).ok().flatten();
        let negotiated = answer.and_then(|answer| {
            apply_answer(&serving.description, &serving.capabilities, &answer).ok()
        });
        match (negotiated, &serving.port) {
            (Some(negotiated), None) => self.begin_media(number, negotiated),
            (Some(negotiated), Some(port)) => {
                lock_port(port)
                    .session_mut()
                    .renegotiate(negotiated, Instant::now());
                serving.socket.wake();
            }
            // No agreement on media: there is nothing to do in this call.
            (None, None) => self.endpoint.hang_up(now, leg),
            (None, Some(_)) => {}
        }
    }

    /// A request inside a call that the server has answered.
    pub(super) fn service_request(
        &mut self,
        number: u64,
        method: &Method,
        message: &Message,
    ) -> Reply {
        match method {
            Method::Invite | Method::Update => {
                let offer = match description_of(message) {
                    Ok(offer) => offer,
                    Err(reply) => return reply,
                };
                self.renegotiate(number, method, offer.as_ref())
            }
            Method::Info => self.info_in_service(number, message),
            Method::Options | Method::Message => Reply::new(200),
            _ => Reply::new(501),
        }
    }

    fn renegotiate(
        &mut self,
        number: u64,
        method: &Method,
        offer: Option<&SessionDescription>,
    ) -> Reply {
        let serving = self.calls.get_mut(&number).and_then(|c| c.serving_mut());
        let Some(serving) = serving else {
            return Reply::new(481);
        };
        let Some(offer) = offer else {
            if *method != Method::Invite {
                return Reply::new(200);
            }
            // The 2xx has the offer then, of all that we can do (RFC 3261 14.2).
            serving.description =
                build_reoffer(&serving.description, &serving.capabilities, &serving.local);
            return Reply::new(200).body(Body::sdp(serving.description.to_bytes()));
        };
        let answer = match build_answer(offer, &serving.capabilities, &serving.local) {
            Ok(answer) => answer,
            Err(error) => return not_acceptable(&error.to_string()),
        };
        let mut description = answer.description;
        continue_session(&serving.description, &mut description);
        serving.description = description;
        if let Some(port) = &serving.port {
            lock_port(port)
                .session_mut()
                .renegotiate(answer.negotiated, Instant::now());
            serving.socket.wake();
        }
        Reply::new(200).body(Body::sdp(serving.description.to_bytes()))
    }

    /// The server has done what it does: it hangs up.
    pub(super) fn service_end(&mut self, now: Instant, number: u64) {
        if let Some(call) = self.calls.get(&number)
            && matches!(call.stage, Stage::Serving(_))
        {
            self.endpoint.hang_up(now, call.first.leg);
        }
    }

    /// The caller is gone: closes the media and keeps what was recorded.
    pub(super) fn service_over(&mut self, now: Instant, number: u64) {
        self.timetable.cancel(Deadline::ServiceEnd(number));
        self.end_retrieval(number);
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        let Stage::Serving(serving) = std::mem::replace(&mut call.stage, Stage::Ending) else {
            return;
        };
        let from = call.first.who.name().to_owned();
        self.queued.remove(&number);
        if let Some(parking) = &serving.parking {
            self.unpark(number, parking);
        }
        let recording = serving
            .port
            .as_ref()
            .map(|port| lock_port(port).finish(Instant::now()));
        if let (Service::Voicemail, Some(user)) = (serving.service, &serving.mailbox) {
            self.store(now, user, &from, recording.unwrap_or_default());
        }
        drop(serving);
        self.close_empty_rooms();
    }
}

/// How long services remember what they heard.
const TIMELINE: Duration = Duration::from_secs(10);

/// The description in a message: `None` without body, a refusal if it is something else.
fn description_of(message: &Message) -> Result<Option<SessionDescription>, Reply> {
    description_in(passed_body(message).as_ref())
}

pub(super) fn description_in(body: Option<&Body>) -> Result<Option<SessionDescription>, Reply> {
    let Some(body) = body else {
        return Ok(None);
    };
    // Parameters say nothing that SDP needs (RFC 8866 8.1).
    let kind = body.content_type.split(';').next().unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/sdp") {
        return Err(Reply::new(415).header("Accept", "application/sdp"));
    }
    Ok(Some(SessionDescription::parse(&body.bytes)))
}

/// 488 with the reason (RFC 3261 20.43: 399 is any text).
fn not_acceptable(why: &str) -> Reply {
    let text = why.replace(['"', '\\'], "'");
    Reply::new(488).header("Warning", format!("399 gannet \"{text}\""))
}
