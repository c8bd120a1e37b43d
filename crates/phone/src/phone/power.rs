//! Power, connection, and a clean end.

use std::sync::PoisonError;
use std::time::Instant;

use super::handle::Phone;
use crate::actor::Actor;
use crate::error::PhoneError;
use crate::flows::{FlowState, FlowStatus};
use crate::state::Power;

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

    /// Ends the phone cleanly: [`Self::take_leave`], then [`Self::close`]. The sockets are closed at
    /// the deadline at the latest.
    ///
    /// # Errors
    /// What did not work before the sockets were closed.
    pub async fn stop(&self, unregister: bool, deadline: Instant) -> Result<(), PhoneError> {
        let left = self.take_leave(unregister, deadline).await;
        left.and(self.close().await)
    }

    /// Ends what the phone has begun, as one that is switched off properly does: it hangs up its
    /// calls and, if asked to, ends its subscriptions, removes its publications and its contacts.
    /// Calls that do not end in time keep it from none of that. A phone without power or connection
    /// says nothing to anybody; its calls are over.
    ///
    /// # Errors
    /// What came first of all that did not work.
    pub async fn take_leave(&self, unregister: bool, deadline: Instant) -> Result<(), PhoneError> {
        match self.state().power {
            Power::On => {}
            Power::Disconnected => return self.power_off().await,
            Power::Off => return Ok(()),
        }
        // The end must not take longer for what was to go wrong on purpose.
        self.behave().await?;
        self.ask(Actor::hang_up_all).await?;
        if !unregister {
            return self.wait_idle(deadline).await;
        }
        let now = Instant::now();
        let time = deadline.saturating_duration_since(now);
        let idle = self.wait_idle(now + time / 2).await;
        let ended = self.end_events(now + time * 3 / 4).await;
        let bound = |flow: &FlowState| flow.status != FlowStatus::Failed;
        let removed = if self.state().flows.iter().any(bound) {
            self.unregister(deadline).await
        } else {
            Ok(())
        };
        idle.and(ended).and(removed)
    }

    /// Closes the sockets of the phone. It can do nothing any more.
    ///
    /// # Errors
    /// If the phone was stopped before.
    pub async fn close(&self) -> Result<(), PhoneError> {
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
        stopped
    }
}
