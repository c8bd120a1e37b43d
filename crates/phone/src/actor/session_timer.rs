//! Session timers (RFC 4028): how the phone uses them, what it shows of them, and the answer to a
//! re-INVITE by which the core has refreshed a session.

use std::time::Instant;

use gannet_ua::endpoint::{CallId, Happening, Outcome, RequestId};

use super::core::Actor;
use super::leg::sdp_of;
use crate::call::SessionView;
use crate::profile::SessionStyle;

impl Actor {
    /// How the phone uses session timers.
    pub(crate) fn session_style(&self) -> SessionStyle {
        self.config.profile.session
    }

    /// Changes how the phone uses session timers, from now on. A call that began without them has
    /// none later.
    pub(crate) fn set_session_style(&mut self, style: SessionStyle) {
        let profile = std::sync::Arc::make_mut(&mut self.config.profile);
        profile.session = style;
        self.endpoint.config_mut().session = style.support.then_some(style.policy);
    }

    /// A session timer was started, started anew or given up.
    pub(super) fn note_session(&self, session: &Happening) {
        let Happening::Session {
            call,
            interval,
            we_refresh,
        } = *session
        else {
            return;
        };
        let Some(call) = self.handles.get(&call) else {
            return;
        };
        self.show_call(*call, |record| {
            record.session = interval.map(|interval| SessionView {
                interval,
                we_refresh,
                refreshes: record.session.map_or(0, |before| before.refreshes + 1),
            });
        });
    }

    /// The core's own re-INVITE offers what counts anyway; the other side may still answer something
    /// new, its address for example.
    pub(super) fn note_refresh_answer(
        &mut self,
        now: Instant,
        (request, call): (RequestId, Option<CallId>),
        outcome: &Outcome,
    ) {
        if self.changes.contains_key(&request) || self.waiting.contains_key(&request) {
            return;
        }
        let call = call.and_then(|call| self.handles.get(&call).copied());
        let response = outcome.response().filter(|_| outcome.code() < 300);
        let (Some(call), Some(answer)) = (call, response.and_then(sdp_of)) else {
            return;
        };
        if let Some(leg) = self.legs.get_mut(&call)
            && leg.offer.is_none()
        {
            leg.offer.clone_from(&leg.local);
            // An answer that cannot be used leaves the session as it was.
            let _ = self.take_answer(now, call, &answer);
            if let Some(leg) = self.legs.get_mut(&call) {
                leg.offer = None;
            }
        }
    }
}
