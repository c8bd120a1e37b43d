//! REFER: transfers that the server carries out itself (RFC 3515, RFC 5589).

use std::time::Instant;

use gannet_sip::{HeaderName, Message, Method, NameAddr, Uri, reason_phrase};
use gannet_ua::endpoint::{Body, CallId, Reply};
use gannet_ua::transaction::TransactionId;

use super::call::{Stage, Why};
use super::place::{Place, refusal};
use super::replacing::Replaced;
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
    /// CSeq of the REFER: it tells several of one dialog apart (RFC 3515 2.4.6).
    pub(crate) id: u32,
    /// False if nothing is to be told (RFC 4488).
    pub(crate) subscribed: bool,
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
        match self.admit_referral(leg, message) {
            Err(reply) => self.endpoint.respond(now, request, reply),
            Ok((stays, target, referral)) => {
                let mut reply = Reply::new(202);
                if !referral.subscribed {
                    reply = Reply::new(200).header("Refer-Sub", "false");
                }
                self.endpoint.respond(now, request, reply);
                self.tell_referrer(now, &referral, &Reply::new(100));
                self.transfer(now, stays, &target, referral);
            }
        }
    }

    fn admit_referral(
        &mut self,
        leg: CallId,
        message: &Message,
    ) -> Result<(CallId, Uri, Referral), Reply> {
        let mut targets = message.name_addrs(HeaderName::ReferTo);
        // Exactly one (RFC 3515 2.4.2).
        let (Some(Ok(target)), None) = (targets.next(), targets.next()) else {
            return Err(refusal(400, "One Refer-To Is Needed"));
        };
        let Some((_, call)) = self.call_of(leg) else {
            return Err(Reply::new(481));
        };
        let stays = match call.stage {
            Stage::Talking { .. } => call.peer_of(leg).ok_or_else(|| Reply::new(481))?,
            // Whoever talks to the server can send it elsewhere, but not itself.
            _ => return Err(refusal(403, "Nobody to Transfer")),
        };
        let own = call.party_mut(leg).map(|party| party.who.clone());
        let user = own.and_then(|who| who.user().map(str::to_owned));
        let by = user.as_ref().map(|user| NameAddr::new(self.uri_of(user)));
        let given = message.text(HeaderName::ReferredBy);
        let referral = Referral {
            leg,
            user,
            referred_by: given
                .map(std::borrow::Cow::into_owned)
                .or_else(|| by.map(|by| by.to_string())),
            id: message.cseq().map_or(0, |cseq| cseq.number),
            subscribed: !message
                .text(HeaderName::ReferSub)
                .is_some_and(|value| value.trim().eq_ignore_ascii_case("false")),
        };
        Ok((stays, target.uri, referral))
    }

    fn transfer(&mut self, now: Instant, stays: CallId, target: &Uri, referral: Referral) {
        let replaced = target
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("Replaces"))
            .map(|(_, value)| Replaced::parse_escaped(value));
        match replaced {
            None => self.transfer_blind(now, stays, target, referral),
            Some(None) => {
                let reply = refusal(400, "Unusable Replaces in Refer-To");
                self.tell_referrer(now, &referral, &reply);
            }
            Some(Some(replaced)) => {
                self.transfer_attended(now, stays, (target, &replaced), referral);
            }
        }
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
        (target, replaced): (&Uri, &Replaced),
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
        if !referral.subscribed {
            return;
        }
        let Some(party) = self.party(referral.leg) else {
            return;
        };
        let state = if reply.code < 200 {
            "active;expires=60"
        } else {
            "terminated;reason=noresource"
        };
        let phrase = reply.reason.as_deref();
        let phrase = phrase.unwrap_or_else(|| reason_phrase(reply.code));
        let contact = self.contact(referral.user.as_deref(), party.transport);
        let headers = vec![
            ("Event".to_owned(), format!("refer;id={}", referral.id)),
            ("Subscription-State".to_owned(), state.to_owned()),
            ("Contact".to_owned(), contact.to_string()),
        ];
        let body = Body {
            content_type: "message/sipfrag;version=2.0".to_owned(),
            bytes: format!("SIP/2.0 {} {phrase}\r\n", reply.code).into(),
        };
        // A leg that is ending needs no news.
        let _ =
            self.endpoint
                .request_in_call(now, referral.leg, Method::Notify, headers, Some(body));
    }
}
