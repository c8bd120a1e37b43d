//! Fetching one page.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use thiserror::Error;

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Content-Type as written.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no page.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FetchError {
    /// Not `http://host[:port]/path`.
    #[error("only http://HOST[:PORT]/PATH is fetched")]
    Url,
    /// No address, no connection, or it broke.
    #[error("{doing} failed: {error}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system says.
        error: String,
    },
    /// It took too long.
    #[error("no whole answer within {0:?}")]
    Timeout(Duration),
    /// The answer is no HTTP.
    #[error("the answer is not HTTP")]
    NotHttp,
    /// Another code than 200.
    #[error("the answer is {0}")]
    Status(String),
    /// More than is read.
    #[error("the answer has more than {0} octets")]
    TooLarge(usize),
}

/// A chain of certificates has a few thousand octets.
const OCTETS_MAX: usize = 256 * 1024;

/// Fetches a page by HTTP/1.0, so that the body ends with the connection. Redirections are not followed.
/// Blocks up to `limit`.
pub fn fetch(url: &str, limit: Duration) -> Result<Page, FetchError> {
    let until = Instant::now() + limit;
    let rest = url.strip_prefix("http://").ok_or(FetchError::Url)?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    let odd = |c: char| c.is_whitespace() || c.is_control();
    if host.is_empty() || url.contains(odd) {
        return Err(FetchError::Url);
    }
    let has_port = host
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let with_port = if has_port {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let failed = |doing| move |error: io::Error| of_io(doing, limit, &error);
    let addresses = with_port
        .to_socket_addrs()
        .map_err(failed("looking up the name"))?;
    let left = || until.saturating_duration_since(Instant::now());
    let mut connected = Err(FetchError::Url);
    for address in addresses {
        let wait = left().max(Duration::from_millis(1));
        connected = TcpStream::connect_timeout(&address, wait).map_err(failed("connecting"));
        if connected.is_ok() {
            break;
        }
    }
    let mut stream = connected?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nAccept: */*\r\n\r\n");
    stream
        .set_write_timeout(Some(limit))
        .and_then(|()| stream.write_all(request.as_bytes()))
        .map_err(failed("asking"))?;
    let mut answer = Vec::new();
    let mut buffer = [0; 8 * 1024];
    loop {
        let wait = left();
        if wait.is_zero() {
            return Err(FetchError::Timeout(limit));
        }
        stream
            .set_read_timeout(Some(wait))
            .map_err(failed("waiting"))?;
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => answer.extend(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(of_io("reading", limit, &error)),
        }
        if answer.len() > OCTETS_MAX {
            return Err(FetchError::TooLarge(OCTETS_MAX));
        }
    }
    page(&answer)
}

fn of_io(doing: &'static str, limit: Duration, error: &io::Error) -> FetchError {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => FetchError::Timeout(limit),
        _ => FetchError::Io {
            doing,
            error: error.to_string(),
        },
    }
}

fn page(answer: &[u8]) -> Result<Page, FetchError> {
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or(FetchError::NotHttp)?;
    let head = std::str::from_utf8(&answer[..end]).map_err(|_| FetchError::NotHttp)?;
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    let status = status
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split_once(' '))
        .ok_or(FetchError::NotHttp)?
        .1;
    if !status.starts_with("200") {
        return Err(FetchError::Status(status.to_owned()));
    }
    let content_type = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .map(|(_, value)| value.trim().to_owned());
    Ok(Page {
        content_type,
        body: answer[end + 4..].to_vec(),
    })
}
