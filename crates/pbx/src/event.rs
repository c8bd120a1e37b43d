//! What happens at the server, for those who watch.

use std::time::Duration;

use crate::config::Diversion;
use crate::snapshot::Service;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PbxEvent {
    /// A contact was bound, or its time was prolonged.
    Registered {
        /// The user.
        user: String,
        /// The contact URI.
        contact: String,
        /// Time granted.
        expires: Duration,
        /// False if it was bound before.
        new: bool,
    },
    /// A contact is not bound any more.
    Unregistered {
        /// The user.
        user: String,
        /// The contact URI.
        contact: String,
        /// True if its time ran out, false if it was removed.
        expired: bool,
    },
    /// A call came in.
    CallStarted {
        /// Its number.
        call: u64,
        /// The caller.
        caller: String,
        /// What was dialled.
        called: String,
    },
    /// A call left the phones of its callee.
    CallDiverted {
        /// Its number.
        call: u64,
        /// Whose phones.
        user: String,
        /// Why.
        reason: Diversion,
        /// Where it goes: a user part, or `None` for the user's voicemail.
        to: Option<String>,
    },
    /// A call was answered.
    CallAnswered {
        /// Its number.
        call: u64,
        /// Who answered.
        callee: String,
        /// Set if the server did.
        service: Option<Service>,
    },
    /// A call is over.
    CallEnded {
        /// Its number.
        call: u64,
        /// The code that the caller got, if it was not answered.
        refused: Option<u16>,
    },
    /// A message was left.
    VoicemailStored {
        /// Whose mailbox.
        user: String,
        /// Who left it.
        from: String,
        /// Its length.
        length: Duration,
    },
    /// A recording was thrown away.
    VoicemailDiscarded {
        /// Whose mailbox.
        user: String,
        /// Its length.
        length: Duration,
        /// Why.
        why: &'static str,
    },
    /// A message was deleted by its owner.
    VoicemailDeleted {
        /// Whose mailbox.
        user: String,
        /// Who had left it.
        from: String,
    },
    /// A NOTIFY about messages was answered with 2xx.
    MwiDelivered {
        /// Whose mailbox.
        user: String,
        /// True inside a subscription.
        subscribed: bool,
    },
    /// What a device of a user published about their presence is new, other than before, or gone.
    Published {
        /// The user.
        user: String,
    },
    /// Something went wrong that nobody was told by SIP.
    Trouble {
        /// What.
        what: String,
    },
}
