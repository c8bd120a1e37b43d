//! What a phone shows of itself.

use std::time::{Duration, Instant};

use gannet_sip::Message;

use crate::call::{CallHandle, CallRecord};
use crate::inbox::Inbox;
use crate::mwi::MessageSummary;
use crate::policy::IncomingPolicy;
use crate::transfer::TransferRecord;

/// A snapshot of a phone.
#[derive(Debug, Clone)]
pub struct PhoneState {
    /// The registration.
    pub registration: RegistrationState,
    /// How many REGISTERs and their repetitions have come to an end.
    pub registrations_done: u64,
    /// All calls in the order in which they began, ended ones too.
    pub calls: Vec<CallRecord>,
    /// Do not disturb.
    pub dnd: bool,
    /// What happens to calls that come in.
    pub incoming: IncomingPolicy,
    /// Message waiting.
    pub mwi: MwiState,
    /// Texts that came.
    pub inbox: Inbox,
    /// Transfers that the phone asked others for, oldest first.
    pub transfers: Vec<TransferRecord>,
    /// How many transfers of others wait for the user's decision.
    pub transfers_waiting: usize,
    /// How many requests wait for an answer by hand.
    pub left_open: usize,
    /// Whether the phone has power and a connection.
    pub power: Power,
}

impl PhoneState {
    pub(crate) const fn new() -> Self {
        Self {
            registration: RegistrationState::Unregistered,
            registrations_done: 0,
            calls: Vec::new(),
            dnd: false,
            incoming: IncomingPolicy::Ring,
            mwi: MwiState {
                subscription: MwiSubscription::None,
                summary: None,
                notified: 0,
            },
            inbox: Inbox::new(),
            transfers: Vec::new(),
            transfers_waiting: 0,
            left_open: 0,
            power: Power::On,
        }
    }

    /// The call with this handle.
    pub fn call(&self, handle: CallHandle) -> Option<&CallRecord> {
        self.calls.iter().find(|call| call.handle == handle)
    }

    /// The call that began last.
    pub fn latest_call(&self) -> Option<&CallRecord> {
        self.calls.last()
    }

    /// The calls that have not ended.
    pub fn open_calls(&self) -> impl DoubleEndedIterator<Item = &CallRecord> {
        self.calls.iter().filter(|call| call.state.is_open())
    }
}

/// Where the registration stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationState {
    /// No registration, or removed.
    Unregistered,
    /// REGISTER is on its way for the first time.
    Registering,
    /// The contact is bound.
    Registered {
        /// The granted lifetime.
        expires: Duration,
        /// When the last 200 came.
        since: Instant,
    },
    /// The last REGISTER failed.
    Failed {
        /// The status code; 408 for no answer, 503 for not delivered.
        code: u16,
        /// The response, if one came.
        response: Option<Box<Message>>,
    },
}

impl RegistrationState {
    /// True while the contact is bound.
    pub const fn is_registered(&self) -> bool {
        matches!(self, Self::Registered { .. })
    }
}

impl std::fmt::Display for RegistrationState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unregistered => f.write_str("the phone is not registered"),
            Self::Registering => f.write_str("REGISTER has no answer yet"),
            Self::Registered { expires, .. } => {
                write!(f, "the phone is registered for {} s", expires.as_secs())
            }
            Self::Failed { code, .. } => write!(f, "REGISTER failed with {code}"),
        }
    }
}

/// What is known about waiting messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MwiState {
    /// Our subscription.
    pub subscription: MwiSubscription,
    /// The newest message summary, solicited or not.
    pub summary: Option<MessageSummary>,
    /// How many message summaries came.
    pub notified: u64,
}

/// Where the subscription to message-summary stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MwiSubscription {
    /// None.
    None,
    /// SUBSCRIBE has no answer yet.
    Pending,
    /// A 2xx came.
    Active {
        /// The granted lifetime.
        expires: Duration,
    },
    /// Refused or failed with this code.
    Failed {
        /// The status code.
        code: u16,
    },
    /// Ended by either side.
    Terminated,
}

/// Whether a phone takes part in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Power {
    /// It works.
    On,
    /// It works, but nothing leaves it and nothing reaches it.
    Disconnected,
    /// It was switched off without a word, or stopped.
    Off,
}
