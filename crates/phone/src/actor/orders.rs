//! What a NOTIFY without subscription tells the phone to do: check-sync, talk, hold.

use std::time::Instant;

use gannet_sip::{HeaderName, Message};

use super::core::Actor;
use super::session_change::{Carrier, Wish};
use crate::call::{CallHandle, CallRecord, CallState};
use crate::profile::CheckSync;

impl Actor {
    /// Does what the NOTIFY asks for, as far as the profile has it.
    pub(super) fn obey(&mut self, now: Instant, notify: &Message) {
        let event = notify.text(HeaderName::Event).unwrap_or_default();
        let package = event.split(';').next().unwrap_or_default().trim();
        let style = self.config.profile.events;
        match package.to_ascii_lowercase().as_str() {
            "check-sync" => self.check_sync(now, style.check_sync),
            "talk" if style.talk => self.talk(now),
            "hold" if style.hold => {
                let talking = |call: &CallRecord| call.confirmed && !call.on_hold;
                self.set_hold(now, talking, true);
            }
            _ => {}
        }
    }

    fn check_sync(&mut self, now: Instant, reaction: CheckSync) {
        let busy = self.state.borrow().open_calls().next().is_some();
        match reaction {
            CheckSync::Register if self.registration.is_some() => {
                // It fails only where there is no registration or no power.
                let _ = self.refresh(now);
            }
            CheckSync::Restart if !busy => {
                let registered = self.registration.is_some();
                self.send_all();
                self.power_off(now);
                self.power_on();
                if registered {
                    // It fails only where there is no server, without which nothing was registered.
                    let _ = self.register(now, None);
                }
            }
            CheckSync::Nothing | CheckSync::Register | CheckSync::Restart => {}
        }
    }

    /// The call that rings is answered; without one that on hold is taken back.
    fn talk(&mut self, now: Instant) {
        let ringing = self.find_open(|call| call.state == CallState::Incoming);
        match ringing {
            // Nobody asked: what went wrong shows in the end of the call.
            Some(call) => drop(self.answer(now, call)),
            None => self.set_hold(now, |call| call.on_hold, false),
        }
    }

    fn find_open(&self, fits: impl Fn(&CallRecord) -> bool) -> Option<CallHandle> {
        let state = self.state.borrow();
        let mut open = state.open_calls();
        open.find(|call| fits(call)).map(|call| call.handle)
    }

    fn set_hold(&mut self, now: Instant, fits: impl Fn(&CallRecord) -> bool, hold: bool) {
        if let Some(call) = self.find_open(fits) {
            // Nobody waits for the outcome: the state shows it.
            let _ = self.change_session(now, call, Wish::Hold(hold), Carrier::ReInvite);
        }
    }
}
