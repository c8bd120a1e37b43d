//! What transactions tell their user.

use gannet_sip::Message;

use crate::target::Target;

/// Number of a transaction, never used again within its layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransactionId(pub(crate) u64);

/// What the layer tells the transaction user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionEvent {
    /// A response to a request of ours; for INVITE every 2xx, also repeated ones.
    Response {
        /// The client transaction.
        id: TransactionId,
        /// The response.
        message: Message,
    },
    /// Timer B or F fired: no final response came.
    TimedOut {
        /// The client transaction.
        id: TransactionId,
    },
    /// The transport could not deliver the request.
    TransportFailed {
        /// The client transaction.
        id: TransactionId,
    },
    /// A new request other than ACK and CANCEL.
    Request {
        /// The server transaction; answer by
        /// [`TransactionLayer::respond`](super::TransactionLayer::respond).
        id: TransactionId,
        /// The request.
        message: Message,
        /// Where it came from.
        source: Target,
        /// True if the same request came before over another way: answer 482
        /// (RFC 3261 8.2.2.2).
        merged: bool,
    },
    /// A CANCEL.
    Cancel {
        /// The server transaction of the CANCEL itself.
        id: TransactionId,
        /// The INVITE that it cancels, if there is one that still has no final response.
        invite: Option<TransactionId>,
        /// True if an INVITE matches, answered or not: answer 200, else 481 (RFC 3261 9.2).
        matches: bool,
        /// The request.
        message: Message,
        /// Where it came from.
        source: Target,
    },
    /// An ACK for a 2xx.
    Ack {
        /// The request.
        message: Message,
        /// Where it came from.
        source: Target,
    },
    /// The ACK for a final response other than 2xx came.
    FailureAcknowledged {
        /// The server transaction.
        id: TransactionId,
    },
    /// Timer H: no ACK for a final response other than 2xx.
    AckMissing {
        /// The server transaction.
        id: TransactionId,
    },
    /// A request other than INVITE got no final response from the transaction user while its client
    /// still waited; the transaction has ended without one (RFC 4320 4.2).
    Unanswered {
        /// The server transaction.
        id: TransactionId,
    },
    /// A response that belongs to no transaction.
    StrayResponse {
        /// The response.
        message: Message,
        /// Where it came from.
        source: Target,
    },
    /// Bytes that are neither a request nor a response, or that lack what identifies them.
    Unusable {
        /// What came.
        message: Message,
        /// Where it came from.
        source: Target,
    },
}
