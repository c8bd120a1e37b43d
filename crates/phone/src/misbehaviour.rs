//! What a phone can be told to do wrong on purpose.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_sip::Message;
use gannet_ua::Target;

/// The messages that a misbehaviour is about.
#[derive(Clone)]
pub struct MessageMatch {
    about: String,
    fits: Arc<dyn Fn(&Message) -> bool + Send + Sync>,
}

impl MessageMatch {
    /// Messages for which `fits` holds; `about` says which they are, for people.
    pub fn new(
        about: impl Into<String>,
        fits: impl Fn(&Message) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            about: about.into(),
            fits: Arc::new(fits),
        }
    }

    /// Whether a message is meant.
    pub fn fits(&self, message: &Message) -> bool {
        (self.fits)(message)
    }
}

impl fmt::Debug for MessageMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.about)
    }
}

/// Something that a phone does wrong on purpose, between its user agent and the network. Where
/// several about the same message contradict each other, the one that was told last counts.
#[derive(Debug, Clone)]
pub enum Misbehaviour {
    /// What is received is as if it had never arrived.
    Ignore {
        /// Which messages.
        what: MessageMatch,
        /// How many datagrams, retransmissions included; `None`: all.
        times: Option<u64>,
    },
    /// SIP datagrams are lost, in both directions. Streams repeat what they lose and are left alone.
    Lose {
        /// The probability of each, 0 to 1.
        probability: f64,
        /// The seed of which ones.
        seed: u64,
    },
    /// RTP and RTCP packets of calls from now on are lost, in both directions.
    LoseMedia {
        /// The probability of each, 0 to 1.
        probability: f64,
        /// The seed of which ones.
        seed: u64,
    },
    /// What is sent leaves later, copies and retransmissions too.
    Delay {
        /// Which messages.
        what: MessageMatch,
        /// How much later.
        by: Duration,
    },
    /// What is sent for the first time is sent twice at once.
    Double {
        /// Which messages.
        what: MessageMatch,
    },
    /// What is sent is repeated exactly so often, whatever is answered: after T1, and then each time
    /// after twice as long as before, T2 at most but for INVITE (RFC 3261 17.1.1.2, 17.1.2.2,
    /// 13.3.1.4).
    Retransmit {
        /// Which messages.
        what: MessageMatch,
        /// How often; 0: never.
        times: u32,
    },
}

/// A message that reached the phone's socket and that the phone took no notice of, on purpose.
#[derive(Debug, Clone)]
pub struct IgnoredMessage {
    /// When it came.
    pub at: Instant,
    /// Where from.
    pub peer: Target,
    /// The message.
    pub message: Message,
}
