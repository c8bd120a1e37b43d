//! Calls as a phone shows them.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::MediaReport;
use gannet_sip::{Message, Uri};

use crate::digits::InfoDigit;

/// Names a call of one phone; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallHandle(pub(crate) u64);

impl fmt::Display for CallHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {}", self.0)
    }
}

/// Who began the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallDirection {
    /// This phone.
    Outgoing,
    /// The other side.
    Incoming,
}

/// Where a call stands.
///
/// ```text
/// Calling ──101-199──► Ringing ──2xx──► Answered ──► Ended
/// Incoming ─────────────────────2xx──►
/// ```
/// Every state may go to `Ended`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallState {
    /// INVITE sent, nothing but perhaps 100 came.
    Calling,
    /// 101 to 199 came: the other side rings, or the network says something.
    Ringing,
    /// A call came in and waits for an answer; the phone rings unless it ignores the call.
    Incoming,
    /// A 2xx was sent or came.
    Answered,
    /// It is over.
    Ended(CallEnd),
}

impl CallState {
    /// True until the call has ended.
    pub const fn is_open(&self) -> bool {
        !matches!(self, Self::Ended(_))
    }
}

impl fmt::Display for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calling => f.write_str("calling"),
            Self::Ringing => f.write_str("ringing at the other side"),
            Self::Incoming => f.write_str("coming in"),
            Self::Answered => f.write_str("answered"),
            Self::Ended(end) => write!(f, "over ({end})"),
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallEnd {
    /// Why.
    pub cause: CallEndCause,
    /// The final response to the INVITE where it decided the end, 408 for none in time, 503 for
    /// not delivered (RFC 3261 8.1.3.1).
    pub code: Option<u16>,
    /// The phrase of that response, or the text of a Reason field in BYE or CANCEL.
    pub reason: Option<String>,
}

impl fmt::Display for CallEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.cause)?;
        match (self.code, &self.reason) {
            (Some(code), Some(reason)) => write!(f, ", {code} {reason}"),
            (Some(code), None) => write!(f, ", {code}"),
            (None, Some(reason)) => write!(f, ", {reason}"),
            (None, None) => Ok(()),
        }
    }
}

/// Why a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallEndCause {
    /// The other side hung up.
    RemoteHangUp,
    /// This phone hung up.
    LocalHangUp,
    /// This phone gave up before an answer came.
    LocalCancel,
    /// The other side gave up before an answer came.
    RemoteCancel,
    /// This phone refused the call.
    LocalReject,
    /// This phone rang until its ring time was over.
    NoAnswer,
    /// The other side or the network refused the call.
    RemoteReject,
    /// Nobody answered the INVITE in time (RFC 3261 17.1.1.2, timer B).
    Timeout,
    /// The INVITE could not be delivered.
    TransportFailed,
    /// The 2xx of this phone was never acknowledged (RFC 3261 13.3.1.4).
    AckMissing,
    /// Nobody refreshed the session in time, or a refresh showed that the other side is gone
    /// (RFC 4028 10): this phone ended the call.
    SessionExpired,
    /// A reliable provisional response of this phone was never acknowledged; the call was refused
    /// with 504 (RFC 3262 3).
    PrackMissing,
    /// Offer and answer found no common media.
    NoCommonMedia,
    /// Another call took its place (RFC 3891).
    Replaced,
    /// This phone forgot it without a word to the other side.
    Vanished,
    /// The phone lost its power or its connection, or was stopped.
    PowerOff,
}

impl fmt::Display for CallEndCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RemoteHangUp => "the other side hung up",
            Self::LocalHangUp => "this phone hung up",
            Self::LocalCancel => "this phone cancelled",
            Self::RemoteCancel => "the caller cancelled",
            Self::LocalReject => "this phone rejected the call",
            Self::NoAnswer => "nobody answered this phone",
            Self::RemoteReject => "the call was refused",
            Self::Timeout => "no response to INVITE",
            Self::TransportFailed => "INVITE could not be delivered",
            Self::AckMissing => "no ACK came",
            Self::SessionExpired => "the session was not refreshed",
            Self::PrackMissing => "no PRACK came",
            Self::NoCommonMedia => "no common media",
            Self::Replaced => "another call took its place",
            Self::Vanished => "this phone went away without a word",
            Self::PowerOff => "this phone went off",
        })
    }
}

/// Who is at the other end, as the phone shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteParty {
    /// The display name, without quotes.
    pub display_name: Option<String>,
    /// The URI: of From for incoming calls, the one called for outgoing ones.
    pub uri: Uri,
}

impl RemoteParty {
    /// Display name, else user part, else host.
    pub fn shown(&self) -> &str {
        self.display_name
            .as_deref()
            .or(self.uri.user.as_deref())
            .unwrap_or(&self.uri.host)
    }
}

/// When a call changed, on the monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallTimes {
    /// INVITE sent or received.
    pub started: Instant,
    /// First 101 to 199 sent or received.
    pub ringing: Option<Instant>,
    /// 2xx sent or received.
    pub answered: Option<Instant>,
    /// ACK for the 2xx sent or received.
    pub confirmed: Option<Instant>,
    /// The end.
    pub ended: Option<Instant>,
}

impl CallTimes {
    pub(crate) const fn new(started: Instant) -> Self {
        Self {
            started,
            ringing: None,
            answered: None,
            confirmed: None,
            ended: None,
        }
    }

    /// From INVITE to the first 101 to 199.
    pub fn post_dial_delay(&self) -> Option<Duration> {
        Some(self.ringing? - self.started)
    }

    /// From INVITE to the 2xx.
    pub fn set_up_time(&self) -> Option<Duration> {
        Some(self.answered? - self.started)
    }
}

/// A session timer of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionView {
    /// How long the session lasts unless it is refreshed.
    pub interval: Duration,
    /// This phone refreshes it.
    pub we_refresh: bool,
    /// How often it was refreshed, by whomever.
    pub refreshes: u32,
}

/// One call of a phone, also after its end.
#[derive(Debug, Clone)]
pub struct CallRecord {
    /// Its name within the phone.
    pub handle: CallHandle,
    /// Who began it.
    pub direction: CallDirection,
    /// Where it stands.
    pub state: CallState,
    /// The other end.
    pub remote: RemoteParty,
    /// The Call-ID value.
    pub sip_call_id: String,
    /// The INVITE that began it, as received or first sent.
    pub invite: Option<Message>,
    /// The newest response to the INVITE or the newest provisional one, for outgoing calls.
    pub response: Option<Message>,
    /// True once 180 came, for outgoing calls: the other side alerts its user.
    pub alerted: bool,
    /// True once the ACK for the 2xx was sent or received.
    pub confirmed: bool,
    /// True while the other side has this phone on hold.
    pub held_by_remote: bool,
    /// True while this phone has the other side on hold.
    pub on_hold: bool,
    /// True if somebody else asked the phone by REFER to make it.
    pub referred: bool,
    /// True if its messages do not pass the phone's server.
    pub around_server: bool,
    /// The INFO packages that the other side takes; `None` if it never said so (RFC 6086 5.2).
    pub remote_packages: Option<Vec<String>>,
    /// The session timer that runs, if one does (RFC 4028).
    pub session: Option<SessionView>,
    /// DTMF keys that came by INFO.
    pub info_digits: Vec<InfoDigit>,
    /// Whether the phone answered by itself because the INVITE asked for it.
    pub answered_as_asked: bool,
    /// When it changed.
    pub times: CallTimes,
    /// The media as counted at the end of the call; `None` before, or if there was none.
    pub media: Option<Arc<MediaReport>>,
}
