//! The server's thread.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, oneshot, watch};

use super::service::Service;
use super::{Access, Shown, WebError, WebOrder};

/// The most connections at once; one more is closed.
pub const CONNECTIONS_MAX: usize = 256;
/// How long a request may take to come, and its answer to be taken. Who follows events may stay.
const EXCHANGE_MAX: Duration = Duration::from_secs(10);
/// The most octets that wait in a connection.
const BUFFER_BYTES_MAX: usize = 16 * 1024;
/// How long nothing is accepted when the system has no descriptor for a new connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long those who follow the run have, to take its last state.
const FAREWELL_MAX: Duration = Duration::from_millis(300);

/// The run, as the page knows it.
pub struct WebRun {
    /// Takes an order; returns at once.
    pub orders: Box<dyn Fn(WebOrder) + Send + Sync>,
}

impl fmt::Debug for WebRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebRun").finish_non_exhaustive()
    }
}

/// Serves the page of a run, on a thread of its own, until it is dropped.
#[derive(Debug)]
pub struct WebServer {
    address: SocketAddr,
    newest: Option<watch::Sender<Arc<Shown>>>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WebServer {
    /// Listens; port 0 is any free port. `first` is shown until there is something newer.
    ///
    /// # Errors
    /// The address cannot be listened on, or the system gives no thread.
    pub fn start(
        address: SocketAddr,
        access: Access,
        run: WebRun,
        first: Shown,
    ) -> Result<Self, WebError> {
        let bind = |source| WebError::Bind { address, source };
        let listener = std::net::TcpListener::bind(address).map_err(bind)?;
        listener.set_nonblocking(true).map_err(WebError::Start)?;
        let address = listener.local_addr().map_err(WebError::Start)?;
        let (newest, receiver) = watch::channel(Arc::new(first));
        let (end, ended) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(WebError::Start)?;
        let service = Arc::new(Service::new(access, run, receiver));
        let serve = move || {
            runtime.block_on(async {
                // What the system refuses here it would have refused before.
                if let Ok(listener) = TcpListener::from_std(listener) {
                    serve(listener, service, ended).await;
                }
            });
        };
        let thread = thread::Builder::new()
            .name("web".to_owned())
            .spawn(serve)
            .map_err(WebError::Start)?;
        Ok(Self {
            address,
            newest: Some(newest),
            end: Some(end),
            thread: Some(thread),
        })
    }

    /// The address it listens on, with the port that was chosen.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Shows something newer from now on.
    pub fn show(&self, shown: Shown) {
        if let Some(newest) = &self.newest {
            // Kept also when nobody listens.
            newest.send_replace(Arc::new(shown));
        }
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        // Those who follow get the last state, and then their end.
        self.newest = None;
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was printed where it happened.
            let _ = thread.join();
        }
    }
}

async fn serve(listener: TcpListener, service: Arc<Service>, mut ended: oneshot::Receiver<()>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut ended => break,
        };
        match accepted {
            Ok((stream, _)) => {
                // Without a place it is dropped here, which closes it.
                if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                    let service = Arc::clone(&service);
                    tokio::spawn(async move {
                        converse(stream, service).await;
                        drop(place);
                    });
                }
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            // Out of descriptors.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
    // Whoever is not done by then is cut off with the runtime.
    let _ = tokio::time::timeout(FAREWELL_MAX, places.acquire_many(all)).await;
}

/// One request on one connection, within its time.
async fn converse(stream: TcpStream, service: Arc<Service>) {
    let _ = stream.set_nodelay(true);
    let follows = AtomicBool::new(false);
    let stalled = Arc::new(Notify::new());
    let answer = service_fn(|request| {
        let (service, follows, stalled) = (&service, &follows, &stalled);
        async move {
            let (answer, goes_on) = service.answer(request, stalled).await;
            follows.store(goes_on, Ordering::Relaxed);
            Ok::<_, Infallible>(answer)
        }
    });
    let exchange = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(EXCHANGE_MAX)
        .keep_alive(false)
        .max_buf_size(BUFFER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), answer);
    tokio::pin!(exchange);
    // Whatever a client does to its connection concerns nobody else.
    if tokio::time::timeout(EXCHANGE_MAX, &mut exchange)
        .await
        .is_err()
        && follows.load(Ordering::Relaxed)
    {
        tokio::select! {
            _ = exchange => {}
            () = stalled.notified() => {}
        }
    }
}
