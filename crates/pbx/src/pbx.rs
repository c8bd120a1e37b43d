//! The handle of a running server.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use gannet_ua::endpoint::Body;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, broadcast, mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, timeout, timeout_at};

use crate::command::{Answer, Command};
use crate::config::PbxConfig;
use crate::error::{PbxError, WaitTimeout};
use crate::event::PbxEvent;
use crate::event_socket::Commands;
use crate::numbers::ForwardWhen;
use crate::registrar::{RegistrarFeatures, TrustDomain};
use crate::server::{Task, open};
use crate::snapshot::{ChannelView, PbxSnapshot};
use crate::user::{Forward, PbxUser, Screening};

/// Commands that wait for the task; a handle waits when there are more.
const COMMANDS_MAX: usize = 256;
/// Time for the sockets to close after the calls have ended.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// The embedded server. One task owns its sockets and all its state; handles send it commands, and
/// clones of a handle speak to the same server. It ends by [`Pbx::stop`], or abruptly with its
/// last handle.
///
/// Calls between users are two calls, one to each side; SDP is passed on untouched, so media flows
/// from phone to phone. Where a phone does not answer, the call goes where
/// [`PbxConfig`] and [`Forward`] say, to voicemail mostly.
#[derive(Debug, Clone)]
pub struct Pbx {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    domain: String,
    commands: mpsc::Sender<Command>,
    events: broadcast::Sender<PbxEvent>,
    version: watch::Receiver<u64>,
    stop_timeout: Duration,
    task: Mutex<Option<JoinHandle<()>>>,
    /// The tasks of its event sockets.
    event_sockets: Mutex<JoinSet<()>>,
}

/// A handle that keeps no server alive.
#[derive(Debug, Clone)]
pub(crate) struct WeakPbx(Weak<Inner>);

impl WeakPbx {
    /// The server, if it is still there.
    pub(crate) fn upgrade(&self) -> Option<Pbx> {
        self.0.upgrade().map(|inner| Pbx { inner })
    }
}

impl Pbx {
    /// Opens the sockets and starts the server.
    ///
    /// # Errors
    /// If the address cannot be had, or the users contradict each other.
    ///
    /// # Panics
    /// Outside of a tokio runtime with I/O and time.
    pub fn start(config: PbxConfig) -> Result<Self, PbxError> {
        let (commands, inbox) = mpsc::channel(COMMANDS_MAX);
        let (events, _) = broadcast::channel(config.limits.events_max.max(1));
        let (version_sender, version) = watch::channel(0);
        let stop_timeout = config.limits.stop_timeout;
        let domain = config.domain.clone();
        let (server, sockets) = open(config, events.clone())?;
        let address = server.address();
        let task = Task::new(server, sockets, inbox, version_sender);
        let task = tokio::spawn(task.run());
        Ok(Self {
            inner: Arc::new(Inner {
                address,
                domain,
                commands,
                events,
                version,
                stop_timeout,
                task: Mutex::new(Some(task)),
                event_sockets: Mutex::default(),
            }),
        })
    }

    /// Where phones reach the server, with the true port.
    pub fn address(&self) -> SocketAddr {
        self.inner.address
    }

    /// The domain, which is also the realm.
    pub fn domain(&self) -> &str {
        &self.inner.domain
    }

    /// What happens from now on. A reader that is too slow is told that it has lost some.
    pub fn events(&self) -> broadcast::Receiver<PbxEvent> {
        self.inner.events.subscribe()
    }

    /// Adds a user.
    ///
    /// # Errors
    /// If name, extension or authentication name are taken or unusable.
    pub async fn add_user(&self, user: PbxUser) -> Result<(), PbxError> {
        self.ask(|answer| Command::AddUser(user, answer)).await
    }

    /// Adds a user, or changes what was said of the one with the same name; bindings, messages and
    /// what was set for them stay.
    ///
    /// # Errors
    /// If extension or authentication name are taken by somebody else, or unusable.
    pub async fn put_user(&self, user: PbxUser) -> Result<(), PbxError> {
        self.ask(|answer| Command::PutUser(user, answer)).await
    }

    /// Removes a user with bindings, subscriptions and messages. Calls go on.
    ///
    /// # Errors
    /// If there is no such user.
    pub async fn remove_user(&self, name: &str) -> Result<(), PbxError> {
        self.ask(|answer| Command::RemoveUser(name.to_owned(), answer))
            .await
    }

    /// Whether the phones of the user are left in peace.
    ///
    /// # Errors
    /// If there is no such user.
    pub async fn set_dnd(&self, name: &str, dnd: bool) -> Result<(), PbxError> {
        self.ask(|answer| Command::SetDnd(name.to_owned(), dnd, answer))
            .await
    }

    /// Where calls for the user go instead; [`Forward::default`] clears it.
    ///
    /// # Errors
    /// If there is no such user.
    pub async fn set_forward(&self, name: &str, forward: Forward) -> Result<(), PbxError> {
        self.ask(|answer| Command::SetForward(name.to_owned(), forward, answer))
            .await
    }

    /// Opens an event socket as FreeSWITCH has one, with a few of its commands: `show channels`,
    /// `uuid_exists`, `uuid_setvar`, `uuid_getvar`, `uuid_send_info`. Gives its address, with the true
    /// port. It ends with the server.
    ///
    /// # Errors
    /// If the address cannot be had.
    pub async fn open_event_socket(
        &self,
        bind: SocketAddr,
        password: &str,
    ) -> Result<SocketAddr, PbxError> {
        let failed = |source| PbxError::EventSocket { bind, source };
        let listener = TcpListener::bind(bind).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let commands = Commands::new(WeakPbx(Arc::downgrade(&self.inner)));
        let (commands, password) = (Arc::new(commands), password.to_owned());
        let mut sockets = self.inner.event_sockets.lock().await;
        sockets.spawn(async move {
            // A listener that fails takes no more connections; those who ask will see it.
            let _ = gannet_esl::serve(listener, password, commands).await;
        });
        Ok(address)
    }

    /// The legs of all calls.
    ///
    /// # Errors
    /// If the server has stopped.
    pub async fn channels(&self) -> Result<Vec<ChannelView>, PbxError> {
        let (sender, receiver) = oneshot::channel();
        let sent = self.inner.commands.send(Command::Channels(sender)).await;
        sent.map_err(|_| PbxError::Stopped)?;
        receiver.await.map_err(|_| PbxError::Stopped)
    }

    /// Sends INFO to the phone of a channel, and waits for its answer.
    ///
    /// # Errors
    /// If there is no such channel, or the phone does not answer with a 2xx.
    pub async fn send_info(&self, channel: &str, body: Body) -> Result<(), PbxError> {
        self.ask(|answer| Command::SendInfo(channel.to_owned(), body, answer))
            .await
    }

    /// What the registrar does beside binding contacts, from now on. What was granted stays granted.
    ///
    /// # Errors
    /// If the server has stopped.
    pub async fn set_registrar(&self, features: RegistrarFeatures) -> Result<(), PbxError> {
        self.ask(|answer| Command::SetRegistrar(features, answer))
            .await
    }

    /// Whose word about identities counts from now on.
    ///
    /// # Errors
    /// If the server has stopped.
    pub async fn set_trust(&self, trust: TrustDomain) -> Result<(), PbxError> {
        self.ask(|answer| Command::SetTrust(trust, answer)).await
    }

    /// How calls are signed and verified from now on; `None`: Identity is passed on.
    ///
    /// # Errors
    /// If the server has stopped.
    pub async fn set_stir(&self, stir: Option<crate::stir::PbxStir>) -> Result<(), PbxError> {
        self.ask(|answer| Command::SetStir(Box::new(stir), answer))
            .await
    }

    /// Whether texts for users none of whose phones is registered are kept from now on, until one is
    /// (RFC 3428 7). Those that are kept are forgotten otherwise.
    ///
    /// # Errors
    /// If the server has stopped.
    pub async fn set_keeps_texts(&self, keeps: bool) -> Result<(), PbxError> {
        self.ask(|answer| Command::SetKeepsTexts(keeps, answer))
            .await
    }

    /// Sets or clears one forward of the user and leaves the others as they are; `after` is how long
    /// the user's phones ring before `on_no_answer`, if that changes.
    ///
    /// # Errors
    /// If there is no such user.
    pub async fn forward_one(
        &self,
        name: &str,
        when: ForwardWhen,
        to: Option<String>,
        after: Option<Duration>,
    ) -> Result<(), PbxError> {
        self.ask(|answer| Command::ForwardOne(name.to_owned(), when, (to, after), answer))
            .await
    }

    /// From now on the user takes no calls from `other`, or may not call it.
    ///
    /// # Errors
    /// If there is no such user.
    pub async fn screen(
        &self,
        name: &str,
        screening: Screening,
        other: &str,
    ) -> Result<(), PbxError> {
        let (name, other) = (name.to_owned(), other.to_owned());
        self.ask(|answer| Command::Screen(name, screening, other, answer))
            .await
    }

    /// How things stand.
    ///
    /// # Errors
    /// If the server has stopped.
    pub async fn snapshot(&self) -> Result<PbxSnapshot, PbxError> {
        let (sender, receiver) = oneshot::channel();
        let sent = self.inner.commands.send(Command::Snapshot(sender)).await;
        sent.map_err(|_| PbxError::Stopped)?;
        receiver.await.map_err(|_| PbxError::Stopped)
    }

    /// Waits until a condition holds, and gives the snapshot for which it does.
    ///
    /// # Errors
    /// If it does not hold within `limit`.
    pub async fn wait_until(
        &self,
        limit: Duration,
        mut condition: impl FnMut(&PbxSnapshot) -> bool,
    ) -> Result<PbxSnapshot, WaitTimeout> {
        let deadline = Instant::now() + limit;
        let mut version = self.inner.version.clone();
        let mut last = None;
        loop {
            version.mark_unchanged();
            let Ok(Ok(snapshot)) = timeout_at(deadline, self.snapshot()).await else {
                return Err(WaitTimeout { limit, last });
            };
            if condition(&snapshot) {
                return Ok(snapshot);
            }
            last = Some(Box::new(snapshot));
            match timeout_at(deadline, version.changed()).await {
                Ok(Ok(())) => {}
                _ => return Err(WaitTimeout { limit, last }),
            }
        }
    }

    /// Ends all calls, waits for them up to
    /// [`stop_timeout`](crate::PbxLimits::stop_timeout), and closes the sockets: afterwards the
    /// port is free. Does nothing if the server has stopped already.
    pub async fn stop(&self) {
        let mut task = self.inner.task.lock().await;
        let Some(mut handle) = task.take() else {
            return;
        };
        self.inner.event_sockets.lock().await.abort_all();
        let _ = self.inner.commands.send(Command::Stop).await;
        let limit = self.inner.stop_timeout + CLOSE_TIMEOUT;
        if timeout(limit, &mut handle).await.is_err() {
            handle.abort();
            let _ = handle.await;
        }
    }

    async fn ask(&self, command: impl FnOnce(Answer) -> Command) -> Result<(), PbxError> {
        let (sender, receiver) = oneshot::channel();
        let sent = self.inner.commands.send(command(sender)).await;
        sent.map_err(|_| PbxError::Stopped)?;
        receiver.await.map_err(|_| PbxError::Stopped)?
    }
}
