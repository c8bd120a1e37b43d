//! Single requests: OPTIONS, MESSAGE, and those built by hand.

use std::time::Instant;

use gannet_sip::{Message, Method};
use gannet_ua::endpoint::Body;

use super::handle::Phone;
use crate::call::CallHandle;
use crate::destination::Destination;
use crate::error::PhoneError;
use crate::pending::PendingRequest;

impl Phone {
    /// Sends a request outside of calls and waits for its final response, challenges answered.
    ///
    /// # Errors
    /// If it cannot be sent, or no final response comes.
    pub async fn request(
        &self,
        method: Method,
        destination: &Destination,
        headers: Vec<(String, String)>,
        body: Option<Body>,
        deadline: Instant,
    ) -> Result<Message, PhoneError> {
        let destination = destination.clone();
        let title = method.to_string();
        let done = self
            .ask(move |actor, now| actor.request(now, &method, &destination, headers, body))
            .await??;
        self.outcome(done, &title, deadline).await
    }

    /// Sends a request inside a call (INFO, UPDATE, MESSAGE, ...) and waits for its final response.
    ///
    /// # Errors
    /// If it cannot be sent, or no final response comes.
    pub async fn request_in_call(
        &self,
        call: CallHandle,
        method: Method,
        headers: Vec<(String, String)>,
        body: Option<Body>,
        deadline: Instant,
    ) -> Result<Message, PhoneError> {
        let title = method.to_string();
        let done = self
            .ask(move |actor, now| actor.request_in_call(now, call, method, headers, body))
            .await??;
        self.outcome(done, &title, deadline).await
    }

    async fn outcome(
        &self,
        done: tokio::sync::oneshot::Receiver<gannet_ua::endpoint::Outcome>,
        title: &str,
        deadline: Instant,
    ) -> Result<Message, PhoneError> {
        use gannet_ua::endpoint::Outcome;
        let (phone, request) = (self.name().to_owned(), title.to_owned());
        let destination = "its destination".to_owned();
        match tokio::time::timeout_at(deadline.into(), done).await {
            Ok(Ok(Outcome::Response(response))) => Ok(response),
            Ok(Ok(Outcome::Timeout)) => Err(PhoneError::NoAnswer {
                phone,
                request,
                destination,
            }),
            Ok(Ok(Outcome::TransportFailed)) => Err(PhoneError::NotDelivered {
                phone,
                request,
                destination,
            }),
            Ok(Err(_)) => Err(PhoneError::Off { phone }),
            Err(_) => Err(PhoneError::TimedOut {
                phone,
                waited_for: format!("a final response to {request}"),
                instead: "none came".to_owned(),
            }),
        }
    }

    /// A REGISTER for the phone's address of record, to be changed and sent by hand.
    ///
    /// # Errors
    /// If the phone has no server.
    pub async fn build_register(&self) -> Result<PendingRequest, PhoneError> {
        let draft = self.ask(|actor, _| actor.draft_register()).await??;
        Ok(PendingRequest::new(self.clone(), draft))
    }
}
