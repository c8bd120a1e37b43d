//! Media by RTP.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;

use gannet_media::script::{Datagrams, DtmfKeys, Payload, PayloadStream, Rounds, StreamIdentity};
use gannet_media::srtp::CryptoLines;
use gannet_scenario::sipp::model::MediaKind;

use super::super::arguments::Arguments;
use super::call::CallMedia;
use super::engine::Engine;
use super::inbox::{Command, Play, Playable, StreamId};
use super::keys::Writer;
use super::library::Library;
use super::order::{EchoOrder, StreamFormat, StreamOrder};
use super::settings::Settings;

/// What is said once is not said again, as far as it is remembered.
const SAID_MAX: usize = 64;
/// The first packets of what `play_dtmf` sends.
const DTMF_SEQUENCE: u16 = 1_200;
const DTMF_TIMESTAMP: u32 = 0;

/// Sends and receives the media of calls by RTP, on a thread of its own.
#[derive(Debug)]
pub struct RtpMedia {
    pub(super) settings: Settings,
    pub(super) library: Library,
    /// An action of a scenario needs media.
    pub(super) is_used: Cell<bool>,
    pub(super) engine: Option<Engine>,
    pub(super) calls: HashMap<u32, CallMedia>,
    next_stream: u64,
    next_ssrc: u32,
    pub(super) warnings: Vec<String>,
    said: HashSet<String>,
}

impl RtpMedia {
    /// Media as a command line wants them.
    pub fn new(arguments: &Arguments) -> Self {
        let settings = Settings::of(arguments);
        Self {
            library: Library::new(settings.folders.clone(), settings.makes_captures),
            next_ssrc: settings.first_ssrc,
            settings,
            is_used: Cell::new(false),
            engine: None,
            calls: HashMap::new(),
            next_stream: 0,
            warnings: Vec::new(),
            said: HashSet::new(),
        }
    }

    fn warn(&mut self, text: String) {
        if self.said.len() < SAID_MAX && self.said.insert(text.clone()) {
            self.warnings.push(text);
        }
    }

    /// Whether sockets of calls are needed.
    pub(super) fn has_traffic(&self) -> bool {
        self.settings.echo || self.is_used.get()
    }

    pub(super) fn set_remote(&mut self, call: u32, kind: MediaKind, address: SocketAddr) {
        let (Some(engine), true) = (&self.engine, self.has_traffic()) else {
            return;
        };
        let call = self.calls.entry(call).or_default();
        let changed = call.set_remote(kind, address);
        let to = call.remote(kind);
        for id in changed {
            engine.inbox.send(Command::Redirect(id, to));
        }
    }

    pub(super) fn set_local(&mut self, call: u32, kind: MediaKind, port: u16) {
        let has_traffic = self.has_traffic();
        let (Some(engine), true) = (&mut self.engine, has_traffic) else {
            return;
        };
        let call = self.calls.entry(call).or_default();
        if call.local(kind) == Some(port) {
            return;
        }
        match engine.sockets.lease(port, kind, 0) {
            Ok(_) => {
                if let Some(before) = call.set_local(kind, port) {
                    engine.sockets.release(before);
                }
            }
            Err(error) => self.warn(format!("no socket for media: {error}")),
        }
    }

    /// Takes the keys of a description.
    pub(super) fn describe(&mut self, call: u32, writer: Writer, body: &[u8]) {
        let (Some(engine), true) = (&self.engine, self.has_traffic()) else {
            return;
        };
        let media = self.calls.entry(call).or_default();
        let mut told = Vec::new();
        for (kind, name) in [(MediaKind::Audio, "audio"), (MediaKind::Video, "video")] {
            if let Some(lines) = CryptoLines::of(body, name) {
                let keys = media.keys_mut(kind);
                told.extend(keys.describe(writer, lines, &engine.inbox));
            }
        }
        for text in told {
            self.warn(text);
        }
    }

    pub(super) fn warn_of_refused(&mut self) {
        let engine = self.engine.as_ref();
        if engine.is_some_and(|engine| engine.figures.iter().any(|one| one.has_refused())) {
            self.warn("packets came that are not authentic by the keys of SRTP".to_owned());
        }
    }

    fn play_datagrams(&mut self, call: u32, kind: MediaKind, plan: Arc<Datagrams>) {
        let Some(engine) = &mut self.engine else {
            return;
        };
        let media = self.calls.entry(call).or_default();
        if let Some((_, before)) = media.datagrams.take() {
            engine.inbox.send(Command::Stop(before));
        }
        let mut offsets: Vec<u16> = plan.packets().iter().map(|one| one.port_offset).collect();
        offsets.sort_unstable();
        offsets.dedup();
        let mut failed = None;
        let mut sockets = Vec::new();
        for offset in offsets {
            match engine.socket_of(media, kind, offset) {
                Ok(socket) => sockets.push((offset, socket)),
                Err(error) => failed = Some(error),
            }
        }
        let worker = sockets.first().map_or(0, |(_, socket)| socket.worker);
        let id = StreamId {
            worker,
            number: self.next_stream,
        };
        self.next_stream += 1;
        media.datagrams = Some((kind, id));
        let to = media.remote(kind);
        let play = Play {
            kind,
            sockets,
            to,
            what: Playable::Datagrams(plan),
        };
        engine.inbox.send(Command::Play(id, Box::new(play)));
        if let Some(error) = failed {
            self.warn(format!("no socket for packets of a capture: {error}"));
        }
        self.warn_if_nowhere(to);
    }

    fn play_stream(&mut self, call: u32, format: StreamFormat, payload: Payload, rounds: Rounds) {
        let kind = format.kind;
        let is_checked = matches!(payload, Payload::Pattern(_));
        let identity = StreamIdentity {
            ssrc: self.next_ssrc,
            sequence: 0,
            timestamp: 0,
        };
        self.next_ssrc = self.next_ssrc.wrapping_add(1);
        let Some(engine) = &mut self.engine else {
            return;
        };
        let stream = PayloadStream::new(payload, format.payload_type, format.cut, rounds, identity);
        let media = self.calls.entry(call).or_default();
        let socket = match engine.socket_of(media, kind, 0) {
            Ok(socket) => socket,
            Err(error) => {
                self.warn(format!("no socket for a stream: {error}"));
                return;
            }
        };
        if let Some(keys) = media.keys(kind) {
            keys.tell(socket, &engine.inbox);
        }
        let id = StreamId {
            worker: socket.worker,
            number: self.next_stream,
        };
        self.next_stream += 1;
        if let Some(before) = media.set_stream(kind, id) {
            engine.inbox.send(Command::Stop(before));
        }
        let to = media.remote(kind);
        let what = if is_checked {
            let tolerance = self.settings.tolerances[usize::from(kind == MediaKind::Video)];
            Playable::Checked(stream, tolerance)
        } else {
            Playable::Stream(stream)
        };
        let play = Play {
            kind,
            sockets: vec![(0, socket)],
            to,
            what,
        };
        engine.inbox.send(Command::Play(id, Box::new(play)));
        self.warn_if_nowhere(to);
    }

    fn warn_if_nowhere(&mut self, to: Option<SocketAddr>) {
        if to.is_none() {
            self.warn(
                "media are played to a peer that has named no address for them: nothing is sent \
                 until it does"
                    .to_owned(),
            );
        }
    }

    pub(super) fn capture(&mut self, call: u32, kind: MediaKind, file: &[u8]) {
        match self.library.capture(file) {
            Ok(plan) => self.play_datagrams(call, kind, plan),
            Err(why) => self.warn(why),
        }
    }

    pub(super) fn dtmf(&mut self, call: u32, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        match DtmfKeys::parse_leniently(&text) {
            Some((keys, odd)) => {
                if let Some(odd) = odd.first() {
                    self.warn(format!("`play_dtmf`: {odd}: it has no effect"));
                }
                let ssrc = self.next_ssrc;
                self.next_ssrc = ssrc.wrapping_add(1);
                let plan = keys.datagrams(ssrc, DTMF_SEQUENCE, DTMF_TIMESTAMP);
                self.play_datagrams(call, MediaKind::Audio, Arc::new(plan));
            }
            None => self.warn(format!("`play_dtmf`: no key to send in \"{text}\"")),
        }
    }

    pub(super) fn stream(&mut self, call: u32, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        match StreamOrder::parse(&text, self.settings.payload_type) {
            Ok(StreamOrder::File {
                name,
                rounds,
                format,
            }) => match self.library.audio(name.as_bytes()) {
                Ok(file) => {
                    let payload = Payload::Stored(file.octets.clone());
                    self.play_stream(call, format, payload, rounds);
                }
                Err(why) => self.warn(why),
            },
            Ok(StreamOrder::Pattern { octet, format }) => {
                self.play_stream(call, format, Payload::Pattern(octet), Rounds::Endless);
            }
            Ok(StreamOrder::Pause(kind)) => self.pause(call, kind, true),
            Ok(StreamOrder::Resume(kind)) => self.pause(call, kind, false),
            Err(why) => self.warn(format!("`rtp_stream`: {why}")),
        }
    }

    pub(super) fn pause(&self, call: u32, kind: Option<MediaKind>, on: bool) {
        let (Some(engine), Some(media)) = (&self.engine, self.calls.get(&call)) else {
            return;
        };
        for id in media.streams(kind) {
            engine.inbox.send(Command::Pause(id, on));
        }
    }

    pub(super) fn echo(&mut self, call: u32, text: &[u8]) {
        let Ok(order) = EchoOrder::parse(&String::from_utf8_lossy(text)) else {
            return;
        };
        let Some(engine) = &mut self.engine else {
            return;
        };
        let media = self.calls.entry(call).or_default();
        match engine.socket_of(media, order.kind, 0) {
            Ok(socket) => {
                if let Some(keys) = media.keys(order.kind) {
                    keys.tell(socket, &engine.inbox);
                }
                engine.inbox.send(Command::Echo(socket, order.on));
            }
            Err(error) => self.warn(format!("no socket for an echo: {error}")),
        }
    }

    pub(super) fn end(&mut self, call: u32) {
        if let (Some(media), Some(engine)) = (self.calls.remove(&call), &mut self.engine) {
            engine.end(media);
        }
    }
}
