//! Changes of a session: hold (RFC 3264 8.4), codec, media address.

use std::time::Instant;

use super::handle::Phone;
use crate::actor::{Carrier, Wish};
use crate::call::{CallHandle, CallState};
use crate::error::PhoneError;

impl Phone {
    /// Puts the other side of a call on hold by re-INVITE and waits for its answer. The other side
    /// hears silence from then on. If both sides offer at once it is tried again (RFC 3261 14.1).
    ///
    /// # Errors
    /// If the call is not connected, or the re-INVITE is refused: then all stays as it was.
    pub async fn hold(&self, call: CallHandle, deadline: Instant) -> Result<(), PhoneError> {
        self.change_hold(call, true, deadline).await
    }

    /// Ends [`Self::hold`].
    ///
    /// # Errors
    /// As [`Self::hold`].
    pub async fn resume(&self, call: CallHandle, deadline: Instant) -> Result<(), PhoneError> {
        self.change_hold(call, false, deadline).await
    }

    /// The same as [`Self::hold`] by UPDATE, which may come before the call is answered
    /// (RFC 3311 5.1).
    ///
    /// # Errors
    /// As [`Self::hold`], and if the other side does not list UPDATE in Allow.
    pub async fn hold_by_update(
        &self,
        call: CallHandle,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        self.change_session(call, Wish::Hold(true), Carrier::Update, deadline)
            .await
    }

    /// Offers these codecs alone by re-INVITE, named as in `a=rtpmap`, and waits for the answer.
    ///
    /// # Errors
    /// If the phone has no such codec, the call is not connected, or the re-INVITE is refused: then
    /// all stays as it was.
    pub async fn change_codecs(
        &self,
        call: CallHandle,
        codecs: Vec<String>,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        self.change_session(call, Wish::Codecs(codecs), Carrier::ReInvite, deadline)
            .await
    }

    /// Moves the media of a call to new RTP and RTCP ports by re-INVITE. Look for the call's media
    /// anew by [`Phone::media`].
    ///
    /// # Errors
    /// If no ports can be opened, the call is not connected, or the re-INVITE is refused: then all
    /// stays as it was.
    pub async fn change_media_address(
        &self,
        call: CallHandle,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        self.change_session(call, Wish::Address, Carrier::ReInvite, deadline)
            .await
    }

    async fn change_hold(
        &self,
        call: CallHandle,
        holds: bool,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        self.change_session(call, Wish::Hold(holds), Carrier::ReInvite, deadline)
            .await
    }

    async fn change_session(
        &self,
        call: CallHandle,
        wish: Wish,
        by: Carrier,
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        let done = self
            .ask(move |actor, now| actor.change_session(now, call, wish, by))
            .await??;
        let phone = self.name().to_owned();
        let waited_for = format!("200 to {}", by.name());
        match tokio::time::timeout_at(deadline.into(), done).await {
            Ok(Ok(result)) => result,
            // The change went away with its call.
            Ok(Err(_)) => match self.state().call(call).map(|record| record.state.clone()) {
                Some(CallState::Ended(end)) => Err(PhoneError::CallEnded {
                    phone,
                    waited_for,
                    end,
                }),
                _ => Err(PhoneError::Off { phone }),
            },
            Err(_) => Err(PhoneError::TimedOut {
                phone,
                waited_for,
                instead: "none came".to_owned(),
            }),
        }
    }
}
