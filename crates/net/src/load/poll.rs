//! Waiting for sockets.

use std::io;
use std::time::Duration;

use crate::error::NetError;

use super::event::PortEvent;
use super::port::{Kind, Report};
use super::ports::{Ports, TIMER, WAKER};
use super::slots::PortId;
use super::stream::State;

/// While some ports bring more and more, the others are asked for events after so many messages.
const UNASKED_MESSAGES_MAX: usize = 256;
/// A wait ends after this when something is to be tried again of which the system will not tell.
const CONGESTED_WAIT_MAX: Duration = Duration::from_millis(1);
const STALLED_WAIT_MAX: Duration = Duration::from_millis(20);

/// What a callback is given.
pub(super) type Each<'a> = &'a mut dyn FnMut(&mut Ports, PortEvent<'_>);

impl Ports {
    /// Sends what is to be sent, then hands out what came in; waits for it, at most `timeout`, when
    /// there is nothing (`None`: without end). Gives the number of events handed out.
    ///
    /// One call does a bounded amount of work, about [`PortLimits::messages_per_poll_max`] messages
    /// and one system call more, so that the caller gets to its timers; as long as ports bring
    /// something it does not wait. It may return with nothing before the time.
    ///
    /// [`PortLimits::messages_per_poll_max`]: super::PortLimits::messages_per_poll_max
    ///
    /// # Errors
    /// The system does not let us wait; nothing that concerns a single port.
    pub fn poll(
        &mut self,
        timeout: Option<Duration>,
        each: &mut dyn FnMut(PortEvent<'_>),
    ) -> Result<usize, NetError> {
        self.poll_with(timeout, &mut |_, event| each(event))
    }

    /// Like [`poll`](Self::poll); the callback gets the ports too, so that it can send, open and
    /// close. It must not poll.
    ///
    /// # Errors
    /// As for [`poll`](Self::poll).
    pub fn poll_with(
        &mut self,
        timeout: Option<Duration>,
        each: &mut dyn FnMut(&mut Self, PortEvent<'_>),
    ) -> Result<usize, NetError> {
        self.flush();
        let mut count = self.tell_reports(each);
        count += self.serve(self.limits.messages_per_poll_max, each);
        self.since_wait += count;
        if count > 0 && self.since_wait < UNASKED_MESSAGES_MAX {
            return Ok(count);
        }
        self.since_wait = 0;
        let idle = count == 0 && self.hot.is_empty() && self.reports.count() == 0;
        self.wait(if idle { timeout } else { Some(Duration::ZERO) })?;
        self.flush();
        let left = self.limits.messages_per_poll_max.saturating_sub(count);
        count += self.serve(left, each);
        count += self.tell_reports(each);
        Ok(count)
    }

    fn wait(&mut self, timeout: Option<Duration>) -> Result<(), NetError> {
        let at_most = |timeout: Option<Duration>, most| {
            Some(timeout.map_or(most, |timeout: Duration| timeout.min(most)))
        };
        let mut timeout = timeout;
        if self.congested {
            timeout = at_most(timeout, CONGESTED_WAIT_MAX);
        }
        if !self.stalled.is_empty() {
            timeout = at_most(timeout, STALLED_WAIT_MAX);
        }
        self.timer.arm(timeout);
        match self.poll.poll(&mut self.events, timeout) {
            Err(source) if source.kind() != io::ErrorKind::Interrupted => {
                return Err(NetError::Waiting { source });
            }
            _ => {}
        }
        let events = std::mem::replace(&mut self.events, mio::Events::with_capacity(0));
        for event in &events {
            if matches!(event.token(), WAKER | TIMER) {
                continue;
            }
            let id = PortId::from_number(event.token().0 as u64);
            self.note_event(id, event);
        }
        self.events = events;
        for id in std::mem::take(&mut self.stalled) {
            self.heat(id);
        }
        Ok(())
    }

    fn note_event(&mut self, id: PortId, event: &mio::event::Event) {
        let Some(port) = self.slots.get_mut(id) else {
            return;
        };
        let mut room = false;
        match &mut port.kind {
            Kind::Datagram(port) => {
                port.errors |= event.is_error();
                room = port.blocked && event.is_writable();
                port.blocked &= !room;
            }
            Kind::Stream(stream) => {
                stream.ending |= event.is_read_closed() || event.is_error();
                room = stream.blocked && event.is_writable();
                stream.blocked &= !room;
            }
            Kind::Listener(_) => {}
        }
        let is_connecting =
            matches!(&port.kind, Kind::Stream(stream) if stream.state == State::Connecting);
        if room {
            self.soil(id);
        }
        if event.is_readable() || event.is_error() || is_connecting {
            self.heat(id);
        }
    }

    /// Hands out what came up outside of a poll.
    fn tell_reports(&mut self, each: Each<'_>) -> usize {
        let mut count = 0;
        for _ in 0..self.reports.count() {
            let Some(report) = self.reports.pop() else {
                break;
            };
            if self.open_port(report.port()).is_none() {
                continue;
            }
            count += 1;
            match report {
                Report::Connected { port } => self.tell_connected(port, each),
                Report::Closed { port, reason } => self.tell_closed(port, reason, each),
                Report::SendFailed { port, to, failure } => {
                    each(self, PortEvent::SendFailed { port, to, failure });
                }
            }
        }
        count
    }
}
