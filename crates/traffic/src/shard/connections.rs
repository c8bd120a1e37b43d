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
        let waits = self.calls.get(id).state == State::Opening;
        if waits && turn.plan.channel_of(self.place_of(id)) == channel {
            self.calls.get_mut(id).deadline_ns = 0;
            self.run(turn, id);
        }
    }

    /// A connection was not made, or is lost.
    pub(super) fn closed(&mut self, turn: &mut Turn<'_, '_>, port: PortKey) {
        let Some(port_use) = self.ports.remove(port) else {
            return;
        };
        let channel = port_use.channel;
        let Some(id) = port_use.call else {
            let global = &mut self.global_ways[channel.index()];
            if global.is_some_and(|way| way.port == port) {
                *global = None;
            }
            return;
        };
        let own = self.calls.way_mut(id, channel.index());
        own.way = None;
        own.opened = None;
        // Nothing can come any more by what is closed. Whoever sends or waits for a time does not mind yet.
        let waits = matches!(self.calls.get(id).state, State::Opening | State::Receiving);
        let place = self.place_of(id);
        if waits && turn.plan.channel_of(place) == channel {
            self.connection_failed(turn, id, place);
        }
    }
}
