//! The offers by which a session is changed.

use std::sync::Arc;

use gannet_media::offer_answer::{Format, MediaCapabilities};
use gannet_sdp::{Direction, SessionDescription};

use super::core::Actor;
use super::session_change::{SessionChange, Wish};
use crate::call::CallHandle;
use crate::error::PhoneError;
use crate::profile::HoldForm;

impl Actor {
    /// The offer for a change.
    pub(super) fn offer_of(
        &mut self,
        change: &mut SessionChange,
    ) -> Result<SessionDescription, PhoneError> {
        let (call, by) = (change.call, change.by);
        let without_media = |actor: &Self| actor.unsendable(by, "the call has no media".to_owned());
        let Some(leg) = self.legs.get(&call) else {
            return Err(self.error_no_call(call));
        };
        let form = self.config.profile.hold;
        let (own, held) = (leg.own_direction(form), leg.held);
        let offer = match &change.wish {
            Wish::Hold(holds) => {
                self.hold_by_address(call, *holds && form.by_address());
                self.make_offer_to(call, offered_direction((*holds, held), form))
            }
            Wish::Codecs(names) => {
                let capabilities = self.only(names)?;
                let media = self.legs.get(&call).and_then(|leg| leg.media.as_ref());
                let local = media.map(|media| self.local_media(media, own));
                local.and_then(|local| self.offer_as(call, &capabilities, &local))
            }
            Wish::Address => {
                let socket = self.open_media_socket()?;
                let media = self.legs.get(&call).and_then(|leg| leg.media.as_ref());
                let local = media.map(|media| self.local_media(media, own));
                let capabilities = Arc::clone(&self.config.profile);
                let offer = local.and_then(|mut local| {
                    local.address.set_port(socket.rtp_address().port());
                    self.offer_as(call, &capabilities.sdp, &local)
                });
                change.socket = Some(socket);
                offer
            }
        };
        offer.ok_or_else(|| without_media(self))
    }

    fn hold_by_address(&mut self, call: CallHandle, zero_address: bool) {
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.zero_address = zero_address;
        }
    }

    /// The device's abilities with these codecs alone.
    fn only(&self, names: &[String]) -> Result<MediaCapabilities, PhoneError> {
        let mut capabilities = self.config.profile.sdp.clone();
        let known: Vec<_> = capabilities
            .formats
            .iter()
            .filter(|format| format.codec().is_some())
            .map(|format| format.encoding.clone())
            .collect();
        let mut formats = Vec::new();
        for name in names {
            let is_it = |format: &&Format| format.codec().is_some_and(|codec| codec.is_named(name));
            let found = capabilities.formats.iter().find(is_it);
            let Some(found) = found else {
                return Err(self.misuse(format!(
                    "the phone has no codec {name}; it has {}",
                    known.join(", ")
                )));
            };
            formats.push(found.clone());
        }
        // Events and comfort noise go with audio of their clock (RFC 4733 2.1, RFC 3389 4).
        let clocks: Vec<u32> = formats.iter().map(|format| format.clock_rate).collect();
        let others = capabilities.formats.into_iter();
        formats.extend(others.filter(|format| {
            let goes_along = format.is_telephone_event() || format.is_comfort_noise();
            goes_along && clocks.contains(&format.clock_rate)
        }));
        capabilities.formats = formats;
        Ok(capabilities)
    }
}

/// Who holds does not want to hear, who is held does not speak (RFC 3264 8.4): sendonly, inactive
/// if both hold, recvonly if only the other side goes on holding. Some devices want to hear nothing
/// and say nothing, and old ones show it by the address alone.
const fn offered_direction((holds, held): (bool, bool), form: HoldForm) -> Direction {
    match (holds, held, form) {
        (false, false, _) | (true, false, HoldForm::ZeroAddress) => Direction::SendRecv,
        (true, false, HoldForm::SendOnly | HoldForm::SendOnlyAndZeroAddress) => Direction::SendOnly,
        (false, true, _) => Direction::RecvOnly,
        (true, true, _) | (true, false, HoldForm::Inactive) => Direction::Inactive,
    }
}
