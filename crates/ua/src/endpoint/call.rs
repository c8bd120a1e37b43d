//! What an endpoint keeps of a call.

use std::time::Instant;

use bytes::Bytes;
use gannet_sip::{Message, NameAddr};

use super::happening::RequestId;
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
}

/// A 2xx of ours that is repeated until its ACK comes (RFC 3261 13.3.1.4).
#[derive(Debug, Clone)]
pub(crate) struct PendingOk {
    pub(crate) cseq: u32,
    pub(crate) transaction: TransactionId,
    pub(crate) bytes: Bytes,
    pub(crate) resend: Backoff,
    pub(crate) give_up: Instant,
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
    pub(crate) contact: Option<NameAddr>,
    pub(crate) early: Vec<Dialog>,
    pub(crate) dialog: Option<Dialog>,
    /// The caller's first INVITE while it has no final response.
    pub(crate) request: Option<RequestId>,
    /// A provisional response came, be it 100: CANCEL may be sent.
    pub(crate) trying: bool,
    pub(crate) cancel: Cancel,
    pub(crate) acks: Vec<SentAck>,
    /// The 2xx that waits for `acknowledge`.
    pub(crate) unanswered: Option<Message>,
    /// The callee's server transaction and where the INVITE came from.
    pub(crate) server: Option<(TransactionId, Target)>,
    pub(crate) pending: Vec<PendingOk>,
    /// A re-INVITE of theirs that the user has not answered.
    pub(crate) reinvite: Option<TransactionId>,
    /// A re-INVITE of ours without a final response.
    pub(crate) reinviting: bool,
    /// BYE waits for the ACK (RFC 3261 15).
    pub(crate) bye_wanted: Option<Vec<(String, String)>>,
    pub(crate) remove_at: Option<Instant>,
    /// Under which deadline the call is filed.
    pub(crate) filed: Option<Instant>,
}

impl Call {
    pub(crate) const fn new(
        state: CallState,
        sip_call_id: String,
        local_tag: String,
        invite: Message,
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
            unanswered: None,
            server: None,
            pending: Vec::new(),
            reinvite: None,
            reinviting: false,
            bye_wanted: None,
            remove_at: None,
            filed: None,
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
        [pending, cancel, self.remove_at]
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
}
