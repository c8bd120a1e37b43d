//! Before the answer: provisional responses, early media, forks, PRACK (RFC 3262, RFC 3960).

use super::handle::Phone;
use crate::actor::Progress;
use crate::call::{CallHandle, CallState};
use crate::error::PhoneError;

impl Phone {
    /// Sends a provisional response, 101 to 199, reliably for a call that came in: 183 with the
    /// answer to the offer of the INVITE and media from then on, others without. If the INVITE has
    /// no offer, the first one has ours (RFC 3262 5). It goes out once the one before it is
    /// acknowledged.
    ///
    /// # Errors
    /// If the call does not wait for an answer, the caller did not say that it knows 100rel, or the
    /// offer cannot be answered.
    pub async fn ring_reliably(&self, call: CallHandle, code: u16) -> Result<(), PhoneError> {
        let progress = Progress {
            code,
            reliable: true,
            media: code == 183,
        };
        self.ask(move |actor, now| actor.send_progress(now, call, &progress))
            .await?
    }

    /// Sends 183 with the answer to the offer of the INVITE, reliably if the caller requires it, and
    /// media from then on.
    ///
    /// # Errors
    /// If the call does not wait for an answer, or the offer is missing or cannot be answered.
    pub async fn send_early_media(&self, call: CallHandle) -> Result<(), PhoneError> {
        let progress = Progress {
            code: 183,
            reliable: false,
            media: true,
        };
        self.ask(move |actor, now| actor.send_progress(now, call, &progress))
            .await?
    }

    /// Sends so many more provisional responses, of different codes or phrases.
    ///
    /// # Errors
    /// If the call does not wait for an answer.
    pub async fn ring_more(&self, call: CallHandle, more: u64) -> Result<(), PhoneError> {
        self.ask(move |actor, now| actor.send_many(now, call, more))
            .await?
    }

    /// Rings under so many more To tags: the caller sees as many more early dialogs. PRACK and UPDATE are
    /// answered in each; the final response comes under the first tag.
    ///
    /// # Errors
    /// If the call does not wait for an answer, or the phone has too many.
    pub async fn fork(&self, call: CallHandle, more: u64) -> Result<(), PhoneError> {
        self.ask(move |actor, now| actor.fork(now, call, more))
            .await?
    }

    /// Whether reliable provisional responses are acknowledged from now on.
    ///
    /// # Errors
    /// If the phone was stopped.
    pub async fn set_prack(&self, sends_prack: bool) -> Result<(), PhoneError> {
        self.ask(move |actor, _| actor.set_prack(sends_prack)).await
    }

    /// Whether the phone plays ringback by itself to its user: 180 came, and no media of the other
    /// side do (RFC 3960 3.2).
    pub fn plays_ringback(&self, call: CallHandle) -> bool {
        let state = self.state();
        let rings = state
            .call(call)
            .is_some_and(|record| record.state == CallState::Ringing && record.alerted);
        let report = self.media(call).ok().and_then(|media| media.report());
        let media = report.is_some_and(|report| {
            let main = report.main_stream();
            main.is_some_and(|stream| stream.packets > 0)
        });
        rings && !media
    }
}
