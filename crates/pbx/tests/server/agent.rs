//! A scripted phone: the user-agent core on a real socket, driven by a task; tests give commands
//! and wait for happenings.

use std::collections::VecDeque;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gannet_net::{Incoming, Outgoing, SipBinding, SipTransport};
use gannet_pbx::Pbx;
use gannet_sip::{Message, Method, NameAddr, Transport, Uri};
use gannet_ua::digest::Credentials;
use gannet_ua::endpoint::{
    Body, CallId, EndCause, Endpoint, EndpointConfig, Happening, Outcome, Reply, RequestId,
    RequestSpec,
};
use gannet_ua::transaction::TransactionId;
use gannet_ua::{EventPackage, RegistrationChange, RegistrationSpec, SubscriptionSpec, Target};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout_at;

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A phone under the control of a test.
pub(crate) struct Agent {
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
    server: SocketAddr,
    domain: String,
    transport: Transport,
    endpoint: Arc<Mutex<Endpoint>>,
    wake: Arc<Notify>,
    happenings: mpsc::UnboundedReceiver<Happening>,
    seen: VecDeque<Happening>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Agent {
    /// A phone of a user that speaks UDP, with the password `<name>-secret`.
    pub(crate) fn new(pbx: &Pbx, name: &str) -> Self {
        Self::over(pbx, name, Transport::Udp)
    }

    /// The same over another transport.
    pub(crate) fn over(pbx: &Pbx, name: &str, transport: Transport) -> Self {
        let own = SocketAddr::new(pbx.address().ip(), 0);
        let binding = SipBinding::new(own, name);
        let (sockets, incoming) = SipTransport::bind(binding).expect("a free port");
        let address = sockets.address();
        // Two phones of one user must not share their tags.
        let port = u64::from(address.port());
        let seed = name
            .bytes()
            .fold(port, |seed, byte| seed * 31 + u64::from(byte));
        let mut config = EndpointConfig::new(address, seed);
        config.transport = transport;
        let mut endpoint = Endpoint::new(config);
        endpoint
            .auth_mut()
            .add_credentials(None, Credentials::password(name, format!("{name}-secret")));
        let endpoint = Arc::new(Mutex::new(endpoint));
        let wake = Arc::new(Notify::new());
        let (sender, happenings) = mpsc::unbounded_channel();
        let task = tokio::spawn(drive(
            endpoint.clone(),
            sockets,
            incoming,
            wake.clone(),
            sender,
        ));
        Self {
            name: name.to_owned(),
            address,
            server: pbx.address(),
            domain: pbx.domain().to_owned(),
            transport,
            endpoint,
            wake,
            happenings,
            seen: VecDeque::new(),
            task,
        }
    }

    /// Gives the core a command.
    pub(crate) fn with<T>(&self, command: impl FnOnce(&mut Endpoint, Instant) -> T) -> T {
        let result = command(&mut lock(&self.endpoint), Instant::now());
        self.wake.notify_one();
        result
    }

    /// The first happening for which `pick` gives something, also one that came earlier and was
    /// not asked for.
    pub(crate) async fn wait<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(&Happening) -> Option<T>,
    ) -> T {
        if let Some(at) = self.seen.iter().position(|seen| pick(seen).is_some())
            && let Some(found) = self.seen.remove(at).and_then(|seen| pick(&seen))
        {
            return found;
        }
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            match timeout_at(deadline, self.happenings.recv()).await {
                Ok(Some(happening)) => match pick(&happening) {
                    Some(found) => return found,
                    None => self.seen.push_back(happening),
                },
                _ => panic!("{}: no {what}; seen: {:#?}", self.name, self.seen),
            }
        }
    }

    pub(crate) fn uri(&self, user: &str) -> Uri {
        Uri::sip(Some(user), &self.domain, None)
    }

    pub(crate) fn aor(&self) -> NameAddr {
        NameAddr::new(self.uri(&self.name)).with_display(&self.name.to_uppercase())
    }

    pub(crate) fn contact(&self) -> NameAddr {
        let mut uri = Uri::at(Some(&self.name), self.address);
        if self.transport != Transport::Udp {
            uri.params.set("transport", self.transport.as_param());
        }
        NameAddr::new(uri)
    }

    pub(crate) fn server(&self) -> Target {
        Target::new(self.transport, self.server)
    }

    /// A request to a user of the domain.
    pub(crate) fn spec(&self, method: Method, user: &str) -> RequestSpec {
        let to = NameAddr::new(self.uri(user));
        let mut spec = RequestSpec::new(method, self.uri(user), self.aor(), to);
        spec.destination = Some(self.server());
        spec
    }

    pub(crate) fn registration(&self) -> RegistrationSpec {
        RegistrationSpec {
            registrar: Uri::sip(None, &self.domain, None),
            aor: self.aor(),
            contact: self.contact(),
            expires: Duration::from_mins(10),
            refresh_before: Duration::from_secs(10),
            retry_after: None,
            follow_received: false,
            expires_in_contact: false,
            headers: Vec::new(),
            routes: Vec::new(),
            destination: Some(self.server()),
            policy: gannet_ua::RegistrationPolicy::default(),
        }
    }

    /// Registers and waits for the 200.
    pub(crate) async fn register(&mut self) -> gannet_ua::endpoint::RegistrationId {
        let spec = self.registration();
        let id = self.with(|endpoint, now| endpoint.register(now, spec));
        match self.registration_change().await {
            RegistrationChange::Registered { .. } => id,
            other => panic!("{}: not registered: {other:?}", self.name),
        }
    }

    pub(crate) async fn registration_change(&mut self) -> RegistrationChange {
        self.wait("change of registration", |happening| match happening {
            Happening::Registration { change, .. } => Some(change.clone()),
            _ => None,
        })
        .await
    }

    /// Calls a user with this SDP; empty for none.
    pub(crate) fn call(&self, user: &str, sdp: &str) -> CallId {
        let mut spec = self.spec(Method::Invite, user);
        spec.contact = Some(self.contact());
        spec.body = (!sdp.is_empty()).then(|| Body::sdp(sdp.to_owned()));
        self.with(|endpoint, now| endpoint.invite(now, spec))
            .expect("an address")
    }

    pub(crate) async fn incoming(&mut self) -> (CallId, Message) {
        self.wait("incoming call", |happening| match happening {
            Happening::IncomingCall { call, invite, .. } => Some((*call, invite.clone())),
            _ => None,
        })
        .await
    }

    pub(crate) fn ring(&self, call: CallId, reply: Reply) {
        let contact = self.contact();
        self.with(|endpoint, now| {
            endpoint.set_contact(call, &contact);
            endpoint.ring(now, call, reply);
        });
    }

    pub(crate) fn accept(&self, call: CallId, sdp: &str) {
        let contact = self.contact();
        let mut reply = Reply::new(200);
        reply.body = (!sdp.is_empty()).then(|| Body::sdp(sdp.to_owned()));
        self.with(|endpoint, now| endpoint.accept(now, call, contact, reply));
    }

    pub(crate) fn reject(&self, call: CallId, reply: Reply) {
        self.with(|endpoint, now| endpoint.reject(now, call, reply));
    }

    pub(crate) fn hang_up(&self, call: CallId) {
        self.with(|endpoint, now| endpoint.hang_up(now, call));
    }

    pub(crate) async fn progress(&mut self) -> Message {
        self.wait("18x", |happening| match happening {
            Happening::Progress { response, .. } => Some(response.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn answered(&mut self) -> Message {
        self.wait("answer", |happening| match happening {
            Happening::Answered { response, .. } => Some(response.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn confirmed(&mut self) -> Message {
        self.wait("ACK", |happening| match happening {
            Happening::Confirmed { ack, .. } => Some(ack.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn ended(&mut self, wanted: CallId) -> EndCause {
        self.wait("end of the call", |happening| match happening {
            Happening::CallEnded { call, cause } if *call == wanted => Some(cause.clone()),
            _ => None,
        })
        .await
    }

    /// Waits for the end of a call that was not answered, and gives the final response.
    pub(crate) async fn failed(&mut self, call: CallId) -> Message {
        match self.ended(call).await {
            EndCause::Failed(Outcome::Response(response)) => response,
            other => panic!("{}: expected a refusal, got {other:?}", self.name),
        }
    }

    /// Sends a request outside a dialog and waits for its final response.
    pub(crate) async fn ask(&mut self, spec: RequestSpec) -> Message {
        let id = self
            .with(|endpoint, now| endpoint.request(now, spec))
            .expect("an address");
        self.outcome(id).await
    }

    /// Sends a request in a call.
    pub(crate) fn ask_in_call(
        &self,
        call: CallId,
        method: Method,
        body: Option<Body>,
    ) -> RequestId {
        self.with(|endpoint, now| endpoint.request_in_call(now, call, method, Vec::new(), body))
            .expect("a dialog")
    }

    pub(crate) async fn outcome(&mut self, wanted: RequestId) -> Message {
        self.wait("final response", |happening| match happening {
            Happening::RequestDone {
                request, outcome, ..
            } if *request == wanted => Some(outcome.response().expect("a response").clone()),
            _ => None,
        })
        .await
    }

    /// The next request with this method that has to be answered.
    pub(crate) async fn request(&mut self, method: Method) -> (TransactionId, Message) {
        self.wait("request", |happening| match happening {
            Happening::Request {
                request, message, ..
            } if message.method().as_ref() == Some(&method) => Some((*request, message.clone())),
            _ => None,
        })
        .await
    }

    pub(crate) fn respond(&self, request: TransactionId, reply: Reply) {
        self.with(|endpoint, now| endpoint.respond(now, request, reply));
    }

    pub(crate) fn subscription(&self, event: &str) -> SubscriptionSpec {
        let event = EventPackage::new(event);
        let aor = self.aor();
        let uri = self.uri(&self.name);
        let mut spec = SubscriptionSpec::new(uri, aor.clone(), aor, self.contact(), event);
        spec.accept = Some("application/simple-message-summary".to_owned());
        spec.expires = Duration::from_mins(10);
        spec.destination = Some(self.server());
        spec
    }

    pub(crate) async fn subscription_change(&mut self) -> gannet_ua::SubscriptionChange {
        self.wait("change of subscription", |happening| match happening {
            Happening::Subscription { change, .. } => Some(change.clone()),
            _ => None,
        })
        .await
    }
}

/// The loop around the core. NOTIFY and OPTIONS outside calls are answered 200 by themselves.
async fn drive(
    endpoint: Arc<Mutex<Endpoint>>,
    sockets: SipTransport,
    mut incoming: mpsc::Receiver<Incoming>,
    wake: Arc<Notify>,
    happenings: mpsc::UnboundedSender<Happening>,
) {
    let mut connections = Vec::new();
    loop {
        let deadline = lock(&endpoint).next_deadline();
        let due = async {
            match deadline {
                Some(at) => drop(timeout_at(at.into(), pending::<()>()).await),
                None => pending().await,
            }
        };
        tokio::select! {
            Some(incoming) = incoming.recv() => {
                if let Incoming::Message { bytes, remote, transport, connection, .. } = incoming {
                    let number = connection.map(|connection| {
                        let known = connections.iter().position(|known| *known == connection);
                        known.unwrap_or_else(|| {
                            connections.push(connection);
                            connections.len() - 1
                        }) as u64
                    });
                    let source = Target { transport, address: remote, connection: number };
                    lock(&endpoint).handle_message(Instant::now(), bytes, source);
                }
            }
            () = due => lock(&endpoint).handle_timeout(Instant::now()),
            () = wake.notified() => {}
        }
        let mut endpoint = lock(&endpoint);
        while let Some(happening) = endpoint.poll_happening() {
            if let Happening::Request {
                request,
                call: None,
                message,
                ..
            } = &happening
                && matches!(message.method(), Some(Method::Notify | Method::Options))
            {
                endpoint.respond(Instant::now(), *request, Reply::new(200));
            }
            let _ = happenings.send(happening);
        }
        while let Some(transmit) = endpoint.poll_transmit() {
            let number = transmit.target.connection;
            sockets.send(Outgoing {
                transport: transmit.target.transport,
                remote: transmit.target.address,
                bytes: transmit.bytes,
                connection: number.and_then(|n| connections.get(n as usize).copied()),
            });
        }
    }
}

fn lock(endpoint: &Mutex<Endpoint>) -> MutexGuard<'_, Endpoint> {
    endpoint.lock().unwrap_or_else(PoisonError::into_inner)
}
