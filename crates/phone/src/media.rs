//! The media of a call: what it plays and what was heard.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use gannet_media::offer_answer::Negotiated;
use gannet_media::{
    Channel, DominantTone, Heard, KeyHandshake, LISTEN_DELAY, Quiet, RtpReport, RtpSession, Sound,
    Source, Voice, is_handshake,
};
use gannet_net::{MediaKind, MediaPort, MediaSocket};

use crate::look::look_until;
use crate::media_line::CallLine;

/// How often a wait for a sound looks again: the length of a listener's block.
const LOOK_AGAIN: Duration = Duration::from_millis(40);

/// The media of one call; clones share it. It can be asked after the end of the call too.
#[derive(Clone)]
pub struct CallMedia {
    port: Arc<Mutex<CallPort>>,
    socket: Weak<MediaSocket>,
}

impl fmt::Debug for CallMedia {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallMedia")
            .field("socket", &self.socket.upgrade())
            .finish_non_exhaustive()
    }
}

impl CallMedia {
    pub(crate) fn new(port: Arc<Mutex<CallPort>>, socket: &Arc<MediaSocket>) -> Self {
        Self {
            port,
            socket: Arc::downgrade(socket),
        }
    }

    /// Plays another source from now on, also once media begins later.
    pub fn play(&self, source: Source) {
        let mut locked = self.lock();
        let port = &mut *locked;
        port.source = source.clone();
        if let Some(voice) = &port.conference {
            voice.play(source);
        } else if let Some(session) = &mut port.session {
            session.set_source(source, Instant::now());
        }
        drop(locked);
        self.wake();
    }

    /// What it plays, or will once media begins.
    pub fn source(&self) -> Source {
        self.lock().source.clone()
    }

    /// The mute key: packets go on with silence in them. In a conference nobody hears the phone
    /// any more, and all go on hearing each other.
    pub fn mute(&self, muted: bool) {
        let mut port = self.lock();
        port.muted = muted;
        port.apply_mute();
    }

    /// Plays audio once, in place of the source, and gives when its first packet goes. `None`
    /// before any agreement, and while nothing is sent.
    pub fn play_probe(&self, probe: Source) -> Option<Instant> {
        let mut locked = self.lock();
        let port = &mut *locked;
        let now = Instant::now();
        let begins = match (&port.conference, &mut port.session) {
            (Some(voice), Some(_)) => {
                voice.play(probe);
                Some(now)
            }
            (None, Some(session)) => {
                let begins = session.next_packet_at().map(|at| at.max(now));
                session.set_source(probe, now);
                begins
            }
            (_, None) => None,
        };
        drop(locked);
        self.wake();
        begins
    }

    /// Whether audio that plays once has been played.
    pub fn source_ended(&self) -> bool {
        let port = self.lock();
        match (&port.conference, &port.session) {
            (Some(voice), _) => voice.source_ended(),
            (None, Some(session)) => session.source_ended(),
            (None, None) => false,
        }
    }

    /// What the phone says in the conference that the call is in.
    pub(crate) fn conference(&self) -> Option<Arc<Voice>> {
        self.lock().conference.clone()
    }

    /// Puts the call into the conference of a voice; nothing before any agreement on media.
    pub(crate) fn enter(&self, voice: &Arc<Voice>) {
        let mut locked = self.lock();
        let port = &mut *locked;
        let Some(session) = &mut port.session else {
            return;
        };
        if port
            .conference
            .as_ref()
            .is_none_or(|old| !Arc::ptr_eq(old, voice))
        {
            let seat = voice.mixer().join();
            session.set_source(Source::Live(seat), Instant::now());
            port.conference = Some(Arc::clone(voice));
        }
        port.apply_mute();
        drop(locked);
        self.wake();
    }

    /// Records what is heard from now on, of `longest` at most, in place of an earlier recording.
    /// `false` before any agreement.
    pub fn start_recording(&self, longest: Duration) -> bool {
        let mut port = self.lock();
        let Some(session) = &mut port.session else {
            return false;
        };
        session.start_recording(longest, Instant::now());
        true
    }

    /// The recording so far as a WAV file, also after the end of the call; `None` before any
    /// agreement.
    pub fn recording(&self) -> Option<Vec<u8>> {
        self.ask(RtpSession::wav_bytes)
    }

    /// Where the phone's RTP comes from and goes to, while the call is open.
    pub fn local_address(&self) -> Option<SocketAddr> {
        Some(self.socket.upgrade()?.rtp_address())
    }

    /// Sends a DTMF key by RFC 4733. `false` if telephone-event was not agreed, the key is none,
    /// or too many wait.
    pub fn send_dtmf(&self, key: char, length: Duration) -> bool {
        let sent = self
            .lock()
            .session
            .as_mut()
            .is_some_and(|s| s.send_dtmf(key, length));
        self.wake();
        sent
    }

    /// The volume of telephone-events from now on, in -dBm0 (RFC 4733 2.3.3).
    pub(crate) fn set_dtmf_volume(&self, volume: u8) {
        if let Some(session) = &mut self.lock().session {
            session.set_dtmf_volume(volume);
        }
    }

    /// What was agreed, `None` before any agreement.
    pub fn negotiated(&self) -> Option<Negotiated> {
        self.lock()
            .session
            .as_ref()
            .map(|session| session.negotiated().clone())
    }

    /// The figures so far, `None` before any agreement.
    pub fn report(&self) -> Option<RtpReport> {
        self.lock().session.as_ref().map(RtpSession::report)
    }

    /// How much of a sound was heard between two moments; nothing before any agreement. The last
    /// [`LISTEN_DELAY`] before now is not complete yet, see [`Self::settled`].
    pub fn heard(&self, sound: Sound, from: Instant, to: Instant) -> Heard {
        self.ask(|session| session.listener().heard(sound, from, to))
            .unwrap_or(Heard {
                total: to.saturating_duration_since(from),
                covered: Duration::ZERO,
                longest_gap: to.saturating_duration_since(from),
                first_heard_at: None,
                last_heard_at: None,
                level_dbfs: None,
            })
    }

    /// How quiet it was between two moments; all quiet before any agreement.
    pub fn silence(&self, from: Instant, to: Instant) -> Quiet {
        let total = to.saturating_duration_since(from);
        self.ask(|session| session.listener().silence(from, to))
            .unwrap_or(Quiet {
                total,
                quiet: total,
                received: Duration::ZERO,
                longest_sound: Duration::ZERO,
                loudest_dbfs: None,
            })
    }

    /// The single tone that sounded most between two moments.
    pub fn dominant_tone(&self, from: Instant, to: Instant) -> Option<DominantTone> {
        self.ask(|session| session.listener().dominant_tone(from, to))
            .flatten()
    }

    /// Asks the session anything, `None` before any agreement. The media thread waits meanwhile:
    /// be quick.
    pub fn ask<T>(&self, question: impl FnOnce(&RtpSession) -> T) -> Option<T> {
        self.lock().session.as_ref().map(question)
    }

    /// Waits until a sound was heard for `at_least` altogether since `from`.
    ///
    /// # Errors
    /// With what was heard, if it was less at the deadline.
    pub async fn wait_heard(
        &self,
        sound: Sound,
        at_least: Duration,
        from: Instant,
        deadline: Instant,
    ) -> Result<Heard, Heard> {
        look_until(deadline, LOOK_AGAIN, |now| {
            let heard = self.heard(sound, from, now);
            if heard.covered >= at_least {
                Ok(heard)
            } else {
                Err(heard)
            }
        })
        .await
    }

    /// Waits until all that was received up to `moment` can be asked about.
    pub async fn settled(moment: Instant) {
        tokio::time::sleep_until((moment + LISTEN_DELAY).into()).await;
    }

    fn wake(&self) {
        if let Some(socket) = self.socket.upgrade() {
            socket.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, CallPort> {
        lock(&self.port)
    }
}

/// What the media thread drives: a session once there is one.
pub(crate) struct CallPort {
    pub(crate) session: Option<RtpSession>,
    /// What to play once there is a session.
    pub(crate) source: Source,
    pub(crate) muted: bool,
    /// What the phone says in the conference that the call is in.
    pub(crate) conference: Option<Arc<Voice>>,
    /// True while this phone has the other side on hold.
    pub(crate) holds: bool,
    /// False while the phone is cut off: nothing goes out and nothing comes in.
    pub(crate) connected: bool,
    line: CallLine,
    /// Datagrams of a handshake that came before the descriptions were agreed on: who answers may
    /// begin before the answer is here.
    early: Vec<(SocketAddr, Vec<u8>)>,
}

/// Early datagrams that are kept.
const EARLY_MAX: usize = 8;

impl CallPort {
    pub(crate) const fn new(source: Source, connected: bool, line: CallLine) -> Self {
        Self {
            session: None,
            source,
            muted: false,
            conference: None,
            holds: false,
            connected,
            line,
            early: Vec::new(),
        }
    }

    /// Begins a handshake, with what has come of it already.
    pub(crate) fn begin_handshake(&mut self, handshake: Box<dyn KeyHandshake>, now: Instant) {
        let early = std::mem::take(&mut self.early);
        let Some(session) = &mut self.session else {
            return;
        };
        session.begin_handshake(handshake, now);
        for (from, datagram) in early {
            session.handle_datagram(now, from, &datagram);
        }
    }

    /// Lets the session send silence or the source. Whoever is on hold hears silence: the phone's
    /// user talks to somebody else meanwhile.
    pub(crate) fn apply_mute(&mut self) {
        let muted = match &self.conference {
            Some(voice) => {
                voice.set_muted(self.muted);
                self.holds
            }
            None => self.muted || self.holds,
        };
        if let Some(session) = &mut self.session {
            session.set_muted(muted);
        }
    }
}

impl MediaPort for CallPort {
    fn handle_datagram(&mut self, now: Instant, kind: MediaKind, from: SocketAddr, bytes: &[u8]) {
        // A handshake for the port of RTCP is another one (RFC 5764 3), which is not held here.
        let is_other = kind == MediaKind::Rtcp && is_handshake(bytes);
        if !self.connected || is_other {
            return;
        }
        match &mut self.session {
            Some(session) if self.line.receive(now, from, bytes) => {
                session.handle_datagram(now, from, bytes);
            }
            None if is_handshake(bytes) && self.early.len() < EARLY_MAX => {
                self.early.push((from, bytes.to_vec()));
            }
            _ => {}
        }
    }

    fn poll_transmit(
        &mut self,
        now: Instant,
        out: &mut Vec<u8>,
    ) -> Option<(SocketAddr, MediaKind)> {
        let session = self.session.as_mut()?;
        self.line.refresh();
        while let Some((from, bytes)) = self.line.poll_received(now) {
            if self.connected {
                session.handle_datagram(now, from, &bytes);
            }
        }
        loop {
            let mut transmit = self.line.poll_sent(now, out);
            if transmit.is_none() {
                let own = session.poll_transmit(now, out)?;
                transmit = self.line.send(now, own, out);
            }
            let Some(transmit) = transmit else {
                continue;
            };
            if self.connected {
                let kind = match transmit.channel {
                    Channel::Rtp => MediaKind::Rtp,
                    Channel::Rtcp => MediaKind::Rtcp,
                };
                return Some((transmit.destination, kind));
            }
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let session = self.session.as_ref()?.next_deadline();
        session.into_iter().chain(self.line.next_deadline()).min()
    }
}

pub(crate) fn lock(port: &Mutex<CallPort>) -> MutexGuard<'_, CallPort> {
    // A panic elsewhere leaves figures that are still worth reading.
    port.lock().unwrap_or_else(PoisonError::into_inner)
}
