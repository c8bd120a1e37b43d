//! What a user is like.

use std::time::Duration;

use gannet_ua::SessionPolicy;

/// Probabilities and times by which a user acts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habits {
    /// The registration is tried with a wrong password.
    pub wrong_password: bool,
    /// The lifetime asked for.
    pub expires: Duration,
    /// It is asked for in Contact instead of Expires.
    pub expires_in_contact: bool,
    /// Callers must prove who they are: the first INVITE gets 407.
    pub challenges_callers: bool,
    /// Probability of giving up a call that rings, at a random time.
    pub cancels: f64,
    /// Probability of calling without an offer.
    pub delays_offer: f64,
    /// Probability of answering a call that came; else it is refused or not answered.
    pub answers: f64,
    /// Probability of refusing a call that is not answered.
    pub refuses: f64,
    /// Probability of answering without ringing first.
    pub answers_at_once: f64,
    /// Probability of changing the session once by re-INVITE.
    pub reinvites: f64,
    /// Probability of refusing a change of the session.
    pub refuses_changes: f64,
    /// A re-INVITE that met one of the other side is tried again, at the time that RFC 3261 14.1
    /// says.
    pub tries_again: bool,
    /// Session timers (RFC 4028).
    pub session: Option<SessionPolicy>,
    /// How long before its end a registration is refreshed.
    pub refresh_before: Duration,
    /// Probability of sending INFO once.
    pub informs: f64,
    /// Probability of hanging up at a whole multiple of five seconds, as the other may, too.
    pub punctual: f64,
    /// The shortest talk, milliseconds.
    pub talk_from_ms: u64,
    /// So much longer it may be, milliseconds.
    pub talk_ms: u64,
}

impl Habits {
    /// Somebody who answers, talks for 20 to 30 seconds, hangs up, and does nothing by chance.
    pub const QUIET: Self = Self {
        wrong_password: false,
        expires: Duration::from_mins(1),
        expires_in_contact: false,
        challenges_callers: false,
        cancels: 0.0,
        delays_offer: 0.0,
        answers: 1.0,
        refuses: 0.0,
        answers_at_once: 0.0,
        reinvites: 0.0,
        refuses_changes: 0.0,
        tries_again: true,
        session: None,
        refresh_before: Duration::from_secs(10),
        informs: 0.0,
        punctual: 0.0,
        talk_from_ms: 20_000,
        talk_ms: 10_000,
    };

    /// Habits that a seed chooses.
    pub fn draw(rng: &mut fastrand::Rng) -> Self {
        Self {
            wrong_password: rng.u8(0..30) == 0,
            expires: Duration::from_secs(rng.u64(20..=120)),
            expires_in_contact: rng.bool(),
            challenges_callers: rng.u8(0..5) == 0,
            cancels: 0.4,
            delays_offer: 0.2,
            answers: 0.65,
            refuses: 0.6,
            answers_at_once: 0.25,
            reinvites: 0.3,
            refuses_changes: 0.2,
            tries_again: false,
            session: None,
            refresh_before: Duration::from_secs(10),
            informs: 0.2,
            punctual: 0.3,
            talk_from_ms: 0,
            // Short talks race the handshake, long ones outlast every timer of it.
            talk_ms: match rng.u8(0..8) {
                0 | 1 => 700,
                2 => 90_000,
                _ => 15_000,
            },
        }
    }
}
