//! Conference rooms: who calls the same number hears all others that do.

use std::time::Instant;

use gannet_media::SharedMixer;

use super::place::refusal;
use super::programme::Programme;
use super::state::Server;
use crate::event::PbxEvent;
use crate::snapshot::Service;

impl Server {
    /// Answers a call to a room. The room is there from its first caller to its last.
    pub(super) fn join_room(&mut self, now: Instant, number: u64, room: String) {
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        call.callee.clone_from(&room);
        let mixer = self
            .rooms
            .entry(room.clone())
            .or_insert_with(|| SharedMixer::new(now));
        if mixer.seats() >= self.config.limits.conference_max {
            self.counters.refused_by_limit += 1;
            let what = format!("the conference {room} is full");
            self.emit(PbxEvent::Trouble { what });
            return self.refuse(now, number, refusal(486, "Conference Full"));
        }
        let programme = Programme::conference(mixer.join());
        self.answer(now, number, Service::Conference, Some(room), programme);
        // Had the call been refused, the room may be empty.
        self.close_empty_rooms();
    }

    /// Forgets rooms without callers. A seat is given back with the session that had it.
    pub(super) fn close_empty_rooms(&mut self) {
        self.rooms.retain(|_, mixer| mixer.seats() > 0);
    }
}
