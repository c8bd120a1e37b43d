//! Subscriptions of a phone as it shows them.

use std::fmt;
use std::time::Duration;

use gannet_sip::{Message, Uri};
use gannet_ua::bodies::{DialogTable, Presence};
use gannet_ua::endpoint::Body;
use gannet_ua::{EventPackage, SubscriptionState};

use crate::destination::Destination;

/// Names a subscription of one phone; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WatchHandle(pub(crate) u64);

/// What to subscribe to and how.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The event package.
    pub event: EventPackage,
    /// Whose state.
    pub target: Destination,
    /// The asked lifetime; zero asks for the state once.
    pub expires: Duration,
    /// Accept; `None` leaves it to the package's default.
    pub accept: Option<String>,
    /// A filter or whatever else the package has in SUBSCRIBE.
    pub body: Option<Body>,
    /// Whether refreshes name the state that is known (RFC 5839).
    pub conditional: bool,
    /// Whether the phone refreshes it, and begins it anew when it is moved (RFC 6665 4.1.3).
    pub kept: bool,
    /// Past the server, straight to the address in the target's URI.
    pub straight: bool,
    /// Whether each further notifier that the SUBSCRIBE reaches makes a subscription of its own
    /// (RFC 6665 4.1.4).
    pub each_fork: bool,
}

impl Watch {
    /// An ordinary subscription of an hour.
    pub const fn new(event: EventPackage, target: Destination) -> Self {
        Self {
            event,
            target,
            expires: Duration::from_hours(1),
            accept: None,
            body: None,
            conditional: false,
            kept: true,
            straight: false,
            each_fork: false,
        }
    }
}

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchStage {
    /// SUBSCRIBE has no answer yet.
    Asking,
    /// A 2xx came.
    Active {
        /// The granted lifetime.
        expires: Duration,
    },
    /// The notifier ended it; it begins anew by itself.
    Waiting,
    /// Over.
    Over,
    /// Refused or failed with this code; 408 for no answer or no NOTIFY, 503 for not delivered.
    Failed {
        /// The code.
        code: u16,
    },
}

impl WatchStage {
    /// Whether something may still come.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Over | Self::Failed { .. })
    }
}

impl fmt::Display for WatchStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asking => f.write_str("SUBSCRIBE has no answer yet"),
            Self::Active { expires } => write!(f, "it is granted for {} s", expires.as_secs()),
            Self::Waiting => f.write_str("the notifier ended it, and it begins anew"),
            Self::Over => f.write_str("it is over"),
            Self::Failed { code } => write!(f, "it failed with {code}"),
        }
    }
}

/// A subscription, and what was told in it.
#[derive(Debug, Clone)]
pub struct Watching {
    /// Its name.
    pub handle: WatchHandle,
    /// The subscription whose SUBSCRIBE has reached this notifier, too.
    pub fork_of: Option<WatchHandle>,
    /// The event package.
    pub event: EventPackage,
    /// Whose state: the Request-URI of the first SUBSCRIBE.
    pub target: Uri,
    /// Where it stands.
    pub stage: WatchStage,
    /// How many SUBSCRIBEs have come to an end, repetitions with credentials not counted.
    pub answers: u64,
    /// The code of the last end; 408 for none in time, 503 for not delivered.
    pub code: u16,
    /// The last final response to SUBSCRIBE.
    pub answer: Option<Message>,
    /// How many NOTIFYs came.
    pub notified: u64,
    /// What the last one says about the subscription.
    pub state: Option<SubscriptionState>,
    /// The last NOTIFY.
    pub notify: Option<Message>,
    /// The last presence document.
    pub presence: Option<Presence>,
    /// The dialogs, as far as they were told.
    pub dialogs: DialogTable,
    /// Why the body of the last NOTIFY could not be read, if it is of a known kind.
    pub unreadable: Option<String>,
    /// The next document is the first of a new dialog.
    pub(crate) fresh: bool,
    /// A document was missing, and a full one was asked for.
    pub(crate) incomplete: bool,
}

impl Watching {
    pub(crate) fn new(handle: WatchHandle, event: EventPackage, target: Uri) -> Self {
        Self {
            handle,
            fork_of: None,
            event,
            target,
            stage: WatchStage::Asking,
            answers: 0,
            code: 0,
            answer: None,
            notified: 0,
            state: None,
            notify: None,
            presence: None,
            dialogs: DialogTable::new(),
            unreadable: None,
            fresh: false,
            incomplete: false,
        }
    }

    /// The Call-ID, once there was a message.
    pub fn sip_call_id(&self) -> Option<&str> {
        let message = self.notify.as_ref().or(self.answer.as_ref())?;
        message.call_id()
    }
}
