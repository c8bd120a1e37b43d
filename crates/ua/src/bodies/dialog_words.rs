//! The words of dialog documents (RFC 4235 3.7.1, 4.1).

use std::fmt;

/// Who began a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DialogDirection {
    /// The entity sent the INVITE.
    Initiator,
    /// The entity got it.
    Recipient,
}

impl DialogDirection {
    /// The word in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Recipient => "recipient",
        }
    }
}

/// Where a dialog stands (RFC 4235 3.7.1), in the order in which it gets there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum DialogStage {
    /// INVITE was sent or received.
    #[default]
    Trying,
    /// A provisional response without tag.
    Proceeding,
    /// A provisional response with a tag: somebody rings.
    Early,
    /// A 2xx.
    Confirmed,
    /// Over.
    Terminated,
}

impl DialogStage {
    /// The word in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trying => "trying",
            Self::Proceeding => "proceeding",
            Self::Early => "early",
            Self::Confirmed => "confirmed",
            Self::Terminated => "terminated",
        }
    }

    /// The stage for a word, in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Trying,
            Self::Proceeding,
            Self::Early,
            Self::Confirmed,
            Self::Terminated,
        ]
        .into_iter()
        .find(|stage| word.eq_ignore_ascii_case(stage.as_str()))
    }
}

impl fmt::Display for DialogStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What brought a dialog to its state (RFC 4235 4.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogEvent {
    /// CANCEL.
    Cancelled,
    /// A final response from 300 to 699.
    Rejected,
    /// An INVITE with Replaces.
    Replaced,
    /// BYE of the entity.
    LocalBye,
    /// BYE of the other side.
    RemoteBye,
    /// A transport error or a response that makes no sense.
    Error,
    /// Nobody answered.
    Timeout,
    /// Any other word.
    Other(String),
}

impl DialogEvent {
    /// The event for a word.
    pub fn new(word: &str) -> Self {
        let known = [
            Self::Cancelled,
            Self::Rejected,
            Self::Replaced,
            Self::LocalBye,
            Self::RemoteBye,
            Self::Error,
            Self::Timeout,
        ];
        let mut known = known.into_iter();
        known
            .find(|event| word.eq_ignore_ascii_case(event.as_str()))
            .unwrap_or_else(|| Self::Other(word.to_owned()))
    }

    /// The word in the document.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
            Self::Replaced => "replaced",
            Self::LocalBye => "local-bye",
            Self::RemoteBye => "remote-bye",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Other(word) => word,
        }
    }
}
