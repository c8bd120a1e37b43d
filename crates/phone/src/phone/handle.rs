//! The handle: starting, looking, asking, waiting.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use gannet_media::Mark;
use gannet_media::impair::Impairments;
use gannet_sip::Uri;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::actor::{Act, Actor};
use crate::call::CallHandle;
use crate::config::PhoneConfig;
use crate::error::PhoneError;
use crate::log::MessageLog;
use crate::media::CallMedia;
use crate::media_line::LineControl;
use crate::profile::Profile;
use crate::state::PhoneState;

/// Commands that wait for the phone's task.
const COMMANDS_MAX: usize = 64;

/// The media of calls by handle, shared by the handle and the task.
pub(crate) type MediaTable = Arc<Mutex<BTreeMap<CallHandle, CallMedia>>>;

/// A running phone. Clones are the same phone; with the last one it vanishes without a word, see
/// [`Phone::stop`] for a clean end.
#[derive(Debug, Clone)]
pub struct Phone {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: PhoneConfig,
    address: SocketAddr,
    aor: Uri,
    contact: Uri,
    commands: mpsc::Sender<Act>,
    state: watch::Receiver<PhoneState>,
    log: MessageLog,
    media: MediaTable,
    line: LineControl,
    pub(super) task: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner")
            .field("name", &self.config.name)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Phone {
    /// Opens the sockets and starts the phone's task. It does not register by itself.
    ///
    /// # Errors
    /// If a socket cannot be opened, or the configuration makes no sense.
    ///
    /// # Panics
    /// Outside of a tokio runtime with I/O and time.
    #[expect(
        clippy::unused_async,
        reason = "a start may have to wait once phones have more transports"
    )]
    pub async fn start(config: PhoneConfig) -> Result<Self, PhoneError> {
        let (commands, receiver) = mpsc::channel(COMMANDS_MAX);
        let actor = Actor::new(config.clone(), receiver)?;
        let addresses = actor.addresses();
        let inner = Inner {
            address: actor.address(),
            aor: addresses.aor(),
            contact: addresses.own_contact(actor.transport()).uri,
            commands,
            state: actor.watch(),
            log: actor.log(),
            media: actor.media_table(),
            line: actor.line(),
            task: Mutex::new(Some(tokio::spawn(actor.run()))),
            config,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.inner.config.name
    }

    /// The device model.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.inner.config.profile
    }

    /// What it was started with.
    pub fn config(&self) -> &PhoneConfig {
        &self.inner.config
    }

    /// Where it is reached, over UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.inner.address
    }

    /// Its address of record.
    pub fn aor(&self) -> &Uri {
        &self.inner.aor
    }

    /// Its contact: by this URI it can be called without a server.
    pub fn contact(&self) -> &Uri {
        &self.inner.contact
    }

    /// What it plays unless told otherwise.
    pub fn mark(&self) -> Mark {
        self.inner.config.mark
    }

    /// The messages.
    pub fn log(&self) -> &MessageLog {
        &self.inner.log
    }

    /// What it shows now.
    pub fn state(&self) -> PhoneState {
        self.inner.state.borrow().clone()
    }

    /// Follows what it shows.
    pub fn watch(&self) -> watch::Receiver<PhoneState> {
        self.inner.state.clone()
    }

    /// The media of a call, also after its end.
    ///
    /// # Errors
    /// If there is no such call, or it never had media.
    pub fn media(&self, call: CallHandle) -> Result<CallMedia, PhoneError> {
        let table = self
            .inner
            .media
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        table
            .get(&call)
            .cloned()
            .ok_or_else(|| PhoneError::NoSuchCall {
                phone: self.name().to_owned(),
                call,
            })
    }

    /// Changes what happens to the RTP of its calls from now on, in open ones and in those to come.
    pub fn impair_media(&self, change: impl FnOnce(&mut Impairments)) {
        self.inner.line.change(change);
    }

    /// What happens to the RTP of its calls.
    pub fn media_impairments(&self) -> Impairments {
        self.inner.line.impairments()
    }

    /// Has the task do something and gives its answer.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Actor, Instant) -> T + Send + 'static,
    ) -> Result<T, PhoneError> {
        let (reply, answer) = oneshot::channel();
        let act: Act = Box::new(move |actor, now| {
            // Nobody waits any more if the caller gave up: the act counts all the same.
            let _ = reply.send(act(actor, now));
        });
        let off = || PhoneError::Off {
            phone: self.name().to_owned(),
        };
        self.inner.commands.send(act).await.map_err(|_| off())?;
        answer.await.map_err(|_| off())
    }

    /// Waits until `look` finds something in the phone's state. `instead` says what there is if
    /// time runs out.
    pub(crate) async fn wait_state<T>(
        &self,
        deadline: Instant,
        waited_for: &str,
        mut look: impl FnMut(&PhoneState) -> Option<Result<T, PhoneError>>,
        instead: impl Fn(&PhoneState) -> String,
    ) -> Result<T, PhoneError> {
        let mut watch = self.watch();
        loop {
            if let Some(found) = look(&watch.borrow_and_update()) {
                return found;
            }
            match tokio::time::timeout_at(deadline.into(), watch.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => {
                    return Err(PhoneError::Off {
                        phone: self.name().to_owned(),
                    });
                }
                Err(_) => {
                    return Err(PhoneError::TimedOut {
                        phone: self.name().to_owned(),
                        waited_for: waited_for.to_owned(),
                        instead: instead(&watch.borrow()),
                    });
                }
            }
        }
    }

    /// Waits until the state fits.
    ///
    /// # Errors
    /// At the deadline, or if the phone is off.
    pub async fn wait_for_state(
        &self,
        deadline: Instant,
        waited_for: &str,
        fits: impl Fn(&PhoneState) -> bool,
    ) -> Result<PhoneState, PhoneError> {
        self.wait_state(
            deadline,
            waited_for,
            |state| fits(state).then(|| Ok(state.clone())),
            describe_calls,
        )
        .await
    }
}

/// What the calls of a phone do, for errors.
pub(super) fn describe_calls(state: &PhoneState) -> String {
    let open: Vec<_> = state
        .open_calls()
        .map(|call| {
            format!(
                "{} with {} is {}",
                call.handle,
                call.remote.shown(),
                call.state
            )
        })
        .collect();
    match (open.is_empty(), state.latest_call()) {
        (false, _) => open.join(", "),
        (true, Some(last)) => {
            format!(
                "no call is open; the last one, with {}, is {}",
                last.remote.shown(),
                last.state
            )
        }
        (true, None) => "the phone has had no call".to_owned(),
    }
}
