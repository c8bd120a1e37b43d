//! Watching others and publishing about oneself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_sip::{Message, reason_phrase};
use gannet_ua::EventPackage;
use gannet_ua::endpoint::{Body, Resubscribe};

use super::handle::Phone;
use crate::actor::Actor;
use crate::error::PhoneError;
use crate::events::{Published, Watch, WatchHandle, Watching};
use crate::state::{MwiSubscription, PhoneState};

impl Phone {
    /// Subscribes and waits for the final response, challenges answered, whatever it is; its code is
    /// in [`Watching::code`].
    ///
    /// # Errors
    /// If the phone is off, or nothing came in time.
    pub async fn subscribe(
        &self,
        watch: Watch,
        deadline: Instant,
    ) -> Result<Arc<Watching>, PhoneError> {
        let handle = self
            .ask(move |actor, now| actor.start_watching(now, watch))
            .await??;
        self.watch_answer(handle, 0, deadline).await
    }

    /// As how many notifiers, at least one, the phone tells whoever subscribes to it from now on, as
    /// phones behind a forking proxy would.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn fork_subscriptions(&self, notifiers: u64) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.fork_subscriptions(notifiers))
            .await
    }

    /// Sends SUBSCRIBE once more, to refresh or to end a subscription, and waits for the final
    /// response, whatever it is.
    ///
    /// # Errors
    /// If the subscription is over, or nothing came in time.
    pub async fn rewatch(
        &self,
        handle: WatchHandle,
        how: Resubscribe,
        deadline: Instant,
    ) -> Result<Arc<Watching>, PhoneError> {
        let before = self
            .ask(move |actor, now| actor.rewatch(now, handle, how))
            .await??;
        self.watch_answer(handle, before, deadline).await
    }

    async fn watch_answer(
        &self,
        handle: WatchHandle,
        before: u64,
        deadline: Instant,
    ) -> Result<Arc<Watching>, PhoneError> {
        let look = |state: &PhoneState| {
            let watching = state.events.watching.get(&handle)?;
            (watching.answers > before).then(|| Ok(Arc::clone(watching)))
        };
        self.wait_state(deadline, "a final response to SUBSCRIBE", look, |_| {
            "none came".to_owned()
        })
        .await
    }

    /// Waits until one of the subscriptions of the phone fits; of several to the same package of the
    /// same target the newest counts, and the dialogs are those that all its notifiers tell.
    ///
    /// # Errors
    /// At the deadline, with what `instead` says of them.
    pub async fn wait_watching(
        &self,
        waited_for: &str,
        deadline: Instant,
        fits: impl Fn(&Watching) -> bool,
        instead: impl Fn(&PhoneState) -> String,
    ) -> Result<Arc<Watching>, PhoneError> {
        let look = |state: &PhoneState| {
            let mut current = state.events.current();
            let found = current.find(|watching| fits(&state.events.with_forks(watching)))?;
            Some(Ok(Arc::clone(found)))
        };
        self.wait_state(deadline, waited_for, look, instead).await
    }

    /// Publishes the own state in an event package, in place of the one before, and waits for the
    /// end of it.
    ///
    /// # Errors
    /// If it is refused or not answered.
    pub async fn publish(
        &self,
        event: EventPackage,
        body: Body,
        expires: Option<Duration>,
        deadline: Instant,
    ) -> Result<Arc<Published>, PhoneError> {
        let name = event.name.clone();
        let before = self
            .ask(move |actor, now| actor.publish(now, &event, body, expires))
            .await??;
        self.publish_end(&name, before, deadline).await
    }

    /// Prolongs what is published in an event package and waits for the end of it. Where the
    /// compositor has lost it, it is published anew.
    ///
    /// # Errors
    /// If nothing is published, or it is refused or not answered.
    pub async fn refresh_publication(
        &self,
        event: &str,
        deadline: Instant,
    ) -> Result<Arc<Published>, PhoneError> {
        let name = event.to_owned();
        let before = self
            .ask(move |actor, now| actor.refresh_publication(now, &name))
            .await??;
        self.publish_end(event, before, deadline).await
    }

    /// Removes what is published in an event package and waits for the end of it.
    ///
    /// # Errors
    /// If nothing is published, or it is refused or not answered.
    pub async fn remove_publication(
        &self,
        event: &str,
        deadline: Instant,
    ) -> Result<Arc<Published>, PhoneError> {
        let name = event.to_owned();
        let before = self
            .ask(move |actor, now| actor.remove_publication(now, &name))
            .await??;
        self.publish_end(event, before, deadline).await
    }

    /// Has the next PUBLISH in an event package name an entity tag that is not valid any more.
    ///
    /// # Errors
    /// If nothing is published.
    pub async fn spoil_publication(&self, event: &str) -> Result<(), PhoneError> {
        let name = event.to_owned();
        self.ask(move |actor, _| actor.spoil_publication(&name))
            .await?
    }

    async fn publish_end(
        &self,
        event: &str,
        before: u64,
        deadline: Instant,
    ) -> Result<Arc<Published>, PhoneError> {
        let look = |state: &PhoneState| {
            let published = state.events.published.get(event)?;
            (published.answers > before).then(|| Ok(Arc::clone(published)))
        };
        let instead = |_: &PhoneState| "none came".to_owned();
        let published = self
            .wait_state(deadline, "a final response to PUBLISH", look, instead)
            .await?;
        match published.code {
            200..300 => Ok(published),
            code => Err(self.event_refused("PUBLISH", code, published.response.as_ref())),
        }
    }

    /// The error for a request of these that came to nothing.
    pub fn event_refused(
        &self,
        request: &str,
        code: u16,
        response: Option<&Message>,
    ) -> PhoneError {
        let (phone, request) = (self.name().to_owned(), request.to_owned());
        let destination = "its destination".to_owned();
        match response {
            Some(response) => PhoneError::Refused {
                phone,
                request,
                code,
                reason: response.reason().unwrap_or(reason_phrase(code)).to_owned(),
            },
            None if code == 408 => PhoneError::NoAnswer {
                phone,
                request,
                destination,
            },
            None => PhoneError::NotDelivered {
                phone,
                request,
                destination,
            },
        }
    }

    /// Ends all subscriptions and publications, also those that have no answer yet, and waits for the
    /// answers.
    pub(super) async fn end_events(&self, deadline: Instant) -> Result<(), PhoneError> {
        self.ask(Actor::end_events).await?;
        let look = |state: &PhoneState| open_events(state).is_empty().then_some(Ok(()));
        self.wait_state(
            deadline,
            "answers to SUBSCRIBE and PUBLISH",
            look,
            |state| format!("none came about {}", open_events(state).join(", ")),
        )
        .await
    }
}

/// The packages that the phone watches or publishes, or is about to.
fn open_events(state: &PhoneState) -> Vec<&str> {
    let events = &state.events;
    let watching = events.watching.values();
    let watched = watching
        .filter(|it| it.stage.is_open())
        .map(|it| it.event.name.as_str());
    let published = events.published.iter();
    let published = published
        .filter(|(_, it)| it.stage.is_open())
        .map(|(name, _)| name.as_str());
    // The phone has it by its profile: a server that never answered about it is not waited for.
    let summaries = matches!(state.mwi.subscription, MwiSubscription::Active { .. });
    let summaries = summaries.then_some("message-summary");
    watched.chain(published).chain(summaries).collect()
}
