//! Session timers (RFC 4028).

use super::handle::Phone;
use crate::error::PhoneError;
use crate::profile::SessionStyle;

impl Phone {
    /// Changes how the phone uses session timers, as `[session-timers]` of a profile does; it holds
    /// from now on. A call that began without them has none later.
    ///
    /// # Errors
    /// If the phone is stopped.
    pub async fn change_session_timers(
        &self,
        change: impl FnOnce(&mut SessionStyle) + Send + 'static,
    ) -> Result<(), PhoneError> {
        self.ask(move |actor, _| {
            let mut style = actor.session_style();
            change(&mut style);
            actor.set_session_style(style);
        })
        .await
    }
}
