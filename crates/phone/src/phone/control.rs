//! Control of calls by REFER and of several calls at once.

use std::time::Instant;

use gannet_ua::{Dialog, Replaces};

use super::handle::Phone;
use crate::call::{CallHandle, CallState};
use crate::destination::Destination;
use crate::error::PhoneError;
use crate::state::PhoneState;
use crate::transfer::{TransferOptions, TransferRecord, TransferTo};

impl Phone {
    /// Asks the other side of a call by REFER to call somebody else, puts it on hold before if the
    /// profile says so, and waits for the final response to the REFER, which may be a refusal: see
    /// the record. Gives the transfer's number.
    ///
    /// # Errors
    /// If the call is not connected, cannot be put on hold, or nobody answers the REFER in time.
    pub async fn transfer(
        &self,
        call: CallHandle,
        to: TransferTo,
        options: TransferOptions,
        deadline: Instant,
    ) -> Result<u64, PhoneError> {
        let held = |state: &PhoneState| state.call(call).is_some_and(|record| record.on_hold);
        if self.profile().transfer.hold_first && !held(&self.state()) {
            self.hold(call, deadline).await?;
        }
        let number = self
            .ask(move |actor, now| actor.transfer(now, call, &to, options))
            .await??;
        self.wait_agreed(number, deadline).await
    }

    /// Asks somebody outside of any call to call somebody, by REFER through the server, or straight
    /// to the address of the URI. Waits as [`Self::transfer`] does.
    ///
    /// # Errors
    /// If it cannot be sent, or nobody answers the REFER in time.
    pub async fn refer(
        &self,
        whom: Destination,
        straight: bool,
        to: Destination,
        options: TransferOptions,
        deadline: Instant,
    ) -> Result<u64, PhoneError> {
        let number = self
            .ask(move |actor, now| actor.refer(now, (&whom, straight), &to, options))
            .await??;
        self.wait_agreed(number, deadline).await
    }

    async fn wait_agreed(&self, number: u64, deadline: Instant) -> Result<u64, PhoneError> {
        let answered =
            |record: &TransferRecord| record.state != crate::transfer::TransferState::Asked;
        let waited_for = "a final response to REFER";
        self.wait_transfer(number, waited_for, deadline, answered)
            .await?;
        Ok(number)
    }

    /// Waits until a transfer fits; `waited_for` is for the error.
    ///
    /// # Errors
    /// At the deadline, or if there is no such transfer.
    pub async fn wait_transfer(
        &self,
        number: u64,
        waited_for: &str,
        deadline: Instant,
        fits: impl Fn(&TransferRecord) -> bool,
    ) -> Result<TransferRecord, PhoneError> {
        let find = |state: &PhoneState| {
            let mut records = state.transfers.iter();
            records.find(|record| record.number == number).cloned()
        };
        let instead = |state: &PhoneState| {
            let record = find(state);
            record.map_or_else(
                || "there is no such transfer".to_owned(),
                |record| record.state.to_string(),
            )
        };
        self.wait_state(
            deadline,
            waited_for,
            |state| find(state).filter(|record| fits(record)).map(Ok),
            instead,
        )
        .await
    }

    /// Decides about the oldest REFER that waits for it: the call is made, or the referrer is told
    /// this code.
    ///
    /// # Errors
    /// If none waits.
    pub async fn decide_referral(&self, refusal: Option<u16>) -> Result<(), PhoneError> {
        self.ask(move |actor, now| actor.decide_referral(now, refusal))
            .await?
    }

    /// Puts the call that is talked in on hold and goes on with the other one.
    ///
    /// # Errors
    /// If the phone has not exactly two connected calls, or hold or resume is refused.
    pub async fn swap(&self, deadline: Instant) -> Result<(), PhoneError> {
        let state = self.state();
        let talking: Vec<_> = state
            .open_calls()
            .filter(|record| record.state == CallState::Answered && record.confirmed)
            .collect();
        let [first, second] = talking[..] else {
            return Err(PhoneError::Misuse {
                phone: self.name().to_owned(),
                problem: format!(
                    "calls are swapped where there are two of them, here are {} connected",
                    talking.len()
                ),
            });
        };
        let (active, other) = if second.on_hold && !first.on_hold {
            (first, second)
        } else {
            (second, first)
        };
        if !active.on_hold {
            self.hold(active.handle, deadline).await?;
        }
        if other.on_hold {
            self.resume(other.handle, deadline).await?;
        }
        Ok(())
    }

    /// Forgets a call without a word to the other side: what comes for it is answered 481.
    ///
    /// # Errors
    /// If there is no such call, or it has ended.
    pub async fn vanish(&self, call: CallHandle) -> Result<(), PhoneError> {
        self.ask(move |actor, now| actor.vanish(now, call)).await?
    }

    /// The dialog of a call.
    ///
    /// # Errors
    /// If the call has none, or has ended.
    pub async fn dialog(&self, call: CallHandle) -> Result<Dialog, PhoneError> {
        self.ask(move |actor, _| actor.dialog_of(call)).await?
    }

    /// What another phone says in INVITE to take the place of this phone's peer in a call
    /// (RFC 3891 3).
    ///
    /// # Errors
    /// As [`Self::dialog`].
    pub async fn replaces(&self, call: CallHandle) -> Result<Replaces, PhoneError> {
        Ok(Replaces::at_us(&self.dialog(call).await?))
    }
}
