//! What happens to connections.

use super::call::State;
use super::core::{Core, Turn};
use super::{PortKey, Way};

impl Core {
    /// A connection that a call asked for can be used: its step is run.
    pub(super) fn connected(&mut self, turn: &mut Turn<'_, '_>, way: Way) {
        let Some(port_use) = self.ports.get(way.port) else {
            return;
        };
        let (channel, call) = (port_use.channel, port_use.call);
        let Some(id) = call else {
            self.global_ways[channel.index()] = Some(way);
            return;
        };
        self.calls.way_mut(id, channel.index()).way = Some(way);
        let call = self.calls.get_mut(id);
        if call.state == State::Opening {
            call.deadline_ns = 0;
            self.run(turn, id);
        }
    }

    /// A connection was not made, or is lost.
    pub(super) fn closed(&mut self, turn: &mut Turn<'_, '_>, port: PortKey) {
        let Some(port_use) = self.ports.remove(port) else {
            return;
        };
        let channel = port_use.channel.index();
        let Some(id) = port_use.call else {
            let global = &mut self.global_ways[channel];
            if global.is_some_and(|way| way.port == port) {
                *global = None;
            }
            return;
        };
        let own = self.calls.way_mut(id, channel);
        own.way = None;
        own.opened = None;
        if self.calls.get(id).state == State::Opening {
            let place = self.place_of(id);
            self.connection_failed(turn, id, place);
        }
    }
}
