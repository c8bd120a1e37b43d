//! Transfers that this phone asks for: REFER as transferor (RFC 3515, RFC 5589).

use std::collections::HashMap;
use std::time::Instant;

use gannet_sip::{Message, Method, NameAddr};
use gannet_ua::endpoint::{
    Outcome, ReferChange, ReferPlace, ReferSpec, RequestSpec, SendError, SubscriptionId,
};
use gannet_ua::{ReferTo, Replaces};

use super::core::Actor;
use super::referral::Referral;
use crate::call::{CallHandle, CallRecord, CallState};
use crate::destination::Destination;
use crate::error::PhoneError;
use crate::profile::{HangUp, TargetForm};
use crate::transfer::{TransferOptions, TransferRecord, TransferState, TransferTo};

/// Transfers that are remembered; the oldest go first.
const TRANSFERS_KEPT_MAX: usize = 256;

/// What the task knows of transfers, its own and those that others asked it for.
#[derive(Default)]
pub(super) struct Transfers {
    asked: HashMap<SubscriptionId, Asked>,
    last: u64,
    /// Oldest first.
    pub(super) referrals: Vec<Referral>,
}

/// A REFER of ours whose end is not told yet.
#[derive(Clone, Copy)]
struct Asked {
    number: u64,
    call: Option<CallHandle>,
    hang_up: HangUp,
}

impl Actor {
    /// Asks the other side of a call to call somebody else instead; gives the transfer's number.
    pub(crate) fn transfer(
        &mut self,
        now: Instant,
        call: CallHandle,
        to: &TransferTo,
        options: TransferOptions,
    ) -> Result<u64, PhoneError> {
        let connected =
            |record: &CallRecord| record.state == CallState::Answered && record.confirmed;
        let ua_call = self.require_call(call, "transfer", "connected", connected)?;
        let to = match to {
            TransferTo::Destination(destination) => self.target_of_transfer(destination),
            TransferTo::Call(other) => self.place_in_call(*other)?,
        };
        let style = self.config.profile.transfer;
        let hang_up = if options.blind {
            HangUp::Accepted
        } else {
            style.hang_up
        };
        self.ask(
            now,
            ReferPlace::InCall(ua_call),
            to,
            options,
            (Some(call), hang_up),
        )
    }

    /// Asks somebody outside of any call to make a call (RFC 5359 2.18, click to dial).
    pub(crate) fn refer(
        &mut self,
        now: Instant,
        (whom, straight): (&Destination, bool),
        to: &Destination,
        options: TransferOptions,
    ) -> Result<u64, PhoneError> {
        self.require_power()?;
        let (uri, header, target) = self.addresses.callee(whom);
        let mut request =
            RequestSpec::new(Method::Refer, uri.clone(), self.addresses.from(), header);
        request.destination = if straight {
            Some(self.straight(&uri)?)
        } else {
            target
        };
        let to = self.target_of_transfer(to);
        let place = ReferPlace::Outside(Box::new(request));
        self.ask(now, place, to, options, (None, HangUp::Never))
    }

    fn target_of_transfer(&self, destination: &Destination) -> ReferTo {
        let (uri, ..) = self.addresses.callee(destination);
        ReferTo::new(uri)
    }

    /// The place of this phone in another call of its own (RFC 5589 7.3).
    fn place_in_call(&self, call: CallHandle) -> Result<ReferTo, PhoneError> {
        let connected =
            |record: &CallRecord| record.state == CallState::Answered && record.confirmed;
        let ua_call = self.require_call(call, "transfer to it", "connected", connected)?;
        let dialog = self
            .endpoint
            .dialog(ua_call)
            .ok_or_else(|| self.error_no_call(call))?;
        let uri = match self.config.profile.transfer.attended_target {
            TargetForm::Contact => dialog.remote_target.clone(),
            TargetForm::AddressOfRecord => dialog.remote_address().uri,
        };
        Ok(ReferTo::new(uri).replacing(Replaces::at_peer(dialog)))
    }

    fn ask(
        &mut self,
        now: Instant,
        place: ReferPlace,
        to: ReferTo,
        options: TransferOptions,
        (call, hang_up): (Option<CallHandle>, HangUp),
    ) -> Result<u64, PhoneError> {
        let style = self.config.profile.transfer;
        let referred_by = style
            .referred_by
            .then(|| NameAddr::new(self.addresses.aor()));
        let shown = to.to_string();
        let spec = ReferSpec {
            to,
            place,
            contact: self.addresses.contact(),
            referred_by,
            report: options.report.unwrap_or(style.report),
            headers: options.headers,
        };
        let sent = self.endpoint.refer(now, spec);
        let refer = sent.map_err(|error: SendError| PhoneError::Unsendable {
            phone: self.config.name.clone(),
            request: "REFER".to_owned(),
            reason: error.to_string(),
        })?;
        self.transfers.last += 1;
        let number = self.transfers.last;
        let asked = Asked {
            number,
            call,
            hang_up,
        };
        self.transfers.asked.insert(refer, asked);
        self.show(|state| {
            if state.transfers.len() >= TRANSFERS_KEPT_MAX {
                state.transfers.remove(0);
            }
            state.transfers.push(TransferRecord {
                number,
                call,
                to: shown,
                state: TransferState::Asked,
            });
        });
        Ok(number)
    }

    pub(super) fn handle_refer_change(
        &mut self,
        now: Instant,
        refer: SubscriptionId,
        change: ReferChange,
    ) {
        let Some(asked) = self.transfers.asked.get(&refer).copied() else {
            return;
        };
        let accepted = matches!(change, ReferChange::Accepted { .. });
        let next = state_after(change);
        let hang_up = match (&next, asked.hang_up) {
            // Nobody will tell more, so there is nothing to wait for.
            (TransferState::Succeeded { code: None }, HangUp::Success | HangUp::Accepted) => true,
            (TransferState::Succeeded { .. }, hang_up) => hang_up == HangUp::Success,
            (_, hang_up) => accepted && hang_up == HangUp::Accepted,
        };
        if next.is_over() {
            self.transfers.asked.remove(&refer);
        }
        self.show(|state| {
            let mut records = state.transfers.iter_mut();
            let record = records.find(|record| record.number == asked.number);
            // News may overtake the response to the REFER.
            let news = |record: &&mut TransferRecord| {
                record.state == TransferState::Asked || !accepted || next.is_over()
            };
            if let Some(record) = record.filter(news) {
                record.state = next;
            }
        });
        let leg = asked.call.and_then(|call| self.legs.get(&call));
        if let Some(call) = leg.map(|leg| leg.call).filter(|_| hang_up) {
            self.endpoint.hang_up(now, call);
        }
    }
}

fn state_after(change: ReferChange) -> TransferState {
    match change {
        ReferChange::Accepted {
            reported: false, ..
        } => TransferState::Succeeded { code: None },
        ReferChange::Accepted { response, .. } => TransferState::Accepted {
            code: response.status().unwrap_or(200),
        },
        ReferChange::Progress { status } => TransferState::Progress { code: status.code },
        ReferChange::Done { status } if status.code < 300 => TransferState::Succeeded {
            code: Some(status.code),
        },
        ReferChange::Done { status } => TransferState::Failed {
            code: status.code,
            reason: status.reason,
            refused: false,
        },
        ReferChange::Failed { outcome } => TransferState::Failed {
            code: outcome.code(),
            reason: phrase(&outcome),
            refused: true,
        },
        ReferChange::Lost => TransferState::Lost,
    }
}

fn phrase(outcome: &Outcome) -> String {
    let reason = outcome.response().and_then(Message::reason);
    reason
        .unwrap_or_else(|| gannet_sip::reason_phrase(outcome.code()))
        .to_owned()
}
