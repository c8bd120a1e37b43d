//! Waiting for something that tells nobody when it happens.

use std::time::{Duration, Instant};

/// Looks again and again until there is what is waited for; each look is told the time.
///
/// # Errors
/// With what the last look saw instead, at the deadline.
pub(crate) async fn look_until<T, E>(
    deadline: Instant,
    every: Duration,
    mut look: impl FnMut(Instant) -> Result<T, E>,
) -> Result<T, E> {
    loop {
        let now = Instant::now();
        match look(now) {
            Ok(found) => return Ok(found),
            Err(instead) if now >= deadline => return Err(instead),
            Err(_) => {}
        }
        tokio::time::sleep_until((now + every).min(deadline).into()).await;
    }
}
