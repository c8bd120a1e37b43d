//! What an endpoint reports.

use gannet_sip::{Message, Method};

use super::referring::ReferChange;
use crate::notice::NoticeChange;
use crate::registration::RegistrationChange;
use crate::subscription::SubscriptionChange;
use crate::target::Target;
use crate::transaction::TransactionId;

/// Number of a call, never used again within its endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub(crate) u64);

/// Number of a request that the user of the endpoint sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub(crate) u64);

/// Number of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegistrationId(pub(crate) u64);

/// Number of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriptionId(pub(crate) u64);

/// Number of a subscription of others to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NoticeId(pub(crate) u64);

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every outcome is a response, and it is moved once"
)]
pub enum Outcome {
    /// A final response.
    Response(Message),
    /// No final response in time: counts as 408 (RFC 3261 8.1.3.1).
    Timeout,
    /// It could not be delivered: counts as 503 (RFC 3261 8.1.3.1).
    TransportFailed,
}

impl Outcome {
    /// The status code, or the one that it counts as.
    pub fn code(&self) -> u16 {
        match self {
            Self::Response(message) => message.status().unwrap_or(500),
            Self::Timeout => 408,
            Self::TransportFailed => 503,
        }
    }

    /// The response, if one came.
    pub const fn response(&self) -> Option<&Message> {
        match self {
            Self::Response(message) => Some(message),
            Self::Timeout | Self::TransportFailed => None,
        }
    }
}

/// Why a call is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndCause {
    /// The other side sent BYE; it was answered 200.
    RemoteBye(Message),
    /// We sent BYE; this is how it ended.
    LocalBye(Outcome),
    /// We gave up before an answer came and the INVITE ended so (487 as a rule).
    LocalCancel(Outcome),
    /// We gave up, but the answer had crossed: it was acknowledged and ended by BYE.
    CancelCrossed,
    /// The other side cancelled; the INVITE was answered 487.
    RemoteCancel(Message),
    /// We refused the call with this code.
    Rejected(u16),
    /// The call was refused or failed.
    Failed(Outcome),
    /// Our 2xx was never acknowledged; BYE was sent (RFC 3261 13.3.1.4).
    AckMissing,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A new call. Answer by `ring`, `accept`, `reject`.
    IncomingCall {
        /// The call.
        call: CallId,
        /// The INVITE.
        invite: Message,
        /// Where it came from.
        source: Target,
        /// The call that it is to take the place of: that one ends when this one is accepted
        /// (RFC 3891 3).
        replaces: Option<CallId>,
    },
    /// 101 to 199 for a call that we make, also repeated and from several forks.
    Progress {
        /// The call.
        call: CallId,
        /// The response.
        response: Message,
    },
    /// A 2xx for a call that we make. ACK has been sent, unless the INVITE had no offer: then
    /// `acknowledge` must be called with the answer.
    Answered {
        /// The call.
        call: CallId,
        /// The response.
        response: Message,
        /// True if `acknowledge` must be called.
        needs_answer: bool,
    },
    /// The ACK for our 2xx came.
    Confirmed {
        /// The call.
        call: CallId,
        /// The ACK, which may carry an answer.
        ack: Message,
    },
    /// The call is over, whatever it was before. Always the last happening of a call.
    CallEnded {
        /// The call.
        call: CallId,
        /// Why.
        cause: EndCause,
    },
    /// A request that the user must answer by `respond`: everything but the first INVITE, ACK, BYE
    /// and CANCEL of calls and NOTIFY of subscriptions. SUBSCRIBE is accepted by `grant` instead.
    Request {
        /// Handle for `respond`.
        request: TransactionId,
        /// The call, if it came inside one.
        call: Option<CallId>,
        /// For SUBSCRIBE: the subscription that it prolongs or ends.
        notice: Option<NoticeId>,
        /// The request.
        message: Message,
        /// Where it came from.
        source: Target,
    },
    /// A request of ours was challenged and sent again with credentials.
    Challenged {
        /// The method.
        method: Method,
        /// The 401 or 407.
        response: Message,
    },
    /// A provisional response to a request sent by `request` or `request_in_call`.
    Provisional {
        /// The request.
        request: RequestId,
        /// The response.
        response: Message,
    },
    /// A request sent by `request` or `request_in_call` is done. A 2xx to a re-INVITE has been
    /// acknowledged.
    RequestDone {
        /// The request.
        request: RequestId,
        /// The call, if it was sent inside one.
        call: Option<CallId>,
        /// How it ended.
        outcome: Outcome,
    },
    /// A registration changed its state.
    Registration {
        /// Which.
        registration: RegistrationId,
        /// What changed.
        change: RegistrationChange,
    },
    /// A subscription changed its state or brought news.
    Subscription {
        /// Which.
        subscription: SubscriptionId,
        /// What changed.
        change: SubscriptionChange,
    },
    /// Something became of a REFER of ours.
    Refer {
        /// Which.
        refer: SubscriptionId,
        /// What.
        change: ReferChange,
    },
    /// Something became of a subscription of others, or of a NOTIFY in it.
    Notice {
        /// Which.
        notice: NoticeId,
        /// What.
        change: NoticeChange,
    },
    /// Something that was dropped: a stray response, an ACK without a call, broken bytes.
    Dropped {
        /// The message.
        message: Message,
        /// Why.
        why: &'static str,
    },
}
