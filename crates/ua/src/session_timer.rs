//! Session timers (RFC 4028): what is asked for, what is agreed on, when a session must be
//! refreshed and when it is over.

use std::time::{Duration, Instant};

use gannet_sip::{HeaderName, Message, Method, Params};

/// The option tag of Supported and Require (RFC 4028 3).
pub(crate) const TIMER: &str = "timer";
/// The shortest interval where nobody says otherwise (RFC 4028 5).
const MIN_SE: Duration = Duration::from_secs(90);
/// How long before its end a session counts as over, at most (RFC 4028 10).
const MARGIN_MAX: Duration = Duration::from_secs(32);

/// Who refreshes, seen from the transaction in which it was agreed (RFC 4028 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refresher {
    /// The one who sent the request.
    Uac,
    /// The one who answered it.
    Uas,
}

/// How a session is refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefreshMethod {
    /// By UPDATE without a description where the other side's Allow has it, else by re-INVITE
    /// (RFC 4028 7.4).
    Update,
    /// By re-INVITE with the description that counts, unchanged.
    Invite,
}

/// What a user agent that knows session timers wants of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// The interval to ask for. `None`: one is accepted, but not asked for.
    pub expires: Option<Duration>,
    /// The shortest interval that is accepted; a request with less gets 422. RFC 4028 5 allows
    /// nothing below 90 s; less is for tests that must not take minutes.
    pub min_se: Duration,
    /// Who shall refresh. As UAC it is written into the first INVITE, as UAS it holds where the
    /// request leaves the choice (RFC 4028 9). `None`: the other side's choice as UAC, the UAC as
    /// UAS.
    pub refresher: Option<Refresher>,
    /// How.
    pub method: RefreshMethod,
    /// False for a user agent that agrees to refresh and never does it, nor ends the session when it
    /// expires: the other side must.
    pub refreshes: bool,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self {
            expires: None,
            min_se: MIN_SE,
            refresher: None,
            method: RefreshMethod::Update,
            refreshes: true,
        }
    }
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

/// The timer of a session that was agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionTimer {
    pub(crate) interval: Duration,
    /// Refreshing is our side's.
    pub(crate) we_refresh: bool,
    refresh_at: Option<Instant>,
    expire_at: Option<Instant>,
}

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Send a refresh.
    Refresh,
    /// End the session.
    Expire,
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

impl SessionPolicy {
    /// The Min-SE with which a request must be refused; `None` if its interval is long enough. One
    /// who does not know session timers could make nothing of a 422 (RFC 4028 9).
    pub(crate) fn refusal(&self, asked: &Asked) -> Option<Duration> {
        let too_small = asked.interval.is_some_and(|asked| asked < self.min_se);
        (too_small && asked.supports).then_some(self.min_se)
    }

    /// What a 2xx of ours settles (RFC 4028 9, table 2); `None` if the session shall not expire.
    ///
    /// ```text
    /// UAC knows timers | refresher in the request | refresher in the 2xx
    ///        no        |           any            |        uas
    ///        yes       |           none           |   our choice, or as it was
    ///        yes       |           uac            |        uac
    ///        yes       |           uas            |        uas
    /// ```
    pub(crate) fn settle(&self, asked: &Asked, current: Option<&SessionTimer>) -> Option<Agreed> {
        let floor = asked.min_se.unwrap_or_default().max(self.min_se);
        let interval = match asked.interval {
            // Refusing is no use here, so the interval grows (RFC 4028 8.1, erratum 1687).
            Some(interval) if !asked.supports => interval.max(floor),
            // It may be reduced, never raised.
            Some(interval) => match self.expires {
                Some(own) => own.max(floor).min(interval),
                None => interval,
            },
            None => current
                .map(|timer| timer.interval)
                .or(self.expires)?
                .max(asked.min_se.unwrap_or_default()),
        };
        let refresher = match (asked.supports, asked.refresher) {
            (false, _) => Refresher::Uas,
            (true, Some(asked)) => asked,
            (true, None) => match current {
                Some(timer) if timer.we_refresh => Refresher::Uas,
                Some(_) => Refresher::Uac,
                None => self.refresher.unwrap_or(Refresher::Uac),
            },
        };
        Some(Agreed {
            interval,
            refresher,
        })
    }

    /// The fields of a request that may refresh a session, without Supported (RFC 4028 7.1, 7.4).
    /// `min_se` is the largest Min-SE that the other side has sent in this call.
    pub(crate) fn ask(
        &self,
        current: Option<&SessionTimer>,
        min_se: Option<Duration>,
    ) -> Vec<(HeaderName, String)> {
        let Some(interval) = current.map(|timer| timer.interval).or(self.expires) else {
            return Vec::new();
        };
        let own = (self.min_se > MIN_SE).then_some(self.min_se);
        let floor = min_se.max(own);
        let interval = floor.map_or(interval, |floor| interval.max(floor));
        // Who refreshes does not change with who sends; first of all it is left open unless told
        // otherwise (RFC 4028 7.1).
        let refresher = match current {
            Some(timer) if timer.we_refresh => Some(Refresher::Uac),
            Some(_) => Some(Refresher::Uas),
            None => self.refresher,
        };
        let mut fields = vec![(HeaderName::SessionExpires, value(interval, refresher))];
        if let Some(floor) = floor {
            fields.push((HeaderName::MinSe, floor.as_secs().to_string()));
        }
        fields
    }
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

impl SessionTimer {
    /// A session begins, or was refreshed: half of the interval later it wants to be refreshed
    /// (RFC 4028 7.2), the smaller of 32 s and a third before its end it counts as over
    /// (RFC 4028 10).
    pub(crate) fn start(now: Instant, interval: Duration, we_refresh: bool) -> Self {
        let margin = (interval / 3).min(MARGIN_MAX);
        Self {
            interval,
            we_refresh,
            refresh_at: we_refresh.then(|| now + interval / 2),
            expire_at: Some(now + interval - margin),
        }
    }

    /// When to call [`Self::handle_timeout`].
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.refresh_at.into_iter().chain(self.expire_at).min()
    }

    /// What is due now; each thing once.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Option<Due> {
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if is_due(self.expire_at) {
            self.expire_at = None;
            self.refresh_at = None;
            return Some(Due::Expire);
        }
        if is_due(self.refresh_at) {
            self.refresh_at = None;
            return Some(Due::Refresh);
        }
        None
    }

    /// The refresh could not be had; it is tried again then, unless the session is over before.
    pub(crate) fn refresh_again(&mut self, at: Instant) {
        if self.we_refresh && self.expire_at.is_some() {
            self.refresh_at = Some(at);
        }
    }

    /// How long until the session counts as over.
    pub(crate) fn left(&self, now: Instant) -> Duration {
        self.expire_at
            .map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn request(fields: &str) -> Message {
        let text = format!("INVITE sip:b SIP/2.0\n{fields}\n");
        Message::parse(text.replace('\n', "\r\n").into_bytes())
    }

    fn settled(policy: &SessionPolicy, fields: &str, current: Option<&SessionTimer>) -> String {
        let agreed = policy.settle(&Asked::read(&request(fields)), current);
        agreed.map_or_else(|| "none".to_owned(), Agreed::text)
    }

    fn asking(seconds: u64) -> SessionPolicy {
        SessionPolicy {
            expires: Some(s(seconds)),
            ..SessionPolicy::default()
        }
    }

    #[test]
    fn the_refresher_follows_the_table_of_the_rfc() {
        let any = SessionPolicy::default();
        let uas = SessionPolicy {
            refresher: Some(Refresher::Uas),
            ..any
        };
        let cases = [
            ("x: 1800\n", "1800;refresher=uas", "1800;refresher=uas"),
            (
                "x: 1800;refresher=uac\n",
                "1800;refresher=uas",
                "1800;refresher=uas",
            ),
            (
                "x: 1800\nSupported: timer\n",
                "1800;refresher=uac",
                "1800;refresher=uas",
            ),
            (
                "x: 1800;refresher=uac\nk: 100rel, Timer\n",
                "1800;refresher=uac",
                "1800;refresher=uac",
            ),
            (
                "x: 1800 ; Refresher = UAS\nRequire: timer\n",
                "1800;refresher=uas",
                "1800;refresher=uas",
            ),
            ("Supported: timer\n", "none", "none"),
            ("x: never\nSupported: timer\n", "none", "none"),
            ("x: 0\nSupported: timer\n", "none", "none"),
        ];
        for (fields, of_any, of_uas) in cases {
            assert_eq!(settled(&any, fields, None), of_any, "{fields}");
            assert_eq!(settled(&uas, fields, None), of_uas, "{fields}");
        }
    }

    #[test]
    fn an_interval_may_shrink_to_ours_and_not_below_what_either_side_bears() {
        let supported = "Supported: timer\n";
        for (own, fields, expected) in [
            (600, "x: 1800\n", "600;refresher=uac"),
            (600, "x: 300\n", "300;refresher=uac"),
            (100, "x: 1800\nMin-SE: 120\n", "120;refresher=uac"),
            (60, "x: 1800\n", "90;refresher=uac"),
            (600, "", "600;refresher=uac"),
            (600, "Min-SE: 700\n", "700;refresher=uac"),
        ] {
            let fields = format!("{supported}{fields}");
            assert_eq!(settled(&asking(own), &fields, None), expected, "{fields}");
        }
        // Without support in the UAC there is no 422 to raise it by.
        let policy = SessionPolicy::default();
        assert_eq!(settled(&policy, "x: 20\n", None), "90;refresher=uas");
        assert_eq!(
            settled(&asking(600), "", None),
            "600;refresher=uas",
            "our own wish needs nobody's support"
        );
    }

    #[test]
    fn later_requests_leave_roles_and_interval_as_they_are() {
        #[expect(clippy::disallowed_methods, reason = "tests need a first instant")]
        let now = Instant::now();
        let ours = SessionTimer::start(now, s(300), true);
        let theirs = SessionTimer::start(now, s(300), false);
        let policy = asking(600);
        let fields = "Supported: timer\n";
        assert_eq!(
            settled(&policy, fields, Some(&ours)),
            "300;refresher=uas",
            "the UAC forgot it"
        );
        assert_eq!(
            settled(&policy, fields, Some(&theirs)),
            "300;refresher=uac"
        );
        let ask = |timer| policy.ask(Some(timer), Some(s(400)));
        let expected = |refresher: &str| {
            vec![
                (HeaderName::SessionExpires, format!("400;refresher={refresher}")),
                (HeaderName::MinSe, "400".to_owned()),
            ]
        };
        assert_eq!(ask(&ours), expected("uac"));
        assert_eq!(ask(&theirs), expected("uas"));
    }

    #[test]
    fn what_is_asked_for_at_first() {
        assert_eq!(SessionPolicy::default().ask(None, None), []);
        let fields = |policy: SessionPolicy| {
            let fields = policy.ask(None, None).into_iter();
            fields.map(|(_, value)| value).collect::<Vec<_>>()
        };
        assert_eq!(fields(asking(1800)), ["1800"]);
        let strict = SessionPolicy {
            min_se: s(200),
            refresher: Some(Refresher::Uas),
            ..asking(100)
        };
        assert_eq!(fields(strict), ["200;refresher=uas", "200"]);
    }

    #[test]
    fn short_intervals_are_refused_where_it_is_understood() {
        let policy = SessionPolicy::default();
        let refusal = |fields: &str| policy.refusal(&Asked::read(&request(fields)));
        assert_eq!(refusal("x: 89\nSupported: timer\n"), Some(s(90)));
        assert_eq!(refusal("x: 90\nSupported: timer\n"), None);
        assert_eq!(refusal("x: 89\n"), None);
        assert_eq!(refusal("Supported: timer\n"), None);
    }

    #[test]
    fn refreshed_at_half_and_over_a_third_or_32_seconds_before_the_end() {
        #[expect(clippy::disallowed_methods, reason = "tests need a first instant")]
        let now = Instant::now();
        for (interval, refresh, over) in [(90, 45, 60), (1800, 900, 1768), (6, 3, 4)] {
            let mut timer = SessionTimer::start(now, s(interval), true);
            assert_eq!(timer.next_deadline(), Some(now + s(refresh)));
            assert_eq!(timer.handle_timeout(now + s(refresh)), Some(Due::Refresh));
            assert_eq!(timer.handle_timeout(now + s(refresh)), None, "once");
            timer.refresh_again(now + s(refresh) + s(1) / 2);
            assert_eq!(timer.next_deadline(), Some(now + s(refresh) + s(1) / 2));
            assert_eq!(timer.left(now), s(over));
            assert_eq!(timer.handle_timeout(now + s(over)), Some(Due::Expire));
            assert_eq!(timer.next_deadline(), None, "over is over");
            timer.refresh_again(now + s(over));
            assert_eq!(timer.next_deadline(), None);
            let mut theirs = SessionTimer::start(now, s(interval), false);
            assert_eq!(theirs.next_deadline(), Some(now + s(over)));
            theirs.refresh_again(now);
            assert_eq!(theirs.next_deadline(), Some(now + s(over)));
        }
    }
}
