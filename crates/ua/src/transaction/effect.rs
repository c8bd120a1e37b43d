//! What a transaction wants done.

use bytes::Bytes;
use gannet_sip::Message;
use smallvec::SmallVec;

/// What a step asks for; nearly always one thing or two.
pub(crate) type Effects = SmallVec<[Effect; 2]>;

/// One step that a state machine asks for; the layer carries them out in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Send these bytes to the transaction's target.
    Send(Bytes),
    /// Give a response to the transaction user.
    Response(Message),
    /// Timer B or F: no final response.
    TimedOut,
    /// Timer H: no ACK for a final response other than 2xx.
    AckMissing,
    /// The ACK for a final response other than 2xx came.
    AckReceived,
    /// The transaction user never gave a final response.
    Unanswered,
}
