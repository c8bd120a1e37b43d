//! The legs of calls as channels, which the event socket lists and commands.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Instant;

use gannet_sip::Method;
use gannet_ua::endpoint::{Body, CallId, Outcome};

use super::call::{Call, Stage};
use super::pending::Pending;
use super::state::Server;
use crate::command::Answer;
use crate::error::PbxError;
use crate::snapshot::{ChannelState, ChannelView};

impl Server {
    /// All channels: those of the first parties, with what they lead to behind each.
    pub(super) fn channels(&self) -> Vec<ChannelView> {
        self.calls
            .values()
            .flat_map(|call| {
                legs(call)
                    .into_iter()
                    .map(|(leg, who, state)| self.channel(call, leg, &who, state))
            })
            .collect()
    }

    fn channel(&self, call: &Call, leg: CallId, who: &str, state: ChannelState) -> ChannelView {
        ChannelView {
            id: self.channel_id(leg),
            inbound: leg == call.first.leg,
            created: call.began,
            name: format!("gannet/{who}@{}", self.config.domain),
            caller: call.first.who.name().to_owned(),
            called: call.dialled.clone(),
            state,
        }
    }

    /// A UUID that stays the leg's own as long as the server runs.
    fn channel_id(&self, leg: CallId) -> String {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, self.config.seed, leg).hash(&mut hasher);
            hasher.finish()
        };
        let (high, low) = (half(0), half(1));
        format!(
            "{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff,
        )
    }

    /// Sends INFO of the kind that RFC 6086 calls legacy on a channel. The answer is the phone's.
    pub(super) fn send_info(&mut self, now: Instant, channel: &str, body: Body, answer: Answer) {
        let leg = self
            .calls
            .values()
            .flat_map(legs)
            .find_map(|(leg, ..)| (self.channel_id(leg) == channel).then_some(leg));
        let sent = leg.map(|leg| {
            self.endpoint
                .request_in_call(now, leg, Method::Info, Vec::new(), Some(body))
        });
        match sent {
            None => {
                let channel = channel.to_owned();
                let _ = answer.send(Err(PbxError::NoChannel { channel }));
            }
            Some(Ok(request)) => {
                self.pending.insert(request, Pending::Info(answer));
            }
            Some(Err(error)) => {
                let why = error.to_string();
                let _ = answer.send(Err(PbxError::Info { why }));
            }
        }
    }
}

/// Tells whoever asked for an INFO what came of it.
pub(super) fn info_outcome(answer: Answer, outcome: &Outcome) {
    let result = match outcome {
        Outcome::Response(_) if outcome.code() < 300 => Ok(()),
        Outcome::Response(_) => Err(PbxError::Info {
            why: format!("the phone answered {}", outcome.code()),
        }),
        Outcome::Timeout => Err(PbxError::Info {
            why: "the phone did not answer".to_owned(),
        }),
        Outcome::TransportFailed => Err(PbxError::Info {
            why: "the phone cannot be reached".to_owned(),
        }),
    };
    let _ = answer.send(result);
}

/// The legs of a call that have not ended, the first party's first.
fn legs(call: &Call) -> Vec<(CallId, String, ChannelState)> {
    let first = |state| (call.first.leg, call.first.who.name().to_owned(), state);
    let mut legs = match &call.stage {
        Stage::Ringing(fork) => {
            let rings = ChannelState::Ringing;
            let branches = fork
                .open
                .iter()
                .map(|(leg, branch)| (*leg, branch.user.clone(), rings));
            std::iter::once(first(rings)).chain(branches).collect()
        }
        Stage::Talking { .. } | Stage::Joining(_) => {
            let talks = ChannelState::Active;
            let second = call
                .second
                .iter()
                .map(|party| (party.leg, party.who.name().to_owned(), talks));
            std::iter::once(first(talks)).chain(second).collect()
        }
        Stage::Serving(_) => vec![first(ChannelState::Active)],
        Stage::Ending => Vec::new(),
    };
    legs.retain(|(leg, ..)| call.legs.contains(leg));
    legs
}
