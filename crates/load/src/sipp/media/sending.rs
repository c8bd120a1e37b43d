//! What a media thread sends when its time has come.

use gannet_net::load::PortId;

use super::outgoing::Next;
use super::worker::Worker;

/// Packets that are made before they are handed to the system.
const BATCH_MAX: usize = 64;
/// A socket that is not watched is looked at with each fifth packet of its stream: so one system
/// call brings several packets. When they came the system has noted.
const LOOK_EVERY: u64 = 5;

impl Worker {
    /// Sends all whose time has come.
    pub(super) fn send_due(&mut self) {
        let mut due = std::mem::take(&mut self.due);
        let mut now_ns = self.now_ns();
        self.wheel.advance(now_ns, &mut due);
        for place in due.drain(..) {
            self.send_one(place as u32, now_ns);
            if self.batch.len() >= BATCH_MAX {
                now_ns = self.hand_over(now_ns);
            }
        }
        self.due = due;
        self.hand_over(now_ns);
    }

    /// Gives what was made to the system, and notes how late that was. Gives the time after it.
    fn hand_over(&mut self, now_ns: u64) -> u64 {
        if self.batch.is_empty() {
            return now_ns;
        }
        self.ports.flush();
        let now_ns = self.now_ns();
        self.figures.departed(&self.batch, now_ns);
        self.batch.clear();
        now_ns
    }

    fn send_one(&mut self, place: u32, now_ns: u64) {
        let Some(playing) = self.streams.at(place) else {
            return;
        };
        playing.timer = None;
        let outgoing = &mut playing.outgoing;
        let left_out = outgoing.catch_up(now_ns);
        let due_ns = outgoing.due_ns;
        let next = outgoing.next(&mut self.out);
        let (kind, next_ns) = (outgoing.kind, outgoing.due_ns);
        let is_over = next == Next::Over || outgoing.is_over();
        let (id, port) = (playing.id, playing.port);
        if left_out > 0 {
            self.figures.left_out(left_out);
        }
        if let Next::Packet { socket, to } = next
            && let Some(port) = port.or_else(|| self.sockets.get(&socket).copied())
        {
            if !outgoing.is_stream() || self.arriving.protect(port, &mut self.out) {
                self.ports.send(port, Some(to), &[&self.out]);
                self.figures.sent(kind, self.out.len());
                if let Some(check) = &mut outgoing.check {
                    check.note_sent();
                }
                self.batch.push(due_ns);
            }
            self.look(port, place, (due_ns, next_ns));
        }
        if is_over {
            self.stop(id);
        } else {
            self.set_timer(place, next_ns);
        }
    }

    /// Looks at a socket that is not watched, as often as it shall be.
    fn look(&mut self, port: PortId, place: u32, (due_ns, next_ns): (u64, u64)) {
        let interval_ns = next_ns.saturating_sub(due_ns).max(1);
        // Not all in the same interval.
        if (due_ns / interval_ns + u64::from(place)).is_multiple_of(LOOK_EVERY)
            && self.arriving.is_unwatched(port)
        {
            self.ports.look(port);
        }
    }
}
