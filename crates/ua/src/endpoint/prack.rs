//! Reliable provisional responses of others: their order, and PRACK (RFC 3262 4).

use std::time::Instant;

use gannet_sip::{CSeq, HeaderName, Message, Method, RAck};

use super::call::Call;
use super::client::Purpose;
use super::command::Body;
use super::core::{Endpoint, SendError};
use super::exchange::carries_session;
use super::happening::{CallId, Happening, RequestId};
use super::reliable::OPTION_TAG;

/// Dialogs of one call whose reliable responses are kept in order; those of further forks are not
/// acknowledged.
const STREAMS_MAX: usize = 64;

/// The reliable responses of one fork to one INVITE.
#[derive(Debug)]
pub(crate) struct ReliableStream {
    remote_tag: String,
    cseq: u32,
    last_rseq: u32,
}

/// A reliable response that the user has to acknowledge.
#[derive(Debug)]
pub(crate) struct Owed {
    pub(crate) remote_tag: String,
    cseq: u32,
    rseq: u32,
    /// It has an offer.
    pub(crate) offers: bool,
}

/// What a provisional response is.
pub(crate) enum Provisional {
    /// Sent once and unreliably, or this side does not know better.
    Plain,
    /// Reliable, and the next in order.
    Reliable(u32),
    /// Reliable, seen before or out of order: it must not be looked at any further.
    Ignored,
}

impl Endpoint {
    /// Puts a provisional response to an INVITE of ours into its order.
    pub(crate) fn sort_provisional(&mut self, call: CallId, response: &Message) -> Provisional {
        // 100 is never reliable (RFC 3262 4).
        let is_reliable = response.status().is_some_and(|code| code > 100)
            && response.lists(HeaderName::Require, OPTION_TAG)
            && self.config.supports(OPTION_TAG);
        let (Some(tag), Ok(rseq), Ok(cseq)) = (
            response.to_tag().filter(|_| is_reliable),
            response.number(HeaderName::RSeq),
            response.cseq(),
        ) else {
            return Provisional::Plain;
        };
        let Some(entry) = self.calls.get_mut(&call) else {
            return Provisional::Plain;
        };
        let room = entry.streams.len() < STREAMS_MAX;
        let stream = entry
            .streams
            .iter_mut()
            .find(|stream| stream.remote_tag == tag && stream.cseq == cseq.number);
        match stream {
            Some(stream) if rseq == stream.last_rseq.wrapping_add(1) => stream.last_rseq = rseq,
            Some(_) => return Provisional::Ignored,
            None if !room => return Provisional::Ignored,
            None => entry.streams.push(ReliableStream {
                remote_tag: tag,
                cseq: cseq.number,
                last_rseq: rseq,
            }),
        }
        Provisional::Reliable(rseq)
    }

    /// Acknowledges a reliable response, or asks the user to.
    pub(crate) fn answer_reliable(
        &mut self,
        now: Instant,
        call: CallId,
        invite: &Message,
        rseq: u32,
        response: Message,
    ) {
        let Some(entry) = self.calls.get_mut(&call) else {
            return;
        };
        let remote_tag = response.to_tag().unwrap_or_default();
        let session = carries_session(&response);
        let known = entry.has_early_answer(&remote_tag, invite);
        let offers = session && !known && !carries_session(invite);
        if session && !known && !offers {
            entry.note_early_answer(remote_tag.clone(), invite);
        }
        let owed = Owed {
            remote_tag,
            cseq: invite.cseq().map_or(0, |cseq| cseq.number),
            rseq,
            offers,
        };
        if offers || self.config.prack_by_user {
            entry.owed.push(owed);
            self.happen(Happening::PrackWanted {
                call,
                response,
                needs_answer: offers,
            });
            return;
        }
        // A peer without a usable address gets none, and repeats in vain.
        let _ = self.send_prack(now, call, &owed, None);
    }

    /// Acknowledges the reliable provisional response of a [`Happening::PrackWanted`]. The body is
    /// the answer to the offer in it, or else may be a new offer once the first is answered
    /// (RFC 3262 5). The end of the PRACK is a [`Happening::RequestDone`].
    ///
    /// # Errors
    /// If the response does not wait for PRACK (any more), or nobody knows where to send it.
    pub fn prack(
        &mut self,
        now: Instant,
        call: CallId,
        response: &Message,
        body: Option<Body>,
    ) -> Result<RequestId, SendError> {
        let entry = self.calls.get_mut(&call).ok_or(SendError::NoDialog)?;
        let tag = response.to_tag().unwrap_or_default();
        let (rseq, cseq) = (response.number(HeaderName::RSeq), response.cseq());
        let (Ok(rseq), Ok(cseq)) = (rseq, cseq) else {
            return Err(SendError::NothingToAcknowledge);
        };
        let at = entry.owed.iter().position(|owed| {
            owed.remote_tag == tag && owed.rseq == rseq && owed.cseq == cseq.number
        });
        let owed = entry
            .owed
            .remove(at.ok_or(SendError::NothingToAcknowledge)?);
        if owed.offers {
            entry.early_answers.push((tag, owed.cseq));
        }
        self.send_prack(now, call, &owed, body)
    }

    fn send_prack(
        &mut self,
        now: Instant,
        call: CallId,
        owed: &Owed,
        body: Option<Body>,
    ) -> Result<RequestId, SendError> {
        let entry = self.calls.get(&call).ok_or(SendError::NoDialog)?;
        let dialog = entry.known_dialog(&owed.remote_tag);
        let next_hop = dialog.ok_or(SendError::NoDialog)?.routing().next_hop;
        let target = self.target_in_call(call, &next_hop)?;
        let entry = self.calls.get_mut(&call).ok_or(SendError::NoDialog)?;
        let dialog = entry.dialog_with(&owed.remote_tag);
        let dialog = dialog.ok_or(SendError::NoDialog)?;
        dialog.skip_numbers(self.config.cseq_gap());
        let mut builder = dialog.request(&Method::Prack);
        let cseq = CSeq {
            number: owed.cseq,
            method: Method::Invite,
        };
        let rack = RAck {
            rseq: owed.rseq,
            cseq,
        };
        builder.push(HeaderName::RAck, rack.to_string());
        let offers = body.is_some() && !owed.offers;
        if let Some(body) = body {
            builder.set_body(&body.content_type, body.bytes);
        }
        let purpose = Purpose::Plain(Some(call));
        let request = self.launch(now, Method::Prack, builder, target, purpose);
        if let Some(entry) = self.calls.get_mut(&call)
            && offers
        {
            entry.offers.push((request, owed.remote_tag.clone()));
        }
        Ok(request)
    }
}

impl Call {
    /// The offer or the request for one in this INVITE was answered in a reliable provisional
    /// response.
    pub(crate) fn has_early_answer(&self, remote_tag: &str, invite: &Message) -> bool {
        let number = invite.cseq().map_or(0, |cseq| cseq.number);
        let mut answers = self.early_answers.iter();
        answers.any(|(tag, cseq)| tag == remote_tag && *cseq == number)
    }

    fn note_early_answer(&mut self, remote_tag: String, invite: &Message) {
        let number = invite.cseq().map_or(0, |cseq| cseq.number);
        self.early_answers.push((remote_tag, number));
    }

    /// The INVITE went out again under a new number: what was acknowledged belongs to the old one.
    pub(crate) fn forget_streams(&mut self) {
        self.streams.clear();
        self.owed.clear();
        self.early_answers.clear();
    }
}
