//! A client of the live page.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::LIMIT;

/// The live page of a run, as it told where it is.
pub(crate) struct Page {
    pub(crate) address: SocketAddr,
    /// With its question mark; empty if none is needed.
    pub(crate) query: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// 0: the connection was closed without one.
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Page {
    /// Out of what a run has written to standard error.
    pub(crate) fn of(err: &str) -> Option<Self> {
        let line = err.lines().find(|line| line.starts_with("web page: "))?;
        let rest = line.strip_prefix("web page: http://")?;
        let (address, query) = rest.split_once('/')?;
        Some(Self {
            address: address.parse().ok()?,
            query: query.to_owned(),
        })
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        let Self { address, query } = self;
        self.ask(&format!(
            "GET {path}{query} HTTP/1.1\r\nHost: {address}\r\n\r\n"
        ))
    }

    pub(crate) fn state(&self) -> serde_json::Value {
        let answer = self.get("/api/state");
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    pub(crate) fn order(&self, body: &str) -> Answer {
        let Self { address, query } = self;
        let length = body.len();
        self.ask(&format!(
            "POST /api/control{query} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }

    /// Sends octets and takes what comes until the other side closes.
    pub(crate) fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        // Who is refused may be so before all is sent.
        let _ = stream.write_all(request.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        Answer {
            status: status.unwrap_or(0),
            body: body.to_owned(),
        }
    }

    /// The first event of those who follow the run.
    pub(crate) fn event(&self) -> serde_json::Value {
        let Self { address, query } = self;
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let request = format!("GET /api/events{query} HTTP/1.1\r\nHost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        let mut bytes = [0; 4_096];
        loop {
            if let Some((_, rest)) = text.split_once("data: ")
                && let Some((event, _)) = rest.split_once("\n\n")
            {
                return serde_json::from_str(event).unwrap();
            }
            let count = stream.read(&mut bytes).unwrap();
            assert!(count > 0, "no event in {text}");
            text.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }
}

/// What a table says in a column, summed up.
pub(crate) fn sum(table: &str, column: &str) -> u64 {
    let mut lines = table
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let at = head.iter().position(|name| *name == column).unwrap();
    lines.map(|line| line[at].parse::<u64>().unwrap()).sum()
}

/// What stands behind a text, up to the next character that ends it.
pub(crate) fn behind<'t>(text: &'t str, before: &str, end: char) -> &'t str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split(end).next().unwrap()
}
