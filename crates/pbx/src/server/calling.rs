//! A call comes in: who may call, whom, and where it goes first.

use std::collections::BTreeSet;
use std::time::Instant;

use gannet_sip::{Message, NameAddr, Transport, Uri};
use gannet_ua::Target;
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::{CallId, Reply};

use super::call::{Asked, Call, Origin, Party, Stage};
use super::identity::Caller;
use super::place::{Place, refusal};
use super::privacy::Privacy;
use super::relay::next_max_forwards;
use super::screening::BARRED;
use super::signed::Arrived;
use super::state::Server;
use crate::event::PbxEvent;

/// A call that may go on.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) caller: Caller,
    place: Place,
    dialled: String,
    pub(super) asked: Asked,
}

impl Server {
    /// Takes a new call in, or refuses it.
    pub(super) fn handle_incoming_call(
        &mut self,
        now: Instant,
        leg: CallId,
        invite: &Message,
        (source, replaces): (Target, Option<CallId>),
    ) {
        let admitted = match self.admit(now, invite, replaces.is_some()) {
            Ok(admitted) => admitted,
            Err(reply) => return self.endpoint.reject(now, leg, reply),
        };
        let arrived = Arrived {
            leg,
            source,
            replaces,
            admitted,
        };
        self.examine(now, arrived, invite);
    }

    /// Begins a call that may go on.
    pub(super) fn begin_call(&mut self, now: Instant, arrived: Arrived) {
        let Arrived {
            leg,
            source,
            replaces,
            admitted,
        } = arrived;
        self.last_call += 1;
        let number = self.last_call;
        self.counters.calls += 1;
        self.legs.insert(leg, number);
        let contact = self.contact(Some(&admitted.dialled), source.transport);
        self.endpoint.set_contact(leg, &contact);
        self.emit(PbxEvent::CallStarted {
            call: number,
            caller: admitted.caller.name().to_owned(),
            called: admitted.dialled.clone(),
        });
        let first = Party {
            leg,
            who: admitted.caller,
            address: admitted.asked.from.clone(),
            identity: admitted.asked.identity.clone(),
            transport: source.transport,
            last_sdp: None,
        };
        let mut call = Call {
            first,
            second: None,
            legs: BTreeSet::from([leg]),
            callee: admitted.dialled.clone(),
            dialled: admitted.dialled,
            asked: admitted.asked,
            forwards: 0,
            origin: Origin::Calls,
            members: None,
            refused: None,
            began: std::time::SystemTime::now(),
            stage: Stage::Ending,
        };
        call.note_sdp(leg, call.asked.body.clone());
        self.calls.insert(number, call);
        match replaces {
            Some(replaced) => self.replace(now, number, replaced),
            None => self.dispatch(now, number, admitted.place),
        }
    }

    /// Sends a call to a place.
    pub(super) fn dispatch(&mut self, now: Instant, number: u64, place: Place) {
        let stranger = self.calls.get(&number).is_some_and(|call| {
            matches!(call.origin, Origin::Calls) && call.first.who.user().is_none()
        });
        if let Some(reply) = self.screened_out(number, &place) {
            return self.refuse(now, number, reply);
        }
        match place {
            // The calls of others are for users.
            Place::Slot { .. } | Place::Pickup(_) | Place::Page(_) if stranger => {
                self.refuse(now, number, refusal(403, "Not a User of This Server"));
            }
            Place::User(name) => self.ring_user(now, number, name),
            Place::Service(service) => self.serve(now, number, service),
            Place::Slot { slot, takes } => self.park(now, number, slot, takes),
            Place::Pickup(user) => self.pick_up(now, number, user.as_deref()),
            Place::Hunt(members) => self.hunt(now, number, members),
            Place::Agent(user) => self.ring_only(now, number, user),
            Place::Queue(queue) => self.queue(now, number, queue),
            Place::Code(code) => self.feature_code(now, number, code),
            Place::Page(user) => self.page(now, number, user),
            Place::Room(room) => self.join_room(now, number, room),
            Place::Server => self.refuse(now, number, Reply::new(404)),
        }
    }

    /// Refuses a call that nobody has answered.
    pub(super) fn refuse(&mut self, now: Instant, number: u64, reply: Reply) {
        if let Some(call) = self.calls.get_mut(&number) {
            if matches!(call.origin, Origin::PutThrough(_)) {
                return self.put_through_failed(now, number, &reply);
            }
            self.promised.retain(|_, promised| *promised != number);
            call.refused = Some(reply.code);
            call.stage = Stage::Ending;
            let leg = call.first.leg;
            self.endpoint.reject(now, leg, reply);
        }
    }

    fn admit(&mut self, now: Instant, invite: &Message, replaces: bool) -> Result<Admitted, Reply> {
        if self.stopping || self.calls.len() >= self.config.limits.calls_max {
            return Err(self.over_limit());
        }
        // The hop count matters only if the call goes on from here (RFC 3261 16.3 step 3); a
        // request to one of our own users always does.
        let max_forwards = next_max_forwards(invite).ok_or_else(|| Reply::new(483))?;
        let uri = invite
            .request_uri()
            .map_err(|error| refusal(400, &error.to_string()))?;
        let caller = self.identify(now, invite, AuthTarget::Proxy)?;
        if let Some(refusal) = Privacy::of(invite).refusal() {
            return Err(refusal);
        }
        // RFC 3891 3: not everybody may break in.
        if replaces && caller.user().is_none() {
            return Err(refusal(403, "Not a User of This Server"));
        }
        let dialled = uri.user_decoded().unwrap_or_default();
        if self.is_barred(caller.name(), &dialled) {
            return Err(refusal(403, BARRED));
        }
        let place = match self.place_of(&uri) {
            // The dialog says whom it is for.
            _ if replaces => Place::Server,
            place => place?,
        };
        let identity = self.asserted_identity(&caller, invite);
        let asked = Asked::by(invite, identity, max_forwards);
        Ok(Admitted {
            caller,
            place,
            dialled,
            asked: asked.ok_or_else(|| refusal(400, "Unusable From or To"))?,
        })
    }

    /// 503, counted.
    pub(super) fn over_limit(&mut self) -> Reply {
        self.counters.refused_by_limit += 1;
        Reply::new(503).header("Retry-After", "10")
    }

    /// The Contact of a leg.
    pub(super) fn contact(&self, user: Option<&str>, transport: Transport) -> NameAddr {
        let mut uri = Uri::at(user.filter(|user| is_plain(user)), self.local);
        if transport != Transport::Udp {
            uri.params.set("transport", transport.as_param());
        }
        NameAddr::new(uri)
    }
}

/// Whether a user part can be written without escapes.
pub(super) fn is_plain(user: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,;?/".contains(c);
    !user.is_empty() && user.chars().all(allowed)
}
