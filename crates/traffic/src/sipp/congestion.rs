//! Calls whose connection takes no more for now.

use super::call::{CallId, State};
use super::core::{Core, Turn};
use crate::shard::{PortKey, Way};

impl Turn<'_, '_> {
    /// Whether a way takes another message. A datagram socket always does.
    pub(super) fn takes(&mut self, way: Way) -> bool {
        way.to.is_some() || self.world.takes(way)
    }
}

impl Core {
    /// The call goes on when its connection takes messages again, after those that wait there already.
    pub(super) fn wait_for_room(&mut self, id: CallId) {
        let Some(way) = self.calls.get(id).way else {
            return;
        };
        let Some(port) = self.ports.get_mut(way.port) else {
            return;
        };
        if port.waiting.is_empty() {
            self.congested.push(way.port);
        }
        port.waiting.push_back(id);
    }

    /// Has calls send what their connections take by now.
    pub(super) fn go_on_with_room(&mut self, turn: &mut Turn<'_, '_>) {
        for key in std::mem::take(&mut self.congested) {
            // The last one that waited may wait again, which has put its connection here.
            if !self.drain(turn, key) && !self.congested.contains(&key) {
                self.congested.push(key);
            }
        }
    }

    /// False if calls still wait there.
    fn drain(&mut self, turn: &mut Turn<'_, '_>, key: PortKey) -> bool {
        let way = Way {
            port: key,
            to: None,
        };
        while turn.takes(way) {
            let waiting = self.ports.get_mut(key).map(|port| &mut port.waiting);
            let Some(id) = waiting.and_then(std::collections::VecDeque::pop_front) else {
                return true;
            };
            let call = self.calls.get(id);
            // It may have ended meanwhile.
            if call.state == State::Congested && call.way.is_some_and(|way| way.port == key) {
                self.run(turn, id);
            }
        }
        self.ports
            .get(key)
            .is_none_or(|port| port.waiting.is_empty())
    }
}
