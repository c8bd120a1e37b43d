//! What a user agent wants of session timers, and what comes of it on either side of a request.

use std::time::Duration;

use gannet_sip::HeaderName;

use super::fields::{Agreed, Asked, Refresher, value};
use super::timer::SessionTimer;

/// The shortest interval where nobody says otherwise (RFC 4028 5).
const MIN_SE: Duration = Duration::from_secs(90);

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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use gannet_sip::Message;

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
        assert_eq!(settled(&policy, fields, Some(&theirs)), "300;refresher=uac");
        let ask = |timer| policy.ask(Some(timer), Some(s(400)));
        let expected = |refresher: &str| {
            vec![
                (
                    HeaderName::SessionExpires,
                    format!("400;refresher={refresher}"),
                ),
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
}
