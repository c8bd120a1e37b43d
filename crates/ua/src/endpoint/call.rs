//! What an endpoint keeps of a call.

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::Message;

use super::callee_forks::Family;
use super::happening::{CallId, RequestId};
use super::prack::{Owed, ReliableStream};
use super::reliable_queue::ReliableQueue;
use super::session_timers::CallSession;
use crate::dialog::Dialog;
use crate::target::Target;
use crate::timers::Backoff;
use crate::transaction::TransactionId;

/// Where a call stands.
///
/// ```text
///  caller: Calling ---2xx---> Confirmed (or NeedsAnswer until acknowledge) --BYE--> Ending --> Ended
///  callee: Incoming --accept--> Accepted --ACK--> Confirmed --BYE--> Ending --> Ended
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallState {
    /// Our INVITE has no final response.
    Calling,
    /// Their INVITE has no final response.
    Incoming,
    /// Their 2xx has an offer; our ACK with the answer is still to come.
    NeedsAnswer,
    /// Our 2xx has no ACK.
    Accepted,
    /// ACK went through.
    Confirmed,
    /// Our BYE has no response.
    Ending,
    /// Over; remembered for what may still be repeated.
    Ended,
}

/// How far giving up a call has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cancel {
    /// Nobody wants to.
    No,
    /// CANCEL waits for the first provisional response (RFC 3261 9.1).
    Wanted(Vec<(String, String)>),
    /// CANCEL is out; without a final response the call is dropped at this time.
    Sent { give_up: Instant },
}

/// An ACK that we sent for a 2xx, to be sent again when the 2xx comes again.
#[derive(Debug, Clone)]
pub(crate) struct SentAck {
    pub(crate) remote_tag: String,
    pub(crate) cseq: u32,
    pub(crate) bytes: Bytes,
    pub(crate) target: Target,
    /// When the INVITE's transaction has ended and no 2xx can come any more (timer M).
    pub(crate) until: Instant,
}

/// A 2xx whose ACK waits for the user's answer to the offer in it.
#[derive(Debug)]
pub(crate) struct Unanswered {
    pub(crate) invite: Message,
    pub(crate) response: Message,
}

/// A 2xx of ours that is repeated until its ACK comes (RFC 3261 13.3.1.4).
#[derive(Debug, Clone)]
pub(crate) struct PendingOk {
    pub(crate) cseq: u32,
    pub(crate) transaction: TransactionId,
    pub(crate) code: u16,
    pub(crate) bytes: Bytes,
    pub(crate) resend: Backoff,
    pub(crate) give_up: Instant,
    /// It has an offer that only the ACK can answer.
    pub(crate) offers: bool,
}

/// The last provisional response to their INVITE, repeated each minute (RFC 3261 13.3.1.1).
#[derive(Debug, Clone)]
pub(crate) struct Ringing {
    pub(crate) code: u16,
    /// `None` if it was sent reliably: then it is sent anew, with the next RSeq (RFC 3262 3).
    pub(crate) bytes: Option<Bytes>,
    pub(crate) at: Instant,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) state: CallState,
    /// The value of Call-ID.
    pub(crate) sip_call_id: String,
    pub(crate) local_tag: String,
    /// The first INVITE, as last sent or as received.
    pub(crate) invite: Message,
    /// The value of Contact in responses and in requests that refresh the target.
    pub(crate) contact: Option<String>,
    pub(crate) early: Vec<Dialog>,
    pub(crate) dialog: Option<Dialog>,
    /// The caller's first INVITE while it has no final response.
    pub(crate) request: Option<RequestId>,
    /// A provisional response to the INVITE as last sent came, be it 100: CANCEL may be sent.
    pub(crate) trying: bool,
    pub(crate) cancel: Cancel,
    pub(crate) acks: Vec<SentAck>,
    /// INVITE transactions of ours whose 2xx may still be repeated, and until when.
    pub(crate) answered: Vec<(TransactionId, Instant)>,
    /// The 2xx that waits for `acknowledge`.
    pub(crate) unanswered: Option<Unanswered>,
    /// The callee's server transaction.
    pub(crate) server: Option<TransactionId>,
    /// Where the first INVITE came from or went.
    pub(crate) peer: Target,
    pub(crate) ringing: Option<Ringing>,
    /// When their INVITE says that it is not wanted any more (RFC 3261 13.3.1).
    pub(crate) expires_at: Option<Instant>,
    pub(crate) pending: Vec<PendingOk>,
    /// Requests of theirs that the user has not answered, a re-INVITE included.
    pub(crate) open: Vec<TransactionId>,
    /// The re-INVITE among them.
    pub(crate) reinvite: Option<TransactionId>,
    /// A re-INVITE of ours without a final response.
    pub(crate) reinviting: Option<RequestId>,
    /// What we send reliably before the final response to their newest INVITE that wants it.
    pub(crate) reliable: Option<Box<ReliableQueue>>,
    /// The reliable provisional responses that came, by fork and INVITE.
    pub(crate) streams: Vec<ReliableStream>,
    /// Those that the user has to acknowledge.
    pub(crate) owed: Vec<Owed>,
    /// INVITEs of ours, by remote tag and CSeq number, whose exchange of descriptions ended with a
    /// reliable provisional response.
    pub(crate) early_answers: Vec<(String, u32)>,
    /// UPDATEs and PRACKs of ours with an offer that have no final response, with their remote tags.
    pub(crate) offers: Vec<(RequestId, String)>,
    /// The newest Allow of the other side.
    pub(crate) remote_allow: Option<String>,
    /// The call that this one takes the place of once it is accepted (RFC 3891 3).
    pub(crate) replaces: Option<CallId>,
    /// The other early dialogs of the same INVITE of theirs, or whose one this is.
    pub(crate) family: Option<Box<Family>>,
    /// BYE waits for the ACK (RFC 3261 15).
    pub(crate) bye_wanted: Option<Vec<(String, String)>>,
    /// What session timers need; `None` where the endpoint knows nothing of them.
    pub(crate) session: Option<Box<CallSession>>,
    pub(crate) remove_at: Option<Instant>,
}

impl Call {
    pub(crate) fn new(
        state: CallState,
        (sip_call_id, local_tag): (String, String),
        invite: Message,
        peer: Target,
    ) -> Self {
        Self {
            state,
            sip_call_id,
            local_tag,
            invite,
            contact: None,
            early: Vec::new(),
            dialog: None,
            request: None,
            trying: false,
            cancel: Cancel::No,
            acks: Vec::new(),
            answered: Vec::new(),
            unanswered: None,
            server: None,
            peer,
            ringing: None,
            expires_at: None,
            pending: Vec::new(),
            open: Vec::new(),
            reinvite: None,
            reinviting: None,
            reliable: None,
            streams: Vec::new(),
            owed: Vec::new(),
            early_answers: Vec::new(),
            offers: Vec::new(),
            remote_allow: None,
            replaces: None,
            family: None,
            bye_wanted: None,
            session: None,
            remove_at: None,
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let pending = self
            .pending
            .iter()
            .map(|ok| ok.resend.at.min(ok.give_up))
            .min();
        let cancel = match self.cancel {
            Cancel::Sent { give_up } if self.state == CallState::Calling => Some(give_up),
            _ => None,
        };
        let ringing = self.ringing.as_ref().map(|ringing| ringing.at);
        let reliable = self
            .reliable
            .as_ref()
            .and_then(|queue| queue.next_deadline());
        [
            pending,
            cancel,
            ringing,
            reliable,
            self.expires_at,
            self.remove_at,
            self.session_deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The dialog with this remote tag, early ones included.
    pub(crate) fn dialog_with(&mut self, remote_tag: &str) -> Option<&mut Dialog> {
        self.dialog
            .iter_mut()
            .chain(self.early.iter_mut())
            .find(|dialog| dialog.remote_tag == remote_tag)
    }

    /// An INVITE transaction that is not over, in either direction: no other may begin
    /// (RFC 3261 14.1).
    pub(crate) const fn has_open_invite(&self) -> bool {
        self.reinvite.is_some()
            || self.reinviting.is_some()
            || self.unanswered.is_some()
            || !self.pending.is_empty()
            || !matches!(self.state, CallState::Confirmed)
    }

    /// The same, to look at it.
    pub(crate) fn known_dialog(&self, remote_tag: &str) -> Option<&Dialog> {
        self.dialog
            .iter()
            .chain(&self.early)
            .find(|dialog| dialog.remote_tag == remote_tag)
    }

    /// A request of theirs was answered.
    pub(crate) fn close(&mut self, request: TransactionId) {
        self.open.retain(|open| *open != request);
        self.reinvite = self.reinvite.filter(|open| *open != request);
    }

    /// True between the handshake of the first INVITE and the first BYE.
    pub(crate) const fn is_standing(&self) -> bool {
        matches!(self.state, CallState::Confirmed)
    }

    /// True while an offer of either side has no answer: theirs must wait (RFC 3261 14.2,
    /// RFC 5407 3.1.5).
    pub(crate) fn awaits_answer(&self) -> bool {
        self.reinviting.is_some()
            || self.unanswered.is_some()
            || matches!(self.state, CallState::Calling | CallState::NeedsAnswer)
            || self.pending.iter().any(|ok| ok.offers)
            || !self.offers.is_empty()
    }

    /// Forgets what nothing can come back for any more.
    pub(crate) fn prune(&mut self, now: Instant) -> Vec<TransactionId> {
        self.acks.retain(|ack| ack.until > now);
        let (old, young) = std::mem::take(&mut self.answered)
            .into_iter()
            .partition(|(_, until)| *until <= now);
        self.answered = young;
        let old: Vec<_> = old;
        old.into_iter()
            .map(|(transaction, _)| transaction)
            .collect()
    }
}
