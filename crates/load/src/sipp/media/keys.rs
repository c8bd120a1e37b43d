//! Which keys of its descriptions protect a medium of a call.

use gannet_media::srtp::{CryptoLine, CryptoLines};

use super::guard::Guard;
use super::inbox::{Command, Inbox, SocketId};

/// The keys of a medium of a call.
#[derive(Debug, Default)]
pub(super) struct Keys {
    own: Option<CryptoLines>,
    peer: Option<CryptoLines>,
    agreed: bool,
    sent: Keying,
    received: Keying,
    /// The socket that knows of them.
    socket: Option<SocketId>,
}

/// What a guard is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Keying {
    /// There is no SRTP.
    #[default]
    None,
    Line(CryptoLine),
    /// There is, but its key is not known.
    Missing,
}

/// Who has written a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    Own,
    Peer,
}

impl Keying {
    fn guard(&self) -> Guard {
        match self {
            Self::None => Guard::Open,
            Self::Line(line) => Guard::Srtp(Box::new(line.context())),
            Self::Missing => Guard::Shut,
        }
    }
}

impl Keys {
    /// Takes the lines of a description; gives what is wrong with them, in words. One that is as the
    /// one before changes nothing: the numbers of packets go on.
    ///
    /// Packets are protected as soon as an own description has keys. Until the peer's has the ones
    /// that belong to them nothing that comes is authentic, and so it is for ever if the peer wants
    /// no SRTP: a scenario that offers it checks that it is there.
    pub(super) fn describe(
        &mut self,
        writer: Writer,
        lines: CryptoLines,
        inbox: &Inbox,
    ) -> Option<String> {
        let place = match writer {
            Writer::Own => &mut self.own,
            Writer::Peer => &mut self.peer,
        };
        if place.as_ref() == Some(&lines) {
            return None;
        }
        *place = Some(lines);
        let before = (self.sent.clone(), self.received.clone());
        let told = self.decide(writer);
        if let Some(socket) = self.socket {
            if before.0 != self.sent {
                inbox.send(Command::GuardSent(socket, self.sent.guard()));
            }
            if before.1 != self.received {
                inbox.send(Command::GuardReceived(socket, self.received.guard()));
            }
        }
        told
    }

    /// Decides after a description of one side.
    fn decide(&mut self, writer: Writer) -> Option<String> {
        let Some(own) = self.own.as_ref().filter(|own| !own.is_empty()) else {
            (self.sent, self.received) = (Keying::None, Keying::None);
            self.agreed = false;
            return None;
        };
        let nothing = CryptoLines::default();
        let peer = self.peer.as_ref().unwrap_or(&nothing);
        // The description that came last is the answer.
        let pair = match writer {
            Writer::Peer => CryptoLines::agreed(own, peer),
            Writer::Own => CryptoLines::agreed(peer, own).map(|(peer, own)| (own, peer)),
        };
        if let Some((own, peer)) = pair {
            self.sent = Keying::Line(own.clone());
            self.received = Keying::Line(peer.clone());
            self.agreed = true;
            return None;
        }
        // Of a new offer nothing need belong to the answer of before, which holds until the next.
        if self.agreed && !peer.is_empty() {
            return None;
        }
        let first = own.lines.first();
        self.sent = first.map_or(Keying::Missing, |line| Keying::Line(line.clone()));
        self.received = Keying::Missing;
        self.agreed = false;
        self.peer.as_ref()?;
        let refused = own.refused.iter().chain(&peer.refused);
        let reasons: Vec<String> = refused.map(ToString::to_string).collect();
        let colon = if reasons.is_empty() { "" } else { ": " };
        Some(format!(
            "SRTP is not agreed: no `a=crypto` of the peer has tag and suite of an own one{colon}{}",
            reasons.join("; ")
        ))
    }

    /// The medium has that socket from now on.
    pub(super) fn tell(&mut self, socket: SocketId, inbox: &Inbox) {
        if self.socket == Some(socket) {
            return;
        }
        self.forget(inbox);
        self.socket = Some(socket);
        inbox.send(Command::GuardSent(socket, self.sent.guard()));
        inbox.send(Command::GuardReceived(socket, self.received.guard()));
    }

    /// The socket is the medium's no more.
    pub(super) fn forget(&mut self, inbox: &Inbox) {
        if let Some(socket) = self.socket.take() {
            inbox.send(Command::GuardSent(socket, Guard::Open));
            inbox.send(Command::GuardReceived(socket, Guard::Open));
        }
    }
}

#[cfg(test)]
mod tests {
    use gannet_net::load::{PortLimits, Ports};

    use super::*;

    fn socket(number: u64) -> SocketId {
        SocketId { worker: 0, number }
    }

    fn inbox() -> Inbox {
        let limits = PortLimits {
            ports_max: 1,
            messages_per_poll_max: 1,
            unsent_bytes_max: 1,
        };
        Inbox::new([Ports::new(limits).expect("a poll").waker()])
    }

    /// `1a 2b`: tags with keys.
    fn lines(text: &str) -> CryptoLines {
        let line = |word: &str| {
            let (tag, key) = word.split_at(1);
            format!(
                "a=crypto:{tag} AES_CM_128_HMAC_SHA1_80 inline:{}\n",
                key.repeat(40)
            )
        };
        let lines: String = text.split_whitespace().map(line).collect();
        let body = format!("m=audio 6000 RTP/SAVP 0\n{lines}");
        CryptoLines::of(body.as_bytes(), "audio").expect("a medium")
    }

    fn keying(line: &str) -> Keying {
        Keying::Line(lines(line).lines.remove(0))
    }

    #[test]
    fn the_answer_chooses_whoever_writes_it() {
        let inbox = inbox();
        let mut caller = Keys::default();
        assert_eq!(caller.describe(Writer::Own, lines("1a 2b"), &inbox), None);
        assert_eq!(caller.sent, keying("1a"));
        assert_eq!(caller.received, Keying::Missing);
        assert_eq!(caller.describe(Writer::Peer, lines("2c"), &inbox), None);
        assert_eq!(
            (&caller.sent, &caller.received),
            (&keying("2b"), &keying("2c"))
        );
        let mut callee = Keys::default();
        assert_eq!(callee.describe(Writer::Peer, lines("1a 2b"), &inbox), None);
        assert_eq!(
            (&callee.sent, &callee.received),
            (&Keying::None, &Keying::None)
        );
        assert_eq!(callee.describe(Writer::Own, lines("2c"), &inbox), None);
        assert_eq!(
            (&callee.sent, &callee.received),
            (&keying("2c"), &keying("2b"))
        );
        // A new offer with other tags holds when it is answered.
        assert_eq!(callee.describe(Writer::Peer, lines("5d"), &inbox), None);
        assert_eq!(callee.received, keying("2b"));
        assert_eq!(callee.describe(Writer::Own, lines("5e"), &inbox), None);
        assert_eq!(
            (&callee.sent, &callee.received),
            (&keying("5e"), &keying("5d"))
        );
    }

    #[test]
    fn without_an_answer_that_fits_nothing_is_authentic() {
        let inbox = inbox();
        for answer in ["", "3c"] {
            let mut keys = Keys::default();
            keys.describe(Writer::Own, lines("1a"), &inbox);
            let told = keys.describe(Writer::Peer, lines(answer), &inbox);
            assert!(told.is_some_and(|told| told.contains("not agreed")));
            assert_eq!(
                (&keys.sent, &keys.received),
                (&keying("1a"), &Keying::Missing)
            );
        }
        let mut keys = Keys::default();
        keys.describe(Writer::Peer, lines("1a"), &inbox);
        assert_eq!(keys.describe(Writer::Own, lines(""), &inbox), None);
        assert_eq!((&keys.sent, &keys.received), (&Keying::None, &Keying::None));
    }

    #[test]
    fn only_what_changes_is_told() {
        let inbox = inbox();
        let told = || {
            let mut commands = Vec::new();
            inbox.take(0, &mut commands);
            commands.len()
        };
        let mut keys = Keys::default();
        keys.describe(Writer::Own, lines("1a"), &inbox);
        keys.describe(Writer::Peer, lines("1b"), &inbox);
        assert_eq!(told(), 0);
        keys.tell(socket(1), &inbox);
        keys.tell(socket(1), &inbox);
        assert_eq!(told(), 2);
        keys.describe(Writer::Peer, lines("1b"), &inbox);
        assert_eq!(told(), 0);
        keys.describe(Writer::Peer, lines("1c"), &inbox);
        assert_eq!(told(), 1);
        keys.tell(socket(2), &inbox);
        assert_eq!(told(), 4);
        keys.forget(&inbox);
        keys.forget(&inbox);
        assert_eq!(told(), 2);
    }
}
