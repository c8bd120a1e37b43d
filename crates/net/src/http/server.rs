//! Serving a few pages.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::client::Page;

/// More at once are closed at once.
const CONNECTIONS_MAX: usize = 64;
/// How long a client may take to ask, and to take the answer.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest request.
const REQUEST_OCTETS_MAX: usize = 8 * 1024;

/// An HTTP server of pages that are told to it, on a thread of its own. It ends when it is dropped.
#[derive(Debug)]
pub struct PageServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    pages: Mutex<HashMap<String, Page>>,
    requests: AtomicU64,
    open: AtomicUsize,
    stopping: AtomicBool,
}

impl PageServer {
    /// Listens on a free port of this address.
    pub fn start(ip: IpAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::new(ip, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("gannet-http".into())
            .spawn(move || accept(&listener, &serving))?;
        Ok(Self {
            shared,
            address,
            thread: Some(thread),
        })
    }

    /// Gives this page at this path from now on, which begins with a slash.
    pub fn publish(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) {
        let page = Page {
            content_type: Some(content_type.to_owned()),
            body: body.into(),
        };
        self.shared.lock().insert(path.to_owned(), page);
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How many requests have come.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }
}

impl Drop for PageServer {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        // Wakes the thread, which waits for nothing else.
        let woken = TcpStream::connect_timeout(&self.address, CLIENT_TIMEOUT);
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Page>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else { continue };
        if shared.open.fetch_add(1, Ordering::Relaxed) >= CONNECTIONS_MAX {
            shared.open.fetch_sub(1, Ordering::Relaxed);
            continue;
        }
        let own = Arc::clone(shared);
        let spawned = thread::Builder::new().spawn(move || {
            // What a client does wrong is its own business.
            let _ = answer(stream, &own);
            own.open.fetch_sub(1, Ordering::Relaxed);
        });
        if spawned.is_err() {
            shared.open.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

fn answer(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(CLIENT_TIMEOUT))?;
    stream.set_write_timeout(Some(CLIENT_TIMEOUT))?;
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        let read = stream.read(&mut buffer)?;
        if read == 0 || request.len() > REQUEST_OCTETS_MAX {
            return Ok(());
        }
        request.extend(&buffer[..read]);
    }
    shared.requests.fetch_add(1, Ordering::Relaxed);
    let text = String::from_utf8_lossy(&request);
    let mut words = text.split_ascii_whitespace();
    let (method, path) = (words.next(), words.next().unwrap_or_default());
    let page = shared.lock().get(path).cloned();
    let (status, page) = match (method, page) {
        (Some("GET" | "HEAD"), Some(page)) => ("200 OK", page),
        (Some("GET" | "HEAD"), None) => ("404 Not Found", text_page("not here\n")),
        _ => ("405 Method Not Allowed", text_page("GET and HEAD alone\n")),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        page.content_type.as_deref().unwrap_or_default(),
        page.body.len()
    );
    stream.write_all(head.as_bytes())?;
    if method != Some("HEAD") {
        stream.write_all(&page.body)?;
    }
    stream.flush()
}

fn text_page(text: &str) -> Page {
    Page {
        content_type: Some("text/plain".to_owned()),
        body: text.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::http::{FetchError, PageCache, fetch};

    const LIMIT: Duration = Duration::from_secs(10);

    #[test]
    fn what_is_published_is_fetched_once() {
        let server = PageServer::start(Ipv4Addr::LOCALHOST.into()).expect("a port");
        server.publish("/a.pem", "application/pkix-cert", "octets");
        let cache = PageCache::default();
        for _ in 0..3 {
            let page = cache.get(&server.url("/a.pem")).expect("a page");
            assert_eq!(page.content_type.as_deref(), Some("application/pkix-cert"));
            assert_eq!(page.body, b"octets");
        }
        assert_eq!(server.requests(), 1);
    }

    #[test]
    fn what_is_not_there_says_why() {
        let server = PageServer::start(Ipv4Addr::LOCALHOST.into()).expect("a port");
        assert_eq!(
            fetch(&server.url("/b"), LIMIT),
            Err(FetchError::Status("404 Not Found".into()))
        );
        let url = server.url("/b");
        drop(server);
        assert!(matches!(fetch(&url, LIMIT), Err(FetchError::Io { .. })));
        for url in ["https://a/", "a", "http://", "http:///a", "http://a b/"] {
            assert_eq!(fetch(url, LIMIT), Err(FetchError::Url), "{url}");
        }
    }
}
