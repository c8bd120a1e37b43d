//! Registration and message waiting.

use std::time::{Duration, Instant};

use super::handle::Phone;
use crate::actor::Actor;
use crate::error::PhoneError;
use crate::mwi::MessageSummary;
use crate::state::{MwiSubscription, PhoneState, RegistrationState};

impl Phone {
    /// Registers, or registers again, for the profile's lifetime or another, and waits for the
    /// outcome. The phone then keeps itself registered.
    ///
    /// # Errors
    /// If the registrar refuses or does not answer.
    pub async fn register(
        &self,
        expires: Option<Duration>,
        deadline: Instant,
    ) -> Result<Duration, PhoneError> {
        let round = self
            .ask(move |actor, now| actor.register(now, expires))
            .await??;
        self.registration_outcome(round, deadline).await
    }

    /// Registers again now, with the lifetime of the last time.
    ///
    /// # Errors
    /// If the phone is not registered, or the registrar refuses or does not answer.
    pub async fn refresh(&self, deadline: Instant) -> Result<Duration, PhoneError> {
        let round = self.ask(Actor::refresh).await??;
        self.registration_outcome(round, deadline).await
    }

    /// Removes the contact from the registrar. Nothing happens if the phone never registered.
    ///
    /// # Errors
    /// If the registrar refuses or does not answer.
    pub async fn unregister(&self, deadline: Instant) -> Result<(), PhoneError> {
        let Some(round) = self.ask(Actor::unregister).await?? else {
            return Ok(());
        };
        // A REGISTER that was under way may succeed first: that is not the end.
        self.wait_state(
            deadline,
            "an answer to REGISTER with expiry 0",
            |state| match &state.registration {
                _ if state.registrations_done <= round => None,
                RegistrationState::Unregistered => Some(Ok(())),
                RegistrationState::Failed { code, response } => {
                    Some(Err(self.refused(*code, response.clone())))
                }
                _ => None,
            },
            |state| state.registration.to_string(),
        )
        .await
    }

    /// Waits until the phone is registered.
    ///
    /// # Errors
    /// At the deadline.
    pub async fn wait_registered(&self, deadline: Instant) -> Result<(), PhoneError> {
        self.wait_state(
            deadline,
            "the phone to be registered",
            |state| state.registration.is_registered().then_some(Ok(())),
            |state| state.registration.to_string(),
        )
        .await
    }

    async fn registration_outcome(
        &self,
        round: u64,
        deadline: Instant,
    ) -> Result<Duration, PhoneError> {
        match self.finished_round(round, deadline).await? {
            RegistrationState::Registered { expires, .. } => Ok(expires),
            RegistrationState::Failed { code, response } => Err(self.refused(code, response)),
            other => Err(PhoneError::TimedOut {
                phone: self.name().to_owned(),
                waited_for: "200 to REGISTER".to_owned(),
                instead: other.to_string(),
            }),
        }
    }

    /// The state once more than `round` REGISTERs have ended.
    async fn finished_round(
        &self,
        round: u64,
        deadline: Instant,
    ) -> Result<RegistrationState, PhoneError> {
        self.wait_state(
            deadline,
            "an answer to REGISTER",
            |state| (state.registrations_done > round).then(|| Ok(state.registration.clone())),
            |state| state.registration.to_string(),
        )
        .await
    }

    fn refused(&self, code: u16, response: Option<Box<gannet_sip::Message>>) -> PhoneError {
        let (phone, request) = (self.name().to_owned(), "REGISTER".to_owned());
        let destination = || {
            self.inner
                .config
                .server
                .map_or_else(String::new, |s| s.address.to_string())
        };
        match response {
            Some(response) => PhoneError::Refused {
                phone,
                request,
                code,
                reason: response.reason().unwrap_or_default().to_owned(),
            },
            None if code == 408 => PhoneError::NoAnswer {
                phone,
                request,
                destination: destination(),
            },
            None => PhoneError::NotDelivered {
                phone,
                request,
                destination: destination(),
            },
        }
    }

    /// Subscribes to message-summary of the own address of record (RFC 3842) and waits for the
    /// 2xx. The phone keeps the subscription alive.
    ///
    /// # Errors
    /// If the server refuses or does not answer.
    pub async fn subscribe_mwi(&self, deadline: Instant) -> Result<Duration, PhoneError> {
        self.ask(Actor::subscribe_mwi).await??;
        self.wait_state(
            deadline,
            "200 to SUBSCRIBE for message-summary",
            |state| match state.mwi.subscription {
                MwiSubscription::Active { expires } => Some(Ok(expires)),
                MwiSubscription::Failed { code } => Some(Err(PhoneError::Refused {
                    phone: self.name().to_owned(),
                    request: "SUBSCRIBE".to_owned(),
                    code,
                    reason: gannet_sip::reason_phrase(code).to_owned(),
                })),
                _ => None,
            },
            |_| "SUBSCRIBE has no answer yet".to_owned(),
        )
        .await
    }

    /// Ends the subscription to message-summary and waits for the answer. Nothing happens without
    /// one.
    ///
    /// # Errors
    /// If the server does not answer in time.
    pub async fn unsubscribe_mwi(&self, deadline: Instant) -> Result<(), PhoneError> {
        if !self.ask(Actor::unsubscribe_mwi).await? {
            return Ok(());
        }
        self.wait_state(
            deadline,
            "200 to SUBSCRIBE with expiry 0",
            |state| match state.mwi.subscription {
                MwiSubscription::Pending | MwiSubscription::Active { .. } => None,
                _ => Some(Ok(())),
            },
            |_| "it has no answer yet".to_owned(),
        )
        .await
    }

    /// Waits until the newest message summary fits, solicited or not.
    ///
    /// # Errors
    /// At the deadline.
    pub async fn wait_messages(
        &self,
        waited_for: &str,
        deadline: Instant,
        fits: impl Fn(&MessageSummary) -> bool,
    ) -> Result<MessageSummary, PhoneError> {
        let found = |state: &PhoneState| {
            let summary = state.mwi.summary.as_ref().filter(|summary| fits(summary))?;
            Some(Ok(summary.clone()))
        };
        self.wait_state(deadline, waited_for, found, |state| {
            match &state.mwi.summary {
                Some(summary) => format!("the last NOTIFY says: {summary}"),
                None => "no message summary came".to_owned(),
            }
        })
        .await
    }

    /// Waits until messages wait.
    ///
    /// # Errors
    /// At the deadline.
    pub async fn wait_messages_waiting(
        &self,
        deadline: Instant,
    ) -> Result<MessageSummary, PhoneError> {
        self.wait_messages("NOTIFY with Messages-Waiting: yes", deadline, |s| s.waiting)
            .await
    }
}
