//! One media thread.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Registry, Token, Waker};

use super::port::{MediaKind, MediaPort};
use super::stream::Stream;
use super::timer::DeadlineTimer;

const WAKER: Token = Token(usize::MAX);
const TIMER: Token = Token(usize::MAX - 1);
const EVENTS_MAX: usize = 1024;
/// Datagrams read from one socket before the others get their turn.
const READ_BATCH_MAX: usize = 64;
/// Datagrams sent for one stream before the others get their turn.
const TRANSMIT_BATCH_MAX: usize = 256;
/// A port that sends nothing at its own deadline is asked again after this, not at once.
const OVERDUE_PAUSE: Duration = Duration::from_millis(1);
/// Outdated deadlines that the heap may hold beside one per stream before it is made anew.
const STALE_DEADLINES_MAX: usize = 1024;

/// The way to a media thread. The thread ends with the last handle.
#[derive(Debug)]
pub(super) struct WorkerHandle {
    registry: Registry,
    inbox: Arc<Inbox>,
    next_id: AtomicUsize,
    open: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Inbox {
    waker: Waker,
    commands: Mutex<Vec<Command>>,
}

#[derive(Debug)]
enum Command {
    Open(usize, Box<Stream>),
    Poll(usize),
    Close(usize),
    Stop,
}

impl WorkerHandle {
    pub(super) fn start(number: usize) -> io::Result<Arc<Self>> {
        let poll = Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let inbox = Arc::new(Inbox {
            waker: Waker::new(&registry, WAKER)?,
            commands: Mutex::default(),
        });
        let open = Arc::new(AtomicUsize::new(0));
        let mut worker = Worker {
            timer: DeadlineTimer::new(&registry, TIMER)?,
            poll,
            inbox: inbox.clone(),
            streams: HashMap::new(),
            deadlines: BinaryHeap::new(),
            unread: VecDeque::new(),
            open: open.clone(),
            received: vec![0; 65_536],
            out: Vec::with_capacity(2048),
        };
        std::thread::Builder::new()
            .name(format!("gannet-media-{number}"))
            .spawn(move || worker.run())?;
        Ok(Arc::new(Self {
            registry,
            inbox,
            next_id: AtomicUsize::new(0),
            open,
        }))
    }

    pub(super) fn sockets_open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Hands the sockets over. They are registered here, where a failure can be told; what comes in
    /// before the thread knows them is read when it does.
    pub(super) fn open(&self, mut stream: Stream) -> io::Result<usize> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        for kind in [MediaKind::Rtp, MediaKind::Rtcp] {
            let socket = &mut stream.lane_mut(kind).socket;
            self.registry
                .register(socket, token(id, kind), Interest::READABLE)?;
        }
        self.open.fetch_add(1, Ordering::Relaxed);
        self.inbox.push(Command::Open(id, Box::new(stream)));
        Ok(id)
    }

    pub(super) fn wake(&self, id: usize) {
        self.inbox.push(Command::Poll(id));
    }

    pub(super) fn close(&self, id: usize) {
        self.inbox.push(Command::Close(id));
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        self.inbox.push(Command::Stop);
    }
}

impl Inbox {
    fn push(&self, command: Command) {
        self.commands
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(command);
        // The eventfd behind the waker only fails when the process has none left to wake.
        let _ = self.waker.wake();
    }

    fn take(&self) -> Vec<Command> {
        std::mem::take(&mut *self.commands.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Streams have two tokens each: the even one is RTP.
fn token(id: usize, kind: MediaKind) -> Token {
    Token(id * 2 + usize::from(kind == MediaKind::Rtcp))
}

fn stream_of(token: Token) -> (usize, MediaKind) {
    let kind = if token.0.is_multiple_of(2) {
        MediaKind::Rtp
    } else {
        MediaKind::Rtcp
    };
    (token.0 / 2, kind)
}

struct Worker {
    poll: Poll,
    timer: DeadlineTimer,
    inbox: Arc<Inbox>,
    streams: HashMap<usize, Stream>,
    /// Earliest first. An entry counts only while the stream still has that deadline.
    deadlines: BinaryHeap<Reverse<(Instant, usize)>>,
    /// Sockets that gave a full batch and may have more; the poll reports only changes.
    unread: VecDeque<Token>,
    open: Arc<AtomicUsize>,
    received: Vec<u8>,
    out: Vec<u8>,
}

impl Worker {
    fn run(&mut self) {
        #[cfg(target_os = "linux")]
        crate::load::prefer_short_turns();
        let mut events = Events::with_capacity(EVENTS_MAX);
        loop {
            let timeout = if self.unread.is_empty() {
                let earliest = self.deadlines.peek().map(|Reverse((at, _))| *at);
                self.timer.arm(earliest, Instant::now())
            } else {
                Some(Duration::ZERO)
            };
            match self.poll.poll(&mut events, timeout) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                    panic!("epoll refuses its own descriptor: {error}")
                }
                _ => {}
            }
            self.poll_due();
            for event in &events {
                match event.token() {
                    WAKER => {}
                    TIMER => self.timer.fired(),
                    socket => self.read(socket),
                }
            }
            for _ in 0..self.unread.len() {
                let socket = self.unread.pop_front().expect("counted above");
                self.read(socket);
            }
            if !self.obey() {
                return;
            }
        }
    }

    /// Carries out the commands; false when the thread shall end.
    fn obey(&mut self) -> bool {
        for command in self.inbox.take() {
            match command {
                Command::Open(id, stream) => {
                    self.streams.insert(id, *stream);
                    self.read(token(id, MediaKind::Rtp));
                    self.read(token(id, MediaKind::Rtcp));
                }
                Command::Poll(id) => {
                    if let Some(stream) = self.streams.get(&id) {
                        stream.shared.wake_pending.store(false, Ordering::Release);
                        self.poll_stream(id);
                    }
                }
                Command::Close(id) => {
                    if let Some(mut stream) = self.streams.remove(&id) {
                        for kind in [MediaKind::Rtp, MediaKind::Rtcp] {
                            // Closing the descriptor takes it out of the poll anyway.
                            let socket = &mut stream.lane_mut(kind).socket;
                            let _ = self.poll.registry().deregister(socket);
                        }
                        self.open.fetch_sub(1, Ordering::Relaxed);
                    }
                }
                Command::Stop => return false,
            }
        }
        true
    }

    fn poll_due(&mut self) {
        let now = Instant::now();
        while let Some(&Reverse((at, id))) = self.deadlines.peek() {
            if at > now {
                break;
            }
            self.deadlines.pop();
            if let Some(stream) = self.streams.get_mut(&id)
                && stream.scheduled == Some(at)
            {
                stream.scheduled = None;
                self.poll_stream(id);
            }
        }
    }

    /// Reads what has come to a socket, then lets its port answer.
    fn read(&mut self, socket: Token) {
        let (id, kind) = stream_of(socket);
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        let port = stream.shared.port();
        let mut locked = port
            .as_ref()
            .map(|port| port.lock().unwrap_or_else(PoisonError::into_inner));
        let mut drained = false;
        for _ in 0..READ_BATCH_MAX {
            match stream.receive(kind, &mut self.received) {
                Ok(Some((now, from, length))) => {
                    let bytes = &self.received[..length];
                    stream.count_received(locked.is_some());
                    if let Some(port) = &mut locked {
                        port.handle_datagram(now, kind, from, bytes);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    drained = true;
                    break;
                }
                // Lost by the impairment switch, or an error that a peer's ICMP left behind and that
                // reading has cleared.
                Ok(None) | Err(_) => {}
            }
        }
        if !drained {
            self.unread.push_back(socket);
        }
        if let Some(port) = &mut locked {
            let deadline = transmit(stream, &mut **port, &mut self.out);
            drop(locked);
            self.schedule(id, deadline);
        }
    }

    fn poll_stream(&mut self, id: usize) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        let Some(port) = stream.shared.port() else {
            stream.scheduled = None;
            return;
        };
        let mut locked = port.lock().unwrap_or_else(PoisonError::into_inner);
        let deadline = transmit(stream, &mut *locked, &mut self.out);
        drop(locked);
        self.schedule(id, deadline);
    }

    fn schedule(&mut self, id: usize, deadline: Option<Instant>) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        if stream.scheduled == deadline {
            return;
        }
        stream.scheduled = deadline;
        if let Some(deadline) = deadline {
            self.deadlines.push(Reverse((deadline, id)));
        }
        if self.deadlines.len() > self.streams.len() + STALE_DEADLINES_MAX {
            let valid = self.streams.iter();
            self.deadlines = valid
                .filter_map(|(&id, stream)| Some(Reverse((stream.scheduled?, id))))
                .collect();
        }
    }
}

/// Sends what is due and gives the next deadline.
fn transmit(stream: &mut Stream, port: &mut dyn MediaPort, out: &mut Vec<u8>) -> Option<Instant> {
    let now = Instant::now();
    for _ in 0..TRANSMIT_BATCH_MAX {
        out.clear();
        let Some((to, kind)) = port.poll_transmit(now, out) else {
            let deadline = port.next_deadline()?;
            return Some(if deadline <= now {
                now + OVERDUE_PAUSE
            } else {
                deadline
            });
        };
        stream.send(kind, to, out);
    }
    Some(now)
}
