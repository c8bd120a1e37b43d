//! Publications of a phone as it shows them.

use std::fmt;
use std::time::Duration;

use gannet_sip::Message;

/// Where a publication stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishStage {
    /// PUBLISH has no answer yet.
    Asking,
    /// The compositor has it.
    Standing {
        /// Its entity tag, if the compositor gave one.
        etag: Option<String>,
        /// The granted lifetime.
        expires: Duration,
    },
    /// Removed, or run out.
    Over,
    /// Refused or failed with this code; 408 for no answer, 503 for not delivered.
    Failed {
        /// The code.
        code: u16,
    },
}

impl PublishStage {
    /// Whether the compositor has it, or may have it soon.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Asking | Self::Standing { .. })
    }
}

impl fmt::Display for PublishStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asking => f.write_str("PUBLISH has no answer yet"),
            Self::Standing { expires, .. } => {
                write!(f, "it is published for {} s", expires.as_secs())
            }
            Self::Over => f.write_str("nothing is published any more"),
            Self::Failed { code } => write!(f, "it failed with {code}"),
        }
    }
}

/// What a phone publishes of itself in one event package.
#[derive(Debug, Clone)]
pub struct Published {
    /// Where it stands.
    pub stage: PublishStage,
    /// How many PUBLISHes have come to an end, those that were repeated with credentials or another
    /// lifetime not counted, nor those after which it was published anew.
    pub answers: u64,
    /// The code of the last end; 408 for none in time, 503 for not delivered.
    pub code: u16,
    /// The last final response.
    pub response: Option<Message>,
    /// The entity tag before the present one.
    pub former_etag: Option<String>,
}

impl Published {
    pub(crate) const fn new() -> Self {
        Self {
            stage: PublishStage::Asking,
            answers: 0,
            code: 0,
            response: None,
            former_etag: None,
        }
    }
}
