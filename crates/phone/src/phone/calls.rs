//! Calls: making, answering, refusing, ending them, and waiting for what becomes of them.

use std::time::Instant;

use super::handle::{Phone, describe_calls};
use crate::call::{CallDirection, CallEnd, CallHandle, CallRecord, CallState};
use crate::destination::{CallOptions, Destination};
use crate::error::PhoneError;
use crate::policy::IncomingPolicy;

impl Phone {
    /// Sends INVITE and comes back at once.
    ///
    /// # Errors
    /// If no media socket can be opened or the destination has no known address.
    pub async fn call(
        &self,
        destination: &Destination,
        options: CallOptions,
    ) -> Result<CallHandle, PhoneError> {
        let destination = destination.clone();
        self.ask(move |actor, now| actor.start_call(now, &destination, &options))
            .await?
    }

    /// Waits for a call that comes in and is not answered yet; `after` passes over earlier calls.
    ///
    /// # Errors
    /// At the deadline.
    pub async fn wait_incoming(
        &self,
        after: Option<CallHandle>,
        deadline: Instant,
    ) -> Result<CallHandle, PhoneError> {
        self.wait_state(
            deadline,
            "a call that comes in",
            |state| {
                let found = state.calls.iter().find(|call| {
                    call.direction == CallDirection::Incoming
                        && call.state == CallState::Incoming
                        && after.is_none_or(|after| call.handle > after)
                })?;
                Some(Ok(found.handle))
            },
            describe_calls,
        )
        .await
    }

    /// Waits until a call fits; `waited_for` is for the error.
    ///
    /// # Errors
    /// At the deadline, if there is no such call, or if the call ends while it does not fit.
    pub async fn wait_call(
        &self,
        call: CallHandle,
        waited_for: &str,
        deadline: Instant,
        fits: impl Fn(&CallRecord) -> bool,
    ) -> Result<CallRecord, PhoneError> {
        let phone = || self.name().to_owned();
        self.wait_state(
            deadline,
            waited_for,
            |state| {
                let Some(record) = state.call(call) else {
                    return Some(Err(PhoneError::NoSuchCall {
                        phone: phone(),
                        call,
                    }));
                };
                if fits(record) {
                    return Some(Ok(record.clone()));
                }
                let CallState::Ended(end) = &record.state else {
                    return None;
                };
                Some(Err(PhoneError::CallEnded {
                    phone: phone(),
                    waited_for: waited_for.to_owned(),
                    end: end.clone(),
                }))
            },
            |state| state.call(call).map_or_else(String::new, describe_call),
        )
        .await
    }

    /// Waits until the other side of an outgoing call rings (101 to 199), or has answered already.
    ///
    /// # Errors
    /// As [`Self::wait_call`].
    pub async fn wait_ringing(
        &self,
        call: CallHandle,
        deadline: Instant,
    ) -> Result<CallRecord, PhoneError> {
        let fits = |record: &CallRecord| record.times.ringing.is_some() || is_answered(record);
        self.wait_call(call, "ringing at the other side", deadline, fits)
            .await
    }

    /// Waits until a call is answered and its ACK was sent or has come.
    ///
    /// # Errors
    /// As [`Self::wait_call`].
    pub async fn wait_connected(
        &self,
        call: CallHandle,
        deadline: Instant,
    ) -> Result<CallRecord, PhoneError> {
        let fits = |record: &CallRecord| is_answered(record) && record.confirmed;
        self.wait_call(call, "the call to be connected", deadline, fits)
            .await
    }

    /// Waits for the end of a call.
    ///
    /// # Errors
    /// At the deadline, or if there is no such call.
    pub async fn wait_ended(
        &self,
        call: CallHandle,
        deadline: Instant,
    ) -> Result<CallEnd, PhoneError> {
        let fits = |record: &CallRecord| !record.state.is_open();
        let record = self
            .wait_call(call, "the end of the call", deadline, fits)
            .await?;
        match record.state {
            CallState::Ended(end) => Ok(end),
            _ => Err(PhoneError::NoSuchCall {
                phone: self.name().to_owned(),
                call,
            }),
        }
    }

    /// Waits until no call is open.
    ///
    /// # Errors
    /// At the deadline.
    pub async fn wait_idle(&self, deadline: Instant) -> Result<(), PhoneError> {
        let idle = |state: &crate::PhoneState| state.open_calls().next().is_none();
        self.wait_for_state(deadline, "the end of all calls", idle)
            .await
            .map(drop)
    }

    /// Answers a call that came in with 200 and waits for the ACK.
    ///
    /// # Errors
    /// If the call is in another state, its offer has no media in common, or no ACK comes in time.
    pub async fn answer(
        &self,
        call: CallHandle,
        deadline: Instant,
    ) -> Result<CallRecord, PhoneError> {
        self.ask(move |actor, now| actor.answer(now, call))
            .await??;
        let fits = |record: &CallRecord| record.confirmed;
        self.wait_call(call, "ACK to the 200 for INVITE", deadline, fits)
            .await
    }

    /// Refuses a call that came in, with the profile's reject code unless another is given.
    ///
    /// # Errors
    /// If the call is in another state.
    pub async fn reject(&self, call: CallHandle, code: Option<u16>) -> Result<(), PhoneError> {
        self.ask(move |actor, now| actor.reject(now, call, code))
            .await?
    }

    /// Refuses a call that came in with the profile's busy code.
    ///
    /// # Errors
    /// If the call is in another state.
    pub async fn reject_as_busy(&self, call: CallHandle) -> Result<(), PhoneError> {
        let code = self.profile().incoming.busy_code;
        self.reject(call, Some(code)).await
    }

    /// Sends the caller of a call that came in elsewhere with 302 (RFC 3261 8.3).
    ///
    /// # Errors
    /// If the call is in another state.
    pub async fn redirect(&self, call: CallHandle, to: gannet_sip::Uri) -> Result<(), PhoneError> {
        self.ask(move |actor, now| actor.redirect(now, call, &to))
            .await?
    }

    /// Gives up an outgoing call that is not answered, and waits for its end. CANCEL waits for the
    /// first provisional response (RFC 3261 9.1).
    ///
    /// # Errors
    /// If the call is in another state, or does not end in time.
    pub async fn cancel(&self, call: CallHandle, deadline: Instant) -> Result<CallEnd, PhoneError> {
        self.cancel_with(call, Vec::new(), deadline).await
    }

    /// The same with more header fields in the CANCEL, Reason (RFC 3326) for example.
    ///
    /// # Errors
    /// As [`Self::cancel`].
    pub async fn cancel_with(
        &self,
        call: CallHandle,
        headers: Vec<(String, String)>,
        deadline: Instant,
    ) -> Result<CallEnd, PhoneError> {
        self.ask(move |actor, now| actor.cancel(now, call, headers))
            .await??;
        self.wait_ended(call, deadline).await
    }

    /// Ends a call by CANCEL, BYE or a refusal, whatever its state asks for, and waits for its end.
    ///
    /// # Errors
    /// If the call has ended already, or does not end in time.
    pub async fn hang_up(
        &self,
        call: CallHandle,
        deadline: Instant,
    ) -> Result<CallEnd, PhoneError> {
        self.hang_up_with(call, Vec::new(), deadline).await
    }

    /// The same with more header fields in the BYE or CANCEL, Reason (RFC 3326) for example.
    ///
    /// # Errors
    /// As [`Self::hang_up`].
    pub async fn hang_up_with(
        &self,
        call: CallHandle,
        headers: Vec<(String, String)>,
        deadline: Instant,
    ) -> Result<CallEnd, PhoneError> {
        self.ask(move |actor, now| actor.hang_up(now, call, headers))
            .await??;
        self.wait_ended(call, deadline).await
    }

    /// Switches do-not-disturb.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn set_dnd(&self, dnd: bool) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.show(|state| state.dnd = dnd))
            .await
    }

    /// Says what happens to calls that come in from now on.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn set_incoming(&self, policy: IncomingPolicy) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.show(|state| state.incoming = policy))
            .await
    }
}

fn is_answered(record: &CallRecord) -> bool {
    record.state == CallState::Answered
}

fn describe_call(record: &CallRecord) -> String {
    let hold = match (record.on_hold, record.held_by_remote) {
        (true, true) => ", on hold by both sides",
        (true, false) => ", on hold by this side",
        (false, true) => ", on hold by the other side",
        (false, false) => "",
    };
    let state = format!("{} is {}{hold}", record.handle, record.state);
    match &record.response {
        Some(response) => format!("{state}; the last response was {}", response.title()),
        None => state,
    }
}
