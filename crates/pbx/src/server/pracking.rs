//! Reliable provisional responses, which each leg has for itself (RFC 3262): what the core cannot do
//! alone.

use std::time::Instant;

use gannet_sip::{HeaderName, Message};
use gannet_ua::endpoint::{Body, CallId, Reply};
use gannet_ua::transaction::TransactionId;

use super::pending::{Pending, Relayed};
use super::relay::{passed_body, passed_headers};
use super::state::Server;

impl Server {
    /// A new offer of the caller in PRACK goes on as UPDATE, whose answer comes back in the 200 to
    /// PRACK (RFC 3262 5, RFC 3311 5.1).
    pub(super) fn relay_prack(
        &mut self,
        now: Instant,
        request: TransactionId,
        leg: CallId,
        prack: &Message,
    ) {
        let peer = self.call_of(leg).and_then(|(_, call)| call.peer_of(leg));
        let body = passed_body(prack);
        let sent = peer.and_then(|peer| {
            let headers = passed_headers(prack);
            let id = self
                .endpoint
                .update(now, peer, headers, body.clone())
                .ok()?;
            let relayed = Relayed {
                request,
                from: leg,
                to: peer,
                offer: body,
                is_invite: false,
            };
            Some((id, relayed))
        });
        match sent {
            Some((id, relayed)) => {
                self.pending.insert(id, Pending::Relayed(relayed));
            }
            // The offer cannot be taken where it is for.
            None => self.endpoint.respond(now, request, Reply::new(488)),
        }
    }
}

/// Whether a response was sent reliably.
pub(super) fn is_reliable(response: &Message) -> bool {
    response.lists(HeaderName::Require, "100rel") && response.header(HeaderName::RSeq).is_some()
}

/// The answer that a phone gave before its 2xx, which says no more of it then (RFC 3261 13.2.1).
pub(super) fn early_answer(response: &Message) -> Option<Body> {
    passed_body(response).filter(|_| is_reliable(response))
}
