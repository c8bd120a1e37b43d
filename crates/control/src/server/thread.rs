//! The server's handle.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use gannet_events::traffic::Layout;
use mio::net::TcpListener;
use mio::{Interest, Poll, Waker};

use super::ServerError;
use super::service::{LISTENER, Service, WAKER};
use crate::Run;
use crate::seagull::Desk;

/// Remote control on an address: one thread that waits on all its sockets at once, so that no
/// peer keeps another one waiting. It ends when this is dropped.
#[derive(Debug)]
pub struct Server {
    local_addr: SocketAddr,
    stop: Arc<AtomicBool>,
    waker: Waker,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on `address`; port 0 is any free port. `layout` is what the run counts.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or the system cannot give another thread.
    pub fn start(address: SocketAddr, layout: Arc<Layout>, run: Run) -> Result<Self, ServerError> {
        let mut listener =
            TcpListener::bind(address).map_err(|source| ServerError::Bind { address, source })?;
        let start = |source: io::Error| ServerError::Start { address, source };
        let local_addr = listener.local_addr().map_err(start)?;
        let poll = Poll::new().map_err(start)?;
        let waker = Waker::new(poll.registry(), WAKER).map_err(start)?;
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)
            .map_err(start)?;
        let stop = Arc::new(AtomicBool::new(false));
        let service = Service {
            poll,
            listener,
            desk: Desk::new(layout),
            run,
            stop: Arc::clone(&stop),
        };
        let thread = thread::Builder::new()
            .name("remote-control".into())
            .spawn(move || service.serve())
            .map_err(start)?;
        Ok(Self {
            local_addr,
            stop,
            waker,
            thread: Some(thread),
        })
    }

    /// The address it listens on, with the port that was chosen.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        let Some(thread) = self.thread.take() else {
            return;
        };
        // An order may be what ends the run: then this is the server's own thread, which cannot
        // wait for itself and ends when it comes back to its loop.
        if self.waker.wake().is_ok() && thread.thread().id() != thread::current().id() {
            let _ = thread.join();
        }
    }
}
