//! One call of the task: its media, its descriptions, its own deadlines.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use gannet_events::MediaReport;
use gannet_media::offer_answer::{
    Keyring, LocalMedia, MediaCapabilities, Negotiated, OfferAnswerError, SrtpPolicy, apply_answer,
    build_answer, build_offer, build_reoffer, continue_session,
};
use gannet_media::{RtpSession, RtpSessionConfig, Source, ntp_timestamp};
use gannet_net::{MediaSocket, wallclock_of};
use gannet_sdp::{Direction, SessionDescription};
use gannet_sip::Message;
use gannet_ua::endpoint::{Body, CallId};

use super::core::{Actor, MEDIA_LINGER};
use super::forks::Forks;
use super::security::{handshake_for, secure, srtp_fault};
use super::session_change::SessionChange;
use crate::call::{CallEndCause, CallHandle};
use crate::dtls::Handshake;
use crate::error::PhoneError;
use crate::media::{CallMedia, CallPort, lock};
use crate::media_line::CallLine;
use crate::profile::{HoldForm, Quirk};
use crate::state::Power;

/// The application/sdp media type.
const SDP: &str = "application/sdp";

/// One call.
pub(super) struct Leg {
    pub(super) call: CallId,
    pub(super) media: Option<LegMedia>,
    /// The description of ours that counts: the last one that was agreed on.
    pub(super) local: Option<SessionDescription>,
    /// An offer of ours that waits for its answer. If it is refused all stays as it was
    /// (RFC 3261 14.1, RFC 6141 3.4).
    pub(super) offer: Option<SessionDescription>,
    /// The offer in our INVITE, which each fork answers for itself.
    pub(super) first_offer: Option<SessionDescription>,
    /// What those have described who ring, and which of them is heard.
    pub(super) forks: Forks,
    /// What we described before the 2xx, and whether that was reliable.
    pub(super) described: Option<(SessionDescription, bool)>,
    /// What counted before a change of ours was answered in a provisional response; it counts again
    /// if the change fails (RFC 6141 3.4).
    pub(super) fallback: Option<Fallback>,
    /// We have the other side on hold.
    pub(super) holds: bool,
    /// Our offers carry the zero address, by which old devices hold (RFC 3264 8.4).
    pub(super) zero_address: bool,
    /// The other side has us on hold.
    pub(super) held: bool,
    /// A change of the session that collided with one of theirs, and when it is tried again.
    pub(super) retry: Option<(Instant, SessionChange)>,
    /// When ringing ends by itself.
    pub(super) ring_until: Option<Instant>,
    /// When the call is answered by itself.
    pub(super) answer_at: Option<Instant>,
    /// When a call of ours that nobody has answered is given up.
    pub(super) give_up_at: Option<Instant>,
    /// Where the caller is sent when ringing ends.
    pub(super) redirect: Option<gannet_sip::Uri>,
    /// Why we end it, where the core cannot know.
    pub(super) end_cause: Option<CallEndCause>,
}

/// What a call goes back to.
pub(super) struct Fallback {
    pub(super) local: Option<SessionDescription>,
    pub(super) negotiated: Option<Negotiated>,
}

/// The sockets and the session of a call.
pub(super) struct LegMedia {
    pub(super) socket: Arc<MediaSocket>,
    pub(super) port: Arc<Mutex<CallPort>>,
    session_id: String,
    /// Our keys, if the device knows SRTP.
    pub(super) keys: Option<Keyring>,
}

impl Leg {
    pub(super) fn new(call: CallId, media: Option<LegMedia>) -> Self {
        Self {
            call,
            media,
            local: None,
            offer: None,
            first_offer: None,
            forks: Forks::default(),
            described: None,
            fallback: None,
            holds: false,
            zero_address: false,
            held: false,
            retry: None,
            ring_until: None,
            answer_at: None,
            give_up_at: None,
            redirect: None,
            end_cause: None,
        }
    }

    /// What we want of the session: not to hear whom we have on hold.
    pub(super) const fn own_direction(&self, form: HoldForm) -> Direction {
        match (self.holds, form) {
            (true, HoldForm::Inactive) => Direction::Inactive,
            (true, _) => Direction::SendOnly,
            (false, _) => Direction::SendRecv,
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let retry = self.retry.as_ref().map(|(at, _)| *at);
        let own = self.ring_until.into_iter().chain(self.answer_at);
        own.chain(retry).chain(self.give_up_at).min()
    }
}

impl LegMedia {
    pub(super) fn handle(&self) -> CallMedia {
        CallMedia::new(Arc::clone(&self.port), &self.socket)
    }
}

/// The description in a message, if its body is one.
pub(super) fn sdp_of(message: &Message) -> Option<SessionDescription> {
    let is_sdp = message.content_type() == SDP && !message.body().is_empty();
    is_sdp.then(|| SessionDescription::parse(message.body()))
}

pub(super) fn sdp_body(description: &SessionDescription) -> Body {
    Body::sdp(description.to_bytes())
}

impl Actor {
    /// Opens the RTP and RTCP sockets of a call.
    pub(super) fn open_media(&mut self) -> Result<LegMedia, PhoneError> {
        let socket = self.open_media_socket()?;
        let connected = self.power() == Power::On;
        let line = CallLine::new(self.line.clone(), self.rng.u64(..));
        let port = CallPort::new(Source::Mark(self.config.mark), connected, line);
        let port = Arc::new(Mutex::new(port));
        socket.attach(Arc::clone(&port) as Arc<Mutex<dyn gannet_net::MediaPort>>);
        // RFC 8866 5.2 suggests NTP-like numbers; any digits do, 31 bits suit old peers.
        let random = self.rng.u32(1..1 << 31).to_string();
        let session_id = self.config.profile.session_numbers.id.clone();
        let session_id = session_id.unwrap_or(random);
        let srtp = &self.config.profile.sdp.srtp;
        let keys = (srtp.policy != SrtpPolicy::Off).then(|| Keyring::random(&mut self.rng));
        Ok(LegMedia {
            socket: Arc::new(socket),
            port,
            session_id,
            keys,
        })
    }

    /// Opens a pair of ports that belongs to no call yet.
    pub(super) fn open_media_socket(&self) -> Result<MediaSocket, PhoneError> {
        let own_ports = self.config.profile.rtp.ports;
        let own_ports = own_ports.map(|(lowest, highest)| lowest..=highest);
        let impairment = &self.config.impairment;
        let suffers = self.filter.rules.media_loss.as_ref();
        let socket = self.scheduler.open(
            self.config.bind_ip,
            self.config.rtp_ports.clone().or(own_ports),
            self.config.name.as_str(),
            self.config.capture.clone(),
            suffers.unwrap_or(impairment),
        );
        socket.map_err(|error| PhoneError::from_net(&self.config.name, &error))
    }

    pub(super) fn local_media(&self, media: &LegMedia, direction: Direction) -> LocalMedia {
        let port = media.socket.rtp_address().port();
        let address = std::net::SocketAddr::new(self.local.ip(), port);
        let version = self.config.profile.session_numbers.version;
        let version = version.or_else(|| media.session_id.parse().ok());
        let mut local = LocalMedia::new(address, &media.session_id, version.unwrap_or(1));
        secure(media, &mut local);
        local.with_direction(direction)
    }

    /// The offer of a call that we make.
    pub(super) fn first_offer(&self, media: &LegMedia) -> SessionDescription {
        let local = self.local_media(media, Direction::SendRecv);
        build_offer(&self.config.profile.sdp, &local)
    }

    /// An offer for a call that was asked for one: what we want, whatever the other side wanted
    /// before (RFC 6337 5.3).
    pub(super) fn make_offer(&mut self, call: CallHandle) -> Option<SessionDescription> {
        let form = self.config.profile.hold;
        let direction = self.legs.get(&call)?.own_direction(form);
        self.make_offer_to(call, direction)
    }

    /// An offer for a call: the first one, or a later one that continues what was agreed on.
    pub(super) fn make_offer_to(
        &mut self,
        call: CallHandle,
        direction: Direction,
    ) -> Option<SessionDescription> {
        let leg = self.legs.get(&call)?;
        let mut local = self.local_media(leg.media.as_ref()?, direction);
        // RFC 2543 knew no other way to hold (RFC 3264 8.4).
        let by_rfc2543 = self.config.profile.messages.rfc2543
            && matches!(direction, Direction::SendOnly | Direction::Inactive);
        local.zero_address = leg.zero_address || by_rfc2543;
        let profile = std::sync::Arc::clone(&self.config.profile);
        self.offer_as(call, &profile.sdp, &local)
    }

    /// The same with other codecs or another address.
    pub(super) fn offer_as(
        &mut self,
        call: CallHandle,
        capabilities: &MediaCapabilities,
        local: &LocalMedia,
    ) -> Option<SessionDescription> {
        let mut local = local.clone();
        self.renew_keys(call, &mut local);
        let leg = self.legs.get(&call)?;
        let mut offer = match &leg.local {
            Some(previous) => build_reoffer(previous, capabilities, &local),
            None => build_offer(capabilities, &local),
        };
        if let Some(previous) = &leg.local {
            self.keep_version(previous, &mut offer);
        }
        self.legs.get_mut(&call)?.offer = Some(offer.clone());
        Some(offer)
    }

    /// Answers an offer and starts, or changes, the session.
    pub(super) fn make_answer(
        &mut self,
        now: Instant,
        call: CallHandle,
        offer: &SessionDescription,
    ) -> Option<Result<SessionDescription, OfferAnswerError>> {
        let leg = self.legs.get(&call)?;
        let direction = leg.own_direction(self.config.profile.hold);
        let local = self.local_media(leg.media.as_ref()?, direction);
        let answer = match build_answer(offer, &self.config.profile.sdp, &local) {
            Ok(answer) => answer,
            Err(error) => return Some(Err(error)),
        };
        let mut description = answer.description;
        if let Some(previous) = self.legs.get(&call).and_then(|leg| leg.local.as_ref()) {
            continue_session(previous, &mut description);
            self.keep_version(previous, &mut description);
        }
        let leg = self.legs.get_mut(&call)?;
        leg.local = Some(description.clone());
        self.agree(now, call, answer.negotiated);
        Some(Ok(description))
    }

    /// Gives a later description the version of the one before, if the device does so.
    fn keep_version(&self, previous: &SessionDescription, next: &mut SessionDescription) {
        if !self.config.profile.quirks.has(Quirk::KeepsSdpVersion) {
            return;
        }
        if let (Some(old), Some(mut origin)) = (previous.origin(), next.origin()) {
            origin.session_version = old.session_version;
            next.replace_first('o', &origin.to_string());
        }
    }

    /// Takes the answer to an offer of ours. `None` if we made none.
    pub(super) fn take_answer(
        &mut self,
        now: Instant,
        call: CallHandle,
        answer: &SessionDescription,
    ) -> Option<Result<(), OfferAnswerError>> {
        let offer = self.legs.get(&call)?.offer.clone()?;
        match apply_answer(&offer, &self.config.profile.sdp, answer) {
            Ok(negotiated) => {
                let first = offer.media_at(0);
                let silenced = first.is_some_and(|it| it.direction() == Direction::Inactive);
                let held = self.legs.get_mut(&call).map(|leg| {
                    leg.local = Some(offer);
                    leg.held
                });
                self.agree(now, call, negotiated);
                // No other answer is possible then: it does not say what the other side wants
                // (RFC 3264 6.1).
                if let Some(held) = held.filter(|_| silenced) {
                    self.note_held(call, held);
                }
                Some(Ok(()))
            }
            Err(error) => Some(Err(error)),
        }
    }

    pub(super) fn agree(&mut self, now: Instant, call: CallHandle, negotiated: Negotiated) {
        self.note_held(call, negotiated.is_held_by_peer());
        let media = self.legs.get(&call).and_then(|leg| leg.media.as_ref());
        let Some(media) = media else {
            return;
        };
        let mut port = lock(&media.port);
        let handshake = handshake_for(port.session.as_ref(), &negotiated);
        match &mut port.session {
            Some(session) if *session.negotiated() == negotiated => {}
            Some(session) => session.renegotiate(negotiated, now),
            None => {
                let style = &self.config.profile.rtp;
                let start = ntp_timestamp(wallclock_of(now));
                let mut config = RtpSessionConfig::new(negotiated, start, &mut self.rng);
                config.ssrc = style.ssrc.unwrap_or(config.ssrc);
                config.first_sequence = style.sequence.unwrap_or(config.first_sequence);
                config.first_timestamp = style.timestamp.unwrap_or(config.first_timestamp);
                config.symmetric = style.symmetric;
                config.sound_kept = self.config.sound_kept;
                config.rtcp_interval = style.rtcp_interval;
                config.srtp_fault = srtp_fault(self.config.profile.quirks);
                let mut session = RtpSession::new(config, now);
                session.set_source(port.source.clone(), now);
                port.session = Some(session);
                port.apply_mute();
            }
        }
        if let Some(terms) = handshake {
            let suites = &self.config.profile.sdp.srtp.suites;
            port.begin_handshake(Box::new(Handshake::new(terms, suites, now)), now);
        }
        drop(port);
        media.socket.wake();
    }

    /// Whether the other side has us on hold.
    fn note_held(&mut self, call: CallHandle, held: bool) {
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.held = held;
        }
        self.show_call(call, |record| record.held_by_remote = held);
    }

    /// Ends the media of a call and counts it.
    pub(super) fn end_media(&mut self, now: Instant, call: CallHandle) -> Option<MediaReport> {
        let media = self.legs.get_mut(&call)?.media.take()?;
        let times = self.state.borrow().call(call).map(|record| record.times);
        let answered = times.and_then(|times| times.answered);
        let mut port = lock(&media.port);
        let report = port.session.as_mut().map(|session| {
            session.stop(now);
            crate::report::media_report(&self.config.name, session, answered, now)
        });
        drop(port);
        media.socket.wake();
        self.lingering.push((now + MEDIA_LINGER, media.socket));
        report
    }
}
