//! A call comes in: who may call, whom, and where it goes first.

use std::collections::BTreeSet;
use std::time::Instant;

use gannet_sip::{HeaderName, Message, NameAddr, Transport, Uri};
use gannet_ua::Target;
use gannet_ua::digest::AuthTarget;
use gannet_ua::endpoint::{CallId, Reply};

use super::call::{Asked, Call, Party, Stage};
use super::identity::Caller;
use super::place::{Place, refusal};
use super::relay::next_max_forwards;
use super::state::Server;
use crate::event::PbxEvent;

/// A call that may go on.
struct Admitted {
    caller: Caller,
    place: Place,
    dialled: String,
    asked: Asked,
}

impl Server {
    /// Takes a new call in, or refuses it.
    pub(super) fn handle_incoming_call(
        &mut self,
        now: Instant,
        leg: CallId,
        invite: &Message,
        source: Target,
    ) {
        let admitted = match self.admit(now, invite) {
            Ok(admitted) => admitted,
            Err(reply) => return self.endpoint.reject(now, leg, reply),
        };
        self.last_call += 1;
        let number = self.last_call;
        self.counters.calls += 1;
        self.legs.insert(leg, number);
        let contact = self.contact(Some(&admitted.dialled), source.transport);
        self.endpoint.set_contact(leg, contact);
        self.emit(PbxEvent::CallStarted {
            call: number,
            caller: admitted.caller.name().to_owned(),
            called: admitted.dialled.clone(),
        });
        let first = Party {
            leg,
            who: admitted.caller,
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
            refused: None,
            stage: Stage::Ending,
        };
        call.note_sdp(leg, call.asked.body.clone());
        self.calls.insert(number, call);
        self.dispatch(now, number, admitted.place);
    }

    /// Sends a call to a place.
    pub(super) fn dispatch(&mut self, now: Instant, number: u64, place: Place) {
        match place {
            Place::User(name) => self.ring_user(now, number, name),
            Place::Service(service) => self.serve(now, number, service),
            Place::Room(room) => self.join_room(now, number, room),
            Place::Server => self.refuse(now, number, Reply::new(404)),
        }
    }

    /// Refuses a call that nobody has answered.
    pub(super) fn refuse(&mut self, now: Instant, number: u64, reply: Reply) {
        if let Some(call) = self.calls.get_mut(&number) {
            call.refused = Some(reply.code);
            call.stage = Stage::Ending;
            let leg = call.first.leg;
            self.endpoint.reject(now, leg, reply);
        }
    }

    fn admit(&mut self, now: Instant, invite: &Message) -> Result<Admitted, Reply> {
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
        let place = self.place_of(&uri)?;
        let identity = self.asserted_identity(&caller, invite);
        let asked = Asked::by(invite, identity, max_forwards);
        Ok(Admitted {
            caller,
            place,
            dialled: uri.user_decoded().unwrap_or_default(),
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

    /// What the callee is told about a caller whose identity is proven, unless they want to stay
    /// unknown (RFC 3325 9.1, 9.3).
    pub(super) fn asserted_identity(&self, caller: &Caller, invite: &Message) -> Option<NameAddr> {
        let hidden = invite
            .values(HeaderName::Privacy)
            .flat_map(|value| value.split(';'))
            .any(|value| value.trim().eq_ignore_ascii_case("id"));
        let member = self.directory.find(caller.user()?).filter(|_| !hidden)?;
        let uri = Uri::sip(Some(&member.user.name), &self.config.domain, None);
        let shown = member.user.display_name.clone();
        let shown = shown.or_else(|| invite.from().ok()?.display_name());
        let identity = NameAddr::new(uri);
        Some(match shown {
            Some(name) => identity.with_display(&name),
            None => identity,
        })
    }
}

/// Whether a user part can be written without escapes.
fn is_plain(user: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,;?/".contains(c);
    !user.is_empty() && user.chars().all(allowed)
}
