//! Session-Expires, Min-SE and the option tag, read and written.

use std::time::Duration;

use gannet_sip::{HeaderName, Message, Method, Params};

/// The option tag of Supported and Require (RFC 4028 3).
pub(crate) const TIMER: &str = "timer";

/// Who refreshes, seen from the transaction in which it was agreed (RFC 4028 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refresher {
    /// The one who sent the request.
    Uac,
    /// The one who answered it.
    Uas,
}

/// What a request says about session timers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) interval: Option<Duration>,
    pub(crate) refresher: Option<Refresher>,
    pub(crate) min_se: Option<Duration>,
    pub(crate) supports: bool,
}

/// What a 2xx says: an interval, and who refreshes, seen from its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Agreed {
    pub(crate) interval: Duration,
    pub(crate) refresher: Refresher,
}

impl Refresher {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uac => "uac",
            Self::Uas => "uas",
        }
    }

    fn read(word: &str) -> Option<Self> {
        let is = |known: &Self| word.eq_ignore_ascii_case(known.as_str());
        [Self::Uac, Self::Uas].into_iter().find(is)
    }
}

impl Asked {
    pub(crate) fn read(request: &Message) -> Self {
        let (interval, refresher) = session_expires(request).unzip();
        Self {
            interval,
            refresher: refresher.flatten(),
            min_se: min_se(request),
            supports: request.lists(HeaderName::Supported, TIMER)
                || request.lists(HeaderName::Require, TIMER),
        }
    }
}

impl Agreed {
    /// What a 2xx settles; `None` if the session does not expire (RFC 4028 7.2).
    pub(crate) fn read(response: &Message) -> Option<Self> {
        let (interval, refresher) = session_expires(response)?;
        Some(Self {
            interval,
            // The parameter must be there (RFC 4028 9); a server that forgot it refreshes nothing.
            refresher: refresher.unwrap_or(Refresher::Uac),
        })
    }

    /// The value of Session-Expires.
    pub(crate) fn text(self) -> String {
        let seconds = self.interval.as_secs();
        format!("{seconds};refresher={}", self.refresher.as_str())
    }
}

/// Interval and refresher of a Session-Expires field. An interval of nothing is none.
pub(crate) fn session_expires(message: &Message) -> Option<(Duration, Option<Refresher>)> {
    let seconds = message.number(HeaderName::SessionExpires).ok()?;
    let value = message.text(HeaderName::SessionExpires)?;
    let params = Params::parse(value.split_once(';').map_or("", |(_, params)| params));
    let refresher = params.get("refresher").and_then(Refresher::read);
    (seconds > 0).then(|| (Duration::from_secs(seconds.into()), refresher))
}

/// Min-SE.
pub(crate) fn min_se(message: &Message) -> Option<Duration> {
    let seconds = message.number(HeaderName::MinSe).ok()?;
    Some(Duration::from_secs(seconds.into()))
}

/// True for the methods that may refresh a session (RFC 4028 2).
pub(crate) const fn may_refresh(method: &Method) -> bool {
    matches!(method, Method::Invite | Method::Update)
}

/// The value of a Session-Expires field of a request.
pub(crate) fn value(interval: Duration, refresher: Option<Refresher>) -> String {
    match refresher {
        Some(refresher) => Agreed {
            interval,
            refresher,
        }
        .text(),
        None => interval.as_secs().to_string(),
    }
}
