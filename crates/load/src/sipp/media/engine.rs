//! The threads of media and their sockets.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gannet_net::NetError;
use gannet_net::load::{PortLimits, Ports};
use gannet_scenario::sipp::model::MediaKind;

use super::super::error::SippError;
use super::call::CallMedia;
use super::figures::{Figures, index};
use super::inbox::{Command, Inbox, SocketId};
use super::rtp_ports::RtpPorts;
use super::settings::Settings;
use super::sockets::Sockets;
use super::worker::Worker;

/// The port of media if none is asked for; others are tried when it is taken.
const PORT_DEFAULT: u16 = 6_000;
const PORT_TRIES: u16 = 100;
/// Distance of the port of video from that of audio.
const VIDEO_OFFSET: u16 = 2;
/// Octets that wait at one socket: what is older is of no use.
const UNSENT_BYTES_MAX: usize = 256 << 10;
/// Packets that are taken before it is looked what is due: less than a fifth of a millisecond.
const RECEIVED_MAX: usize = 64;
/// The most threads. Each carries thousands of streams; more than there are processors only stand
/// in each other's way.
const WORKERS_MAX: usize = 32;
/// The longest wait for verdicts at the end.
const SETTLE_WAIT: Duration = Duration::from_secs(2);

/// What there is from the beginning of a run on.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) sockets: Sockets,
    pub(super) inbox: Arc<Inbox>,
    /// Of each thread.
    pub(super) figures: Vec<Arc<Figures>>,
    /// The port of media of calls without one of their own.
    pub(super) port: u16,
    threads: Vec<JoinHandle<()>>,
}

impl Engine {
    /// Begins, at an own address. Without its first sockets only if they are not `needed`.
    ///
    /// # Errors
    /// The system gives no thread or no socket.
    pub(super) fn start(settings: &Settings, ip: IpAddr, needed: bool) -> Result<Self, SippError> {
        let limits = PortLimits {
            ports_max: usize::from(u16::MAX) * 2,
            messages_per_poll_max: RECEIVED_MAX,
            unsent_bytes_max: UNSENT_BYTES_MAX,
        };
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let ports: Vec<Ports> = (0..workers.min(WORKERS_MAX))
            .map(|_| Ports::new(limits).map_err(SippError::Sockets))
            .collect::<Result<_, _>>()?;
        let inbox = Arc::new(Inbox::new(ports.iter().map(Ports::waker)));
        let begun = Instant::now();
        let mut figures = Vec::new();
        let mut threads = Vec::new();
        for (number, ports) in ports.into_iter().enumerate() {
            let own = Arc::new(Figures::default());
            figures.push(own.clone());
            let way = (inbox.clone(), number as u16);
            let echo = (settings.echo, settings.echo_bytes);
            let worker = Worker::new(ports, way, own, begun, echo);
            let thread = std::thread::Builder::new()
                .name(format!("media-{number}"))
                .spawn(move || worker.work());
            match thread {
                Ok(thread) => threads.push(thread),
                Err(source) => {
                    inbox.send_to_all(|| Command::End);
                    let what = "thread for media";
                    return Err(SippError::System { what, source });
                }
            }
        }
        let pairs = RtpPorts::new(settings.port, settings.port_max);
        let mut engine = Self {
            sockets: Sockets::new(ip, settings.options, pairs, inbox.clone()),
            inbox,
            figures,
            port: settings.port,
            threads,
        };
        match engine.open_first(settings.port == PORT_DEFAULT) {
            Err(error) if needed => Err(SippError::Bind(error)),
            _ => Ok(engine),
        }
    }

    /// Waits for the verdicts of all checks; gives how many have failed.
    pub(super) fn settle(&self) -> u64 {
        let workers = usize::from(self.inbox.workers());
        let (done, settled) = sync_channel(workers);
        self.inbox.send_to_all(|| Command::Settle(done.clone()));
        drop(done);
        let end = Instant::now() + SETTLE_WAIT;
        for _ in 0..workers {
            // A thread that has gone has told what it found out.
            let _ = settled.recv_timeout(end.saturating_duration_since(Instant::now()));
        }
        self.figures.iter().map(|one| one.checks_failed()).sum()
    }

    /// Opens the sockets at the port of media and at that of video above it; if those are taken and
    /// it may, at others.
    fn open_first(&mut self, may_move: bool) -> Result<(), NetError> {
        let tries = if may_move { PORT_TRIES } else { 1 };
        let mut refused = None;
        for port in (self.port..u16::MAX - VIDEO_OFFSET)
            .step_by(2)
            .take(usize::from(tries))
        {
            let audio = self.sockets.lease(port, MediaKind::Audio, 0);
            let both = audio.and_then(|_| {
                let video = self.sockets.lease(port + VIDEO_OFFSET, MediaKind::Video, 0);
                video.inspect_err(|_| self.sockets.release(port))
            });
            match both {
                Ok(_) => {
                    self.port = port;
                    return Ok(());
                }
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        refused.map_or(Ok(()), Err)
    }

    /// The socket that a call sends from, with a distance of ports.
    pub(super) fn socket_of(
        &mut self,
        media: &mut CallMedia,
        kind: MediaKind,
        offset: u16,
    ) -> Result<SocketId, NetError> {
        if let Some(pair) = media.pair(kind) {
            match offset {
                0 => return Ok(pair.rtp),
                1 => return Ok(pair.rtcp),
                _ => {}
            }
        }
        let first = [0, VIDEO_OFFSET, 0][index(kind)];
        let own = media.local(kind).or(media.pair(kind).map(|pair| pair.port));
        let port = own.unwrap_or(self.port.wrapping_add(first));
        let port = port.wrapping_add(offset);
        if media.leases().any(|leased| leased == port)
            && let Some(socket) = self.sockets.at(port)
        {
            return Ok(socket);
        }
        // What a call sends leaves by one thread.
        let worker = media.pair(kind).map_or(0, |pair| pair.rtp.worker);
        let socket = self.sockets.lease(port, kind, worker)?;
        media.leased.push(port);
        Ok(socket)
    }

    /// A call is over.
    pub(super) fn end(&mut self, mut media: CallMedia) {
        for kind in [MediaKind::Audio, MediaKind::Video] {
            if let Some(keys) = media.keys(kind) {
                keys.forget(&self.inbox);
            }
        }
        let datagrams = media.datagrams.map(|(_, id)| id);
        for id in datagrams.into_iter().chain(media.streams(None)) {
            self.inbox.send(Command::Stop(id));
        }
        for port in media.leases() {
            self.sockets.release(port);
        }
        for pair in media.pairs() {
            self.sockets.close_pair(pair);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.inbox.send_to_all(|| Command::End);
        for thread in self.threads.drain(..) {
            // A panic of the thread was printed where it happened.
            let _ = thread.join();
        }
    }
}
