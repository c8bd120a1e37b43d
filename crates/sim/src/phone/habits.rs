//! What a user is like.

use std::time::Duration;

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
    /// Probability of sending INFO once.
    pub informs: f64,
    /// Probability of hanging up at a whole multiple of five seconds, as the other may, too.
    pub punctual: f64,
    /// The longest talk, milliseconds.
    pub talk_ms: u64,
}

impl Habits {
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
            informs: 0.2,
            punctual: 0.3,
            // Short talks race the handshake, long ones outlast every timer of it.
            talk_ms: match rng.u8(0..8) {
                0 | 1 => 700,
                2 => 90_000,
                _ => 15_000,
            },
        }
    }
}
