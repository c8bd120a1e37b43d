//! The races there are.

use super::{duels, registrations, sessions, subscriptions, transfers};
use crate::report::Report;

/// A race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Race {
    /// The caller gives up while the callee answers: CANCEL against 200 (RFC 3261 9.1, 15).
    CancelAnswer,
    /// Both sides change the session: re-INVITE against re-INVITE (RFC 3261 14).
    Reinvites,
    /// One side hangs up while the other changes the session: BYE against re-INVITE
    /// (RFC 5407 3.2.2).
    ByeReinvite,
    /// One side asks the other for another call while the call is held: REFER against re-INVITE
    /// (RFC 3515 2.4.2).
    ReferHeld,
    /// A session is refreshed while it expires: UPDATE or re-INVITE against BYE (RFC 4028 10).
    SessionRefresh,
    /// A binding expires while its REGISTER is on the way (RFC 3261 10.3).
    RegistrationRefresh,
    /// A subscription expires while its SUBSCRIBE is on the way: SUBSCRIBE against the last NOTIFY
    /// (RFC 6665 4.1.2.2, 4.2.2).
    SubscriptionRefresh,
}

/// What came of one race.
#[derive(Debug, Clone, PartialEq)]
pub struct RaceReport {
    /// What the judges found.
    pub report: Report,
    /// The two messages were under way at the same time, each towards the sender of the other.
    pub crossed: bool,
    /// How it ended, in a few words.
    pub outcome: &'static str,
}

impl Race {
    /// All races.
    pub const ALL: [Self; 7] = [
        Self::CancelAnswer,
        Self::Reinvites,
        Self::ByeReinvite,
        Self::ReferHeld,
        Self::SessionRefresh,
        Self::RegistrationRefresh,
        Self::SubscriptionRefresh,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CancelAnswer => "CANCEL against 200",
            Self::Reinvites => "re-INVITE against re-INVITE",
            Self::ByeReinvite => "BYE against re-INVITE",
            Self::ReferHeld => "REFER while held",
            Self::SessionRefresh => "session refresh against expiry",
            Self::RegistrationRefresh => "REGISTER against expiry",
            Self::SubscriptionRefresh => "SUBSCRIBE against expiry",
        }
    }

    /// Plays it. The report has a ladder if something is wrong, or if `with_ladder` asks for it.
    pub fn run(self, seed: u64, with_ladder: bool) -> RaceReport {
        match self {
            Self::CancelAnswer | Self::Reinvites | Self::ByeReinvite => {
                duels::run(self, seed, with_ladder)
            }
            Self::ReferHeld => transfers::run(seed, with_ladder),
            Self::SessionRefresh => sessions::run(seed, with_ladder),
            Self::RegistrationRefresh => registrations::run(seed, with_ladder),
            Self::SubscriptionRefresh => subscriptions::run(seed, with_ladder),
        }
    }
}
