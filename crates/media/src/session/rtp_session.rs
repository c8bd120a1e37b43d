//! The session type: its contract and its parts at work.

mod recording;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_rtp::TelephoneEvent;
use gannet_sdp::Direction;

use super::config::RtpSessionConfig;
use super::handshake::Association;
use super::latch::Latch;
use super::receiver::Receiver;
use super::report::{ReceivedEvent, RtpReport};
use super::reporter::Reporter;
use super::sender::Sender;
use super::shield::{Content, Shield};
use crate::listen::Listener;
use crate::offer_answer::{Negotiated, Security};
use crate::source::{ReturnPath, Source};

/// One audio session of a call: sends, receives, reports and listens, without a
/// socket and without a clock.
///
/// # Contract
/// - Inputs: [`handle_datagram`](Self::handle_datagram) for every datagram of
///   the RTP socket and of the RTCP socket; the setters at any time.
/// - Output: [`poll_transmit`](Self::poll_transmit). Call it again and again
///   until it gives `None`: after each input, and when
///   [`next_deadline`](Self::next_deadline) is reached.
/// - `now` never goes back between calls.
/// - Polling also moves received audio on to the [`Listener`] and the
///   recording, so keep polling at the deadlines while nothing is sent.
///
/// # Schedule
/// The first packet is due at the `now` of [`new`](Self::new), packet n at that
/// time plus n times the packet time; a late poll changes nothing for the
/// packets after it. Packets overdue by up to 100 ms are sent at once; older
/// ones are left out, counted in [`super::SentStream::skipped`], and appear to
/// the peer as a jump of the timestamp without loss. While nothing is sent
/// (hold, [`Source::Mute`]) time goes on, and the packet that follows has the
/// marker bit.
///
/// # Address
/// RTP goes to the agreed address; with symmetric RTP to where agreed RTP comes
/// from. It moves to another source when the last one has been quiet for a
/// second, and for a second after a new agreement late packets of the former
/// peer are no source. Nothing is sent to the zero address or to port 0.
///
/// # End
/// After [`stop`](Self::stop) one RTCP BYE is left to poll; what was heard and
/// counted can still be asked.
#[derive(Debug)]
pub struct RtpSession {
    pub(super) negotiated: Negotiated,
    direction: Direction,
    pub(super) latch: Latch,
    pub(super) sender: Sender,
    pub(super) receiver: Receiver,
    pub(super) reporter: Reporter,
    pub(super) path: ReturnPath,
    end: End,
    pub(super) ignored: u64,
    pub(super) rtcp_received: u64,
    /// Our own packets that came back.
    pub(super) looped: u64,
    /// A BYE for an SSRC that we gave up, to be sent.
    pub(super) farewell: Option<Vec<u8>>,
    pub(super) shield: Shield,
    pub(super) association: Option<Association>,
    /// A packet without its protection.
    pub(super) bare: Vec<u8>,
}

/// A datagram to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transmit {
    /// Where to.
    pub destination: SocketAddr,
    /// From which of our sockets.
    pub channel: Channel,
}

/// A socket of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// The RTP socket, which also carries multiplexed RTCP.
    Rtp,
    /// The RTCP socket, on the port after that of RTP.
    Rtcp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Running,
    /// Stopped at this time; a BYE is to be sent.
    ByeDue(Instant),
    Stopped,
}

impl RtpSession {
    /// A session that begins at `now` and sends silence until
    /// [`set_source`](Self::set_source).
    pub fn new(config: RtpSessionConfig, now: Instant) -> Self {
        let sender = Sender::new(&config, now);
        let receiver = Receiver::new(&config, now);
        let reporter = Reporter::new(&config, now);
        let mut session = Self {
            direction: config.negotiated.direction,
            shield: Shield::new(&config, now),
            bare: Vec::new(),
            association: None,
            negotiated: config.negotiated,
            latch: Latch::new(config.symmetric),
            sender,
            receiver,
            reporter,
            path: ReturnPath::default(),
            end: End::Running,
            ignored: 0,
            rtcp_received: 0,
            looped: 0,
            farewell: None,
        };
        session.update_halves(now);
        session
    }

    /// Replaces the content of `out` by the next datagram that is due and says
    /// where it goes, or gives `None` if nothing is due.
    pub fn poll_transmit(&mut self, now: Instant, out: &mut Vec<u8>) -> Option<Transmit> {
        if let Some(transmit) = self.poll_handshake(now, out) {
            return Some(transmit);
        }
        loop {
            let (transmit, content) = self.poll_plain(now, out)?;
            if self.shield.protect(content, out) {
                return Some(transmit);
            }
        }
    }

    /// The next datagram before it is protected.
    fn poll_plain(&mut self, now: Instant, out: &mut Vec<u8>) -> Option<(Transmit, Content)> {
        out.clear();
        self.receiver.advance(now, &mut self.path);
        if self.sender.poll(now, &mut self.path, out) {
            let transmit = Transmit {
                destination: self.destination(),
                channel: Channel::Rtp,
            };
            return Some((transmit, Content::Rtp));
        }
        let bye = matches!(self.end, End::ByeDue(_));
        let farewell = self.farewell.take();
        if bye {
            self.end = End::Stopped;
        } else if farewell.is_none() && !self.reporter.is_due(now) {
            return None;
        }
        let destination = self.rtcp_destination()?;
        if let Some(farewell) = farewell.filter(|_| !bye) {
            out.extend(farewell);
        } else {
            let blocks = self.receiver.report_blocks(now);
            let timestamp = self.sender.timestamp_at(now);
            self.reporter
                .write(now, &self.sender.stats(), timestamp, blocks, bye, out);
        }
        let channel = if self.negotiated.rtcp_mux {
            Channel::Rtp
        } else {
            Channel::Rtcp
        };
        let transmit = Transmit {
            destination,
            channel,
        };
        Some((transmit, Content::Rtcp))
    }

    /// When [`poll_transmit`](Self::poll_transmit) is to be called next; `None`
    /// if nothing happens without an input.
    pub fn next_deadline(&self) -> Option<Instant> {
        let bye = match self.end {
            End::ByeDue(since) => Some(since),
            End::Running | End::Stopped => None,
        };
        [
            bye,
            self.handshake_deadline(),
            self.sender.deadline(),
            self.reporter.deadline(),
            self.receiver.deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Plays `source` from the next packet on.
    pub fn set_source(&mut self, source: Source, now: Instant) {
        self.path = ReturnPath::of(&source);
        self.sender.set_source(source, now);
    }

    /// The source that is played.
    pub fn source(&self) -> &Source {
        self.sender.player().source()
    }

    /// Whether audio that plays once ([`Source::once`]) has been played.
    pub fn source_ended(&self) -> bool {
        self.sender.player().ended()
    }

    /// The mute key: packets go on with silence in them, and the source goes on
    /// unheard. (For no packets at all use [`Source::Mute`].)
    pub fn set_muted(&mut self, muted: bool) {
        self.sender.set_muted(muted);
    }

    /// What is done from now on: not sending, not hearing, or both.
    /// [`renegotiate`](Self::renegotiate) sets it too.
    pub fn set_direction(&mut self, direction: Direction, now: Instant) {
        self.direction = direction;
        self.update_halves(now);
    }

    /// The direction from our view.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Goes on under a new agreement: the schedule, SSRC, sequence numbers and
    /// timestamps continue. A changed address is used at once.
    pub fn renegotiate(&mut self, negotiated: Negotiated, now: Instant) {
        if negotiated.remote != self.negotiated.remote {
            let addresses = |of: &Negotiated| [of.remote, of.remote_rtcp];
            let (left, agreed) = (addresses(&self.negotiated), addresses(&negotiated));
            self.latch.move_on(left, agreed, now);
        }
        self.direction = negotiated.direction;
        self.sender.apply(&negotiated);
        self.receiver.apply(&negotiated, now);
        self.shield.apply(&negotiated.security, now);
        self.negotiated = negotiated;
        self.update_halves(now);
    }

    /// What the session works by.
    pub fn negotiated(&self) -> &Negotiated {
        &self.negotiated
    }

    /// Ends the session: no more RTP, and one RTCP BYE if RTCP is on
    /// (RFC 3550 6.6).
    pub fn stop(&mut self, now: Instant) {
        if self.end == End::Running {
            if matches!(self.source(), Source::Live(_)) {
                // The others should not hear what was still waiting in the mixer.
                self.set_source(Source::Mute, now);
            }
            let spoke = self.reporter.is_enabled()
                && (self.sender.stats().packets > 0 || self.reporter.sent() > 0);
            self.end = if spoke {
                End::ByeDue(now)
            } else {
                End::Stopped
            };
            self.reporter.stop();
            self.update_halves(now);
        }
    }

    /// Whether [`stop`](Self::stop) was called.
    pub fn is_stopped(&self) -> bool {
        self.end != End::Running
    }

    /// Sends a DTMF key as a telephone-event (RFC 4733), after those that wait;
    /// audio pauses meanwhile. `false` if telephone-event was not agreed, the
    /// key is none, or too many wait.
    pub fn send_dtmf(&mut self, key: char, length: Duration) -> bool {
        TelephoneEvent::code_of(key).is_some_and(|event| self.sender.send_event(event, length))
    }

    /// The volume that telephone-events have from now on, in -dBm0, 0 to 63 (RFC 4733 2.3.3); 10
    /// otherwise.
    pub fn set_dtmf_volume(&mut self, volume: u8) {
        self.sender.event_volume = volume.min(63);
    }

    /// Telephone events that are still to be sent.
    pub fn dtmf_pending(&self) -> usize {
        self.sender.events_pending()
    }

    /// The telephone events that were received.
    pub fn received_events(&self) -> &[ReceivedEvent] {
        self.receiver.events()
    }

    /// Why the handshake that was to give the keys failed, if it did.
    pub fn handshake_failure(&self) -> Option<&str> {
        self.shield.failure()
    }

    /// What was heard. See [`crate::LISTEN_DELAY`] for how soon.
    pub fn listener(&self) -> &Listener {
        self.receiver.listener()
    }

    /// The figures so far.
    pub fn report(&self) -> RtpReport {
        RtpReport {
            sent: self.sender.stats(),
            received: self.receiver.report(),
            ignored_datagrams: self.ignored,
            rtcp_received: self.rtcp_received,
            rtcp_sent: self.reporter.sent(),
            looped: self.looped,
            remote: self.reporter.remote(),
            listening_from: self.receiver.listening_from,
            listening_until: self.receiver.listening_until,
            srtp: self.shield.report(),
        }
    }

    /// Where RTP goes now.
    pub fn destination(&self) -> SocketAddr {
        self.latch.rtp().unwrap_or(self.negotiated.remote)
    }

    /// Whether there is RTCP: a port of its own would need a handshake of its own (RFC 5764 3), which
    /// nobody begins here.
    pub(super) fn has_rtcp(&self) -> bool {
        self.negotiated.rtcp_mux || !matches!(self.negotiated.security, Security::Dtls(_))
    }

    fn rtcp_destination(&self) -> Option<SocketAddr> {
        if !self.has_rtcp() {
            return None;
        }
        let destination = match self.latch.rtcp() {
            Some(address) => address,
            None if self.negotiated.rtcp_mux => self.destination(),
            None => self.negotiated.remote_rtcp,
        };
        is_reachable(destination).then_some(destination)
    }

    /// Tells both halves what the direction, the address and the end allow.
    pub(super) fn update_halves(&mut self, now: Instant) {
        let running = self.end == End::Running;
        // A peer that holds by the zero address wants nothing, wherever its
        // packets come from.
        let wanted = is_reachable(self.negotiated.remote);
        self.sender
            .set_sending(running && wanted && self.direction.sends(), now);
        self.receiver
            .set_listening(running && self.direction.receives(), now);
    }
}

fn is_reachable(address: SocketAddr) -> bool {
    !address.ip().is_unspecified() && address.port() != 0
}
