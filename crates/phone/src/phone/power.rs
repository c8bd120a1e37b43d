//! Power, connection, and a clean end.

use std::sync::PoisonError;
use std::time::Instant;

use super::handle::Phone;
use crate::actor::Actor;
use crate::error::PhoneError;

impl Phone {
    /// Switches the phone off without a word to anybody: calls, registration and subscriptions are
    /// forgotten, nothing is sent or received any more. Do-not-disturb and what happens to calls
    /// that come in stay as they were set.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn power_off(&self) -> Result<(), PhoneError> {
        self.ask(Actor::power_off).await
    }

    /// Switches the phone on again at the same address, as after a reboot. It does not register by
    /// itself.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn power_on(&self) -> Result<(), PhoneError> {
        self.ask(|actor, _| actor.power_on()).await
    }

    /// Cuts the phone off: it works on, but nothing leaves it and nothing reaches it.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn lose_connection(&self) -> Result<(), PhoneError> {
        self.ask(|actor, _| actor.set_connected(false)).await
    }

    /// Ends [`Self::lose_connection`].
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn regain_connection(&self) -> Result<(), PhoneError> {
        self.ask(|actor, _| actor.set_connected(true)).await
    }

    /// Ends the phone cleanly: hangs up its calls, ends its subscriptions and publications and removes its contact if
    /// asked and registered, closes its sockets. The sockets are closed at the deadline at the latest.
    ///
    /// # Errors
    /// What did not work before the sockets were closed.
    pub async fn stop(&self, unregister: bool, deadline: Instant) -> Result<(), PhoneError> {
        let farewell = self.farewell(unregister, deadline).await;
        let stopped = self.ask(|actor, _| actor.finish()).await;
        let task = self
            .inner
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(task) = task {
            // A panic of the task was reported by the runtime already.
            let _ = task.await;
        }
        farewell.and(stopped)
    }

    async fn farewell(&self, unregister: bool, deadline: Instant) -> Result<(), PhoneError> {
        // The end must not take longer for what was to go wrong on purpose.
        self.behave().await?;
        self.ask(Actor::hang_up_all).await?;
        let idle = self.wait_idle(deadline).await;
        if unregister && self.state().registration.is_registered() {
            self.ask(Actor::unsubscribe_mwi).await?;
            self.end_events(deadline).await?;
            self.unregister(deadline).await?;
        }
        idle
    }
}
