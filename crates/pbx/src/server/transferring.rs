//! REFER: transfers that the server carries out itself (RFC 3515, RFC 5589).

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, NameAddr, Transport, Uri, reason_phrase};
use gannet_ua::endpoint::{CallId, NoticeId, Reply};
use gannet_ua::transaction::TransactionId;
use gannet_ua::{Grant, News, ReferTo, Replaces, Sipfrag, SubscriptionState, TerminationReason};

use super::call::{Stage, Why};
use super::place::{Place, refusal};
use super::state::Server;

/// Who has asked for a transfer, and how they are told what becomes of it.
#[derive(Debug, Clone)]
pub(crate) struct Referral {
    /// The leg that REFER came in.
    pub(crate) leg: CallId,
    /// The user.
    pub(crate) user: Option<String>,
    /// Who it is towards the target (RFC 3892).
    pub(crate) referred_by: Option<String>,
    /// The subscription to what becomes of it, unless none is wanted (RFC 4488, RFC 7614).
    pub(crate) notice: Option<NoticeId>,
}

/// How long news of a transfer can come: as long as a proxy waits for an answer
/// (RFC 3261 16.6 step 11, timer C).
pub(super) const TOLD_FOR: Duration = Duration::from_mins(3);

/// A transfer that may go on.
struct Admitted {
    stays: CallId,
    to: ReferTo,
    transport: Transport,
    referral: Referral,
}

impl Server {
    /// REFER inside a call: whoever is at the other end is put through. Gives the response.
    pub(super) fn refer(
        &mut self,
        now: Instant,
        request: TransactionId,
        leg: CallId,
        message: &Message,
    ) {
        let admitted = match self.admit_referral(leg, message) {
            Ok(admitted) => admitted,
            Err(reply) => return self.endpoint.respond(now, request, reply),
        };
        let mut referral = admitted.referral;
        let contact = self.contact(referral.user.as_deref(), admitted.transport);
        let grant = Grant {
            code: 202,
            ..Grant::new(TOLD_FOR, contact)
        };
        // A dialog that is gone by now was told so.
        let Ok(notice) = self.endpoint.accept_refer(now, request, grant) else {
            return;
        };
        referral.notice = notice;
        self.tell_referrer(now, &referral, &Reply::new(100));
        match &admitted.to.replaces {
            Some(replaced) => {
                let target = (&admitted.to.uri, replaced);
                self.transfer_attended(now, admitted.stays, target, referral);
            }
            None => self.transfer_blind(now, admitted.stays, &admitted.to.uri, referral),
        }
    }

    fn admit_referral(&mut self, leg: CallId, message: &Message) -> Result<Admitted, Reply> {
        let to = ReferTo::of(message).map_err(|error| refusal(400, &error.to_string()))?;
        let Some((_, call)) = self.call_of(leg) else {
            return Err(Reply::new(481));
        };
        let stays = match call.stage {
            Stage::Talking { .. } => call.peer_of(leg).ok_or_else(|| Reply::new(481))?,
            // Whoever talks to the server has nobody to send elsewhere.
            _ => return Err(refusal(403, "Nobody to Transfer")),
        };
        let own = call.party_mut(leg).ok_or_else(|| Reply::new(481))?;
        let (user, transport) = (own.who.user().map(str::to_owned), own.transport);
        let by = user.as_ref().map(|user| NameAddr::new(self.uri_of(user)));
        let given = message.text(HeaderName::ReferredBy);
        let referred_by = given
            .map(std::borrow::Cow::into_owned)
            .or_else(|| by.map(|by| by.to_string()));
        Ok(Admitted {
            stays,
            to,
            transport,
            referral: Referral {
                leg,
                user,
                referred_by,
                notice: None,
            },
        })
    }

    fn transfer_blind(&mut self, now: Instant, stays: CallId, target: &Uri, referral: Referral) {
        let place = match self.place_of(target) {
            Ok(Place::Server) => Err(Reply::new(404)),
            other => other,
        };
        match place {
            Ok(place) => {
                let user = target.user_decoded().unwrap_or_default();
                self.put_through(now, stays, (&user, place), Why::Transfer(referral));
            }
            Err(reply) => self.tell_referrer(now, &referral, &reply),
        }
    }

    /// The target is whoever the referrer has in another call (RFC 5589 7).
    fn transfer_attended(
        &mut self,
        now: Instant,
        stays: CallId,
        (target, replaced): (&Uri, &Replaces),
        referral: Referral,
    ) {
        let other = self.leg_of(replaced).filter(|other| *other != referral.leg);
        let found = other.and_then(|other| Some((other, *self.legs.get(&other)?)));
        let Some((other, number)) = found else {
            return self.tell_referrer(now, &referral, &Reply::new(481));
        };
        let Some(call) = self.calls.get(&number) else {
            return self.tell_referrer(now, &referral, &Reply::new(481));
        };
        match &call.stage {
            Stage::Talking { .. } => match call.peer_of(other) {
                Some(with) => self.join_standing(now, stays, with, Why::Transfer(referral)),
                None => self.tell_referrer(now, &referral, &Reply::new(481)),
            },
            // The target still rings: the referrer's own call to it gives way to a new one.
            Stage::Ringing(_) if call.first.leg == other => {
                self.call_off(now, number, &[]);
                self.refuse(now, number, Reply::new(487));
                self.transfer_blind(now, stays, target, referral);
            }
            // It talks to the server.
            Stage::Serving(_) => self.transfer_blind(now, stays, target, referral),
            Stage::Ringing(_) | Stage::Joining(_) | Stage::Ending => {
                self.tell_referrer(now, &referral, &Reply::new(481));
            }
        }
    }

    /// NOTIFY with the status line of the call that the referrer asked for (RFC 3515 2.4.5); a final
    /// one is the last. A referrer who has hung up is not told.
    pub(super) fn tell_referrer(&mut self, now: Instant, referral: &Referral, reply: &Reply) {
        let Some(notice) = referral.notice else {
            return;
        };
        let phrase = reply.reason.clone();
        let status = Sipfrag {
            code: reply.code,
            reason: phrase.unwrap_or_else(|| reason_phrase(reply.code).to_owned()),
        };
        let state = if status.is_final() {
            SubscriptionState::terminated(TerminationReason::NoResource)
        } else {
            SubscriptionState::active()
        };
        let news = News::new(state).body(status.body());
        self.endpoint.notify(now, notice, news);
    }
}
