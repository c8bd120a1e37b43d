//! Sockets and connections of calls.

use std::net::{IpAddr, SocketAddr};

use gannet_events::sipp::Failure;
use gannet_events::traffic::Phase;

use super::call::{CallId, Link, NO_CALL, State};
use super::core::{Core, Turn};
use super::ports::Port;
use super::{OpenError, OpenRequest, Protocol, Sockets};
use crate::shard::{PortKey, Way};

/// Whether a call can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ready {
    /// By this way.
    By(Way),
    /// When its connection is made.
    Later,
    /// It cannot.
    Never(Failure),
}

impl Core {
    /// The way of a call's next message.
    #[inline]
    pub(super) fn way_for(&mut self, turn: &mut Turn<'_, '_>, id: CallId) -> Ready {
        let call = self.calls.get(id);
        if let Some(way) = call.way {
            if way.to.is_some() || self.ports.get(way.port).is_some_and(|port| port.is_open) {
                return Ready::By(way);
            }
            return Ready::Later;
        }
        if call.marks.incoming {
            return Ready::Never(Failure::CannotSendMessage);
        }
        match self.settings().sockets {
            Sockets::Shared => self.main_way_for(turn, id),
            Sockets::PerCall => self.open_for(turn, id, None),
            Sockets::PerAddress => self.open_by_address(turn, id),
        }
    }

    pub(super) fn is_stream(&self) -> bool {
        !self.settings().protocol.is_unreliable()
    }

    /// Where calls that begin here send.
    fn target(&self) -> Option<SocketAddr> {
        let settings = self.settings();
        settings.send_to.or(settings.facts.remote)
    }

    fn main_way_for(&mut self, turn: &mut Turn<'_, '_>, id: CallId) -> Ready {
        let Some(main) = self.main_way.or_else(|| self.reconnect(turn)) else {
            return Ready::Never(Failure::TcpConnect);
        };
        let to = if self.is_stream() {
            None
        } else {
            main.to.or(self.target())
        };
        let target = self.redirected.remove(&id).or(to);
        self.use_port(id, main.port, target);
        self.way_now(id)
    }

    /// Whether the way that a call just got can be used.
    fn way_now(&self, id: CallId) -> Ready {
        match self.calls.get(id).way {
            Some(way) if way.to.is_some() => Ready::By(way),
            Some(way) if self.ports.get(way.port).is_some_and(|port| port.is_open) => {
                Ready::By(way)
            }
            Some(way) if self.ports.get(way.port).is_some() && self.is_stream() => Ready::Later,
            _ => Ready::Never(Failure::CannotSendMessage),
        }
    }

    /// Makes the connection of all calls again, as often as that may be.
    fn reconnect(&mut self, turn: &mut Turn<'_, '_>) -> Option<Way> {
        let reconnect = self.settings().reconnect;
        if !self.is_stream() || reconnect.max.is_some_and(|max| self.reconnected >= max) {
            return None;
        }
        if turn.now_ns < self.reconnect_from_ns {
            return None;
        }
        self.reconnected += 1;
        self.reconnect_from_ns = turn.now_ns.saturating_add(reconnect.wait_ns);
        let request = OpenRequest {
            protocol: self.settings().protocol,
            local: None,
            remote: self.target(),
        };
        let port = turn.world.open(request).ok()?;
        self.ports.insert(port, Port::new(false));
        let way = Way { port, to: None };
        self.main_way = Some(way);
        Some(way)
    }

    /// Opens a socket for a call, or gives it one that is there.
    fn open_for(&mut self, turn: &mut Turn<'_, '_>, id: CallId, local: Option<IpAddr>) -> Ready {
        let is_stream = self.is_stream();
        let redirected = self.redirected.remove(&id);
        let remote = redirected.or(self.target());
        let request = OpenRequest {
            protocol: self.settings().protocol,
            local,
            remote,
        };
        let port = match turn.world.open(request) {
            Ok(port) => {
                // A datagram socket can be used at once.
                self.ports.insert_own(port, Port::new(!is_stream));
                port
            }
            Err(OpenError::Full) => match self.ports.next_shared() {
                Some(port) => port,
                None => return Ready::Never(Failure::OutboundCongestion),
            },
            Err(OpenError::Refused) => return Ready::Never(Failure::OutboundCongestion),
        };
        let to = if is_stream { None } else { remote };
        self.use_port(id, port, to);
        if let Some(known) = self.ports.get_mut(port) {
            known.users += 1;
        }
        self.calls.get_mut(id).marks.owns_port = true;
        self.way_now(id)
    }

    /// The socket of the source address that the call's line of the first injection file names.
    fn open_by_address(&mut self, turn: &mut Turn<'_, '_>, id: CallId) -> Ready {
        let column = self.settings().facts.ip_field;
        let part = usize::from(self.calls.get(id).part);
        let mut text = Vec::new();
        if let Some(file) = self.shared.files.first()
            && let Some(line) = self.calls.state(id).line(0)
        {
            file.cell(line as usize, column, &mut text);
        }
        let address = std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.trim().parse::<IpAddr>().ok());
        let Some(address) = address else {
            let text = String::from_utf8_lossy(&text).into_owned();
            self.warn(turn, part as u8, || {
                format!("{text:?} of the injection file is no address to send from")
            });
            return Ready::Never(Failure::CannotSendMessage);
        };
        let Some(port) = self.ports.of_address(address) else {
            let ready = self.open_for(turn, id, Some(address));
            if let Some(way) = self.calls.get(id).way {
                self.ports.set_address(address, way.port);
            }
            return ready;
        };
        let to = if self.is_stream() {
            None
        } else {
            self.target()
        };
        self.use_port(id, port, to);
        if let Some(known) = self.ports.get_mut(port) {
            known.users += 1;
        }
        self.calls.get_mut(id).marks.owns_port = true;
        self.way_now(id)
    }

    /// A call sends and receives by a socket from now on.
    #[inline]
    pub(super) fn use_port(&mut self, id: CallId, port: PortKey, to: Option<SocketAddr>) {
        let call = self.calls.get_mut(id);
        let answers_elsewhere = call.marks.incoming && to.is_some();
        let to = match self.shared.settings.send_to {
            Some(send_to) if answers_elsewhere => Some(send_to),
            _ => to,
        };
        call.way = Some(Way { port, to });
        if to.is_some() {
            return;
        }
        let Some(known) = self.ports.get_mut(port) else {
            return;
        };
        let first = std::mem::replace(&mut known.first_call, id);
        if let Some(link) = self.calls.link_mut(id) {
            *link = Link {
                before: NO_CALL,
                after: first,
            };
        }
        if first != NO_CALL
            && let Some(link) = self.calls.link_mut(first)
        {
            link.before = id;
        }
    }

    /// A call has no way any more; its own socket is closed.
    #[inline]
    pub(super) fn leave_port(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let call = self.calls.get_mut(id);
        let owns = std::mem::take(&mut call.marks.owns_port);
        let Some(way) = call.way.take() else {
            return;
        };
        if way.to.is_none() {
            self.unlink(id, way.port);
        }
        if !owns {
            return;
        }
        let Some(port) = self.ports.get_mut(way.port) else {
            return;
        };
        port.users = port.users.saturating_sub(1);
        if port.users == 0 && !port.stays {
            self.ports.remove(way.port);
            turn.world.close(way.port);
        }
    }

    fn unlink(&mut self, id: CallId, port: PortKey) {
        let link = self.calls.link(id);
        if link.before == NO_CALL {
            if let Some(known) = self.ports.get_mut(port)
                && known.first_call == id
            {
                known.first_call = link.after;
            }
        } else if let Some(before) = self.calls.link_mut(link.before) {
            before.after = link.after;
        }
        if link.after != NO_CALL
            && let Some(after) = self.calls.link_mut(link.after)
        {
            after.before = link.before;
        }
        if let Some(own) = self.calls.link_mut(id) {
            *own = Link::ALONE;
        }
    }

    /// `closecon`.
    pub(super) fn close_own(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        self.leave_port(turn, id);
    }

    /// `setdest`: the call sends there from now on.
    pub(super) fn redirect(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        to: SocketAddr,
        protocol: Protocol,
    ) {
        if protocol != self.settings().protocol {
            self.fatal("setdest cannot change the protocol".into());
            return;
        }
        if let Some(way) = &mut self.calls.get_mut(id).way
            && way.to.is_some()
        {
            way.to = Some(to);
            return;
        }
        if self.is_stream() && self.settings().sockets == Sockets::Shared {
            self.fatal("setdest of a connection needs one connection for each call (-t tn)".into());
            return;
        }
        self.leave_port(turn, id);
        self.redirected.insert(id, to);
    }

    /// A connection can be used: its calls go on.
    pub(super) fn connected(&mut self, turn: &mut Turn<'_, '_>, way: Way) {
        let Some(port) = self.ports.get_mut(way.port) else {
            return;
        };
        port.is_open = true;
        let mut next = port.first_call;
        let mut waiting = Vec::new();
        while next != NO_CALL {
            if self.calls.get(next).state == State::Opening {
                waiting.push(next);
            }
            next = self.calls.link(next).after;
        }
        for id in waiting {
            if self.calls.get(id).state == State::Opening {
                self.run(turn, id);
            }
        }
    }

    /// A connection was not made, or is lost: so are its calls.
    pub(super) fn closed(&mut self, turn: &mut Turn<'_, '_>, port: PortKey) {
        let Some(lost) = self.ports.remove(port) else {
            return;
        };
        if self.main_way.is_some_and(|way| way.port == port) {
            self.main_way = None;
            self.reconnect_from_ns = turn
                .now_ns
                .saturating_add(self.settings().reconnect.wait_ns);
        }
        let failure = if lost.is_open {
            Failure::TcpClosed
        } else {
            Failure::TcpConnect
        };
        let closes_calls = self.settings().reconnect.closes_calls || !lost.is_open;
        let mut next = lost.first_call;
        while next != NO_CALL {
            let id = next;
            next = self.calls.link(id).after;
            if let Some(link) = self.calls.link_mut(id) {
                *link = Link::ALONE;
            }
            let call = self.calls.get_mut(id);
            call.way = None;
            call.marks.owns_port = false;
            // Calls that began here may take another connection for the rest.
            let in_timewait = call.marks.in_timewait;
            if closes_calls || call.marks.incoming || self.phase == Phase::Ended {
                if !in_timewait {
                    self.note_failure(turn, id, |name| {
                        format!("Call-ID {name}: its connection was closed by the peer")
                    });
                }
                self.fail(turn, id, failure);
            }
        }
    }
}
