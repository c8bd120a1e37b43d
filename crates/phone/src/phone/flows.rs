//! Flows (RFC 5626) and GRUUs (RFC 5627): waiting for them, cutting them.

use std::time::Instant;

use super::handle::Phone;
use crate::actor::Actor;
use crate::error::PhoneError;
use crate::flows::{FlowState, Gruus};
use crate::state::PhoneState;

impl Phone {
    /// Closes the connection of a flow, as a proxy does that loses it.
    ///
    /// # Errors
    /// If there is no such flow, or it has no connection.
    pub async fn cut_flow(&self, number: u32) -> Result<(), PhoneError> {
        self.ask(move |actor: &mut Actor, _| actor.cut_flow(number))
            .await?
    }

    /// Waits until so many flows are registered.
    ///
    /// # Errors
    /// At the deadline.
    pub async fn wait_flows(&self, count: usize, deadline: Instant) -> Result<(), PhoneError> {
        let registered = |state: &PhoneState| {
            let numbered = state.flows.iter().filter(|flow| flow.number.is_some());
            numbered.filter(|flow| flow.is_registered()).count()
        };
        self.wait_state(
            deadline,
            &format!("{count} registered flow(s)"),
            |state| (registered(state) == count).then_some(Ok(())),
            describe_flows,
        )
        .await
    }

    /// Waits until the flow with this number fits; `what` is for the error. Without RFC 5626 the only
    /// way to the server counts as flow 1.
    ///
    /// # Errors
    /// At the deadline.
    pub async fn wait_flow(
        &self,
        number: u32,
        what: &str,
        deadline: Instant,
        fits: impl Fn(&FlowState) -> bool,
    ) -> Result<FlowState, PhoneError> {
        let found = |state: &PhoneState| {
            let mut flows = state.flows.iter();
            let flow = flows.find(|flow| flow.number.unwrap_or(1) == number && fits(flow))?;
            Some(Ok(flow.clone()))
        };
        self.wait_state(deadline, what, found, describe_flows).await
    }

    /// Waits until the registrar has granted GRUUs that fit.
    ///
    /// # Errors
    /// At the deadline.
    pub async fn wait_gruus(
        &self,
        what: &str,
        deadline: Instant,
        fits: impl Fn(&Gruus) -> bool,
    ) -> Result<Gruus, PhoneError> {
        let found = |state: &PhoneState| {
            let gruus = state.gruus.as_ref().filter(|gruus| fits(gruus))?;
            Some(Ok(gruus.clone()))
        };
        self.wait_state(deadline, what, found, |state| match &state.gruus {
            Some(Gruus {
                public: None,
                temporary: None,
            }) => "the registrar granted none".to_owned(),
            Some(_) => "the registrar granted others".to_owned(),
            None => format!("{}; it has asked for none", state.registration),
        })
        .await
    }
}

fn describe_flows(state: &PhoneState) -> String {
    if state.flows.is_empty() {
        return state.registration.to_string();
    }
    let flows: Vec<_> = state.flows.iter().map(ToString::to_string).collect();
    flows.join(", ")
}
