//! Hold (RFC 3264 8.4).

use std::time::Instant;

use super::handle::Phone;
use crate::call::{CallHandle, CallState};
use crate::error::PhoneError;

impl Phone {
    /// Puts the other side of a call on hold by re-INVITE and waits for its answer. The other side
    /// hears silence from then on. If both sides offer at once it is tried again (RFC 3261 14.1).
    ///
    /// # Errors
    /// If the call is not connected, or the re-INVITE is refused: then all stays as it was.
    pub async fn hold(&self, call: CallHandle, deadline: Instant) -> Result<(), PhoneError> {
        self.change_hold(call, true, deadline).await
    }

    /// Ends [`Self::hold`].
    ///
    /// # Errors
    /// As [`Self::hold`].
    pub async fn resume(&self, call: CallHandle, deadline: Instant) -> Result<(), PhoneError> {
        self.change_hold(call, false, deadline).await
    }

    async fn change_hold(
        &self,
        call: CallHandle,
        holds: bool,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        let done = self
            .ask(move |actor, now| actor.change_hold(now, call, holds))
            .await??;
        let phone = self.name().to_owned();
        let waited_for = "200 to re-INVITE".to_owned();
        match tokio::time::timeout_at(deadline.into(), done).await {
            Ok(Ok(result)) => result,
            // The change went away with its call.
            Ok(Err(_)) => match self.state().call(call).map(|record| record.state.clone()) {
                Some(CallState::Ended(end)) => Err(PhoneError::CallEnded {
                    phone,
                    waited_for,
                    end,
                }),
                _ => Err(PhoneError::Off { phone }),
            },
            Err(_) => Err(PhoneError::TimedOut {
                phone,
                waited_for,
                instead: "none came".to_owned(),
            }),
        }
    }
}
