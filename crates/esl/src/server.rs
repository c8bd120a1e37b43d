//! The side that is asked.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::message::{Decoder, Message};

/// Connections at once; more wait.
const CONNECTIONS_MAX: usize = 64;
/// Jobs of one connection at once; the next command waits for one to end.
const JOBS_MAX: usize = 256;
/// How long a connection may take to give the password.
const AUTH_LIMIT: Duration = Duration::from_secs(30);
/// How long a client may take to read what it has asked for.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
const READ_SIZE: usize = 4 * 1024;

/// What stands behind an event socket.
pub trait Service: Send + Sync + 'static {
    /// Runs a command and gives what it prints: `+OK …`, `-ERR …`, or a table.
    fn api(&self, command: &str) -> impl Future<Output = String> + Send;
}

/// Serves connections until the future is dropped; the connections end with it.
///
/// # Errors
/// If the listener fails.
pub async fn serve<S: Service>(
    listener: TcpListener,
    password: String,
    service: Arc<S>,
) -> io::Result<()> {
    let password: Arc<str> = password.into();
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        let (stream, _) = listener.accept().await?;
        let (password, service) = (Arc::clone(&password), Arc::clone(&service));
        connections.spawn(async move {
            // A client that goes away, or that says what is no message, has left by itself.
            let _ = Connection::new(stream, service).run(&password).await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
}

struct Connection<S> {
    stream: TcpStream,
    decoder: Decoder,
    service: Arc<S>,
    /// Whether the client wants to know what comes of its jobs.
    tells_results: bool,
    jobs: JoinSet<(String, String)>,
}

/// Whether the connection goes on.
#[derive(PartialEq, Eq)]
enum After {
    Command,
    Exit,
}

impl<S: Service> Connection<S> {
    fn new(stream: TcpStream, service: Arc<S>) -> Self {
        Self {
            stream,
            decoder: Decoder::default(),
            service,
            tells_results: false,
            jobs: JoinSet::new(),
        }
    }

    async fn run(mut self, password: &str) -> io::Result<()> {
        let greeting = Message::new().with("Content-Type", "auth/request");
        self.write(&greeting).await?;
        let admitted = timeout(AUTH_LIMIT, self.admit(password)).await;
        if !admitted.map_err(|_| io::ErrorKind::TimedOut)?? {
            return Ok(());
        }
        loop {
            tokio::select! {
                message = read(&mut self.stream, &mut self.decoder) => {
                    let Some(message) = message? else { return Ok(()) };
                    if self.obey(&message).await? == After::Exit {
                        return Ok(());
                    }
                }
                Some(Ok(ended)) = self.jobs.join_next() => self.tell(ended).await?,
            }
        }
    }

    /// Whether the client gave the password.
    async fn admit(&mut self, password: &str) -> io::Result<bool> {
        loop {
            let Some(message) = read(&mut self.stream, &mut self.decoder).await? else {
                return Ok(false);
            };
            match message.first_line().split_once(' ') {
                Some(("auth", given)) if given == password => {
                    self.reply("+OK accepted").await?;
                    return Ok(true);
                }
                Some(("auth", _)) => {
                    self.reply("-ERR invalid").await?;
                    self.take_leave().await?;
                    return Ok(false);
                }
                _ => self.reply("-ERR command not found").await?,
            }
        }
    }

    async fn obey(&mut self, message: &Message) -> io::Result<After> {
        let line = message.first_line().trim();
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "api" => {
                let printed = self.service.api(rest.trim()).await;
                let response = Message::new()
                    .with("Content-Type", "api/response")
                    .with_body(printed);
                self.write(&response).await?;
            }
            "bgapi" => {
                self.start_job(rest.trim(), message.field("Job-UUID"))
                    .await?;
            }
            "event" | "events" => {
                let mut words = rest.split_whitespace();
                if words.next() == Some("plain") {
                    let mut names = words;
                    self.tells_results |=
                        names.any(|name| matches!(name, "BACKGROUND_JOB" | "ALL" | "all"));
                    self.reply("+OK event listener enabled plain").await?;
                } else {
                    self.reply("-ERR only `event plain` is known here").await?;
                }
            }
            "noevents" | "nixevent" => {
                self.tells_results = false;
                self.reply("+OK no longer listening for events").await?;
            }
            "exit" => {
                self.reply("+OK bye").await?;
                self.take_leave().await?;
                return Ok(After::Exit);
            }
            _ => self.reply("-ERR command not found").await?,
        }
        Ok(After::Command)
    }

    async fn start_job(&mut self, command: &str, name: Option<&str>) -> io::Result<()> {
        while self.jobs.len() >= JOBS_MAX {
            if let Some(Ok(ended)) = self.jobs.join_next().await {
                self.tell(ended).await?;
            }
        }
        let job = name.map_or_else(random_uuid, str::to_owned);
        let reply = Message::new()
            .with("Content-Type", "command/reply")
            .with("Reply-Text", format!("+OK Job-UUID: {job}"))
            .with("Job-UUID", &job);
        self.write(&reply).await?;
        let (service, command) = (Arc::clone(&self.service), command.to_owned());
        self.jobs
            .spawn(async move { (job, service.api(&command).await) });
        Ok(())
    }

    /// Tells what came of a job, if the client wants to know.
    async fn tell(&mut self, (job, text): (String, String)) -> io::Result<()> {
        if self.tells_results {
            self.write(&job_event(&job, &text)).await?;
        }
        Ok(())
    }

    async fn reply(&mut self, text: &str) -> io::Result<()> {
        let reply = Message::new()
            .with("Content-Type", "command/reply")
            .with("Reply-Text", text);
        self.write(&reply).await
    }

    async fn take_leave(&mut self) -> io::Result<()> {
        let notice = Message::new()
            .with("Content-Type", "text/disconnect-notice")
            .with_body("Disconnected, goodbye.\n");
        self.write(&notice).await
    }

    async fn write(&mut self, message: &Message) -> io::Result<()> {
        let octets = message.to_string();
        timeout(WRITE_LIMIT, self.stream.write_all(octets.as_bytes()))
            .await
            .map_err(|_| io::ErrorKind::TimedOut)?
    }
}

/// The next message; `None` when the client has gone. Nothing is lost when it is not waited for to
/// the end: what has been read is in the decoder.
async fn read(stream: &mut TcpStream, decoder: &mut Decoder) -> io::Result<Option<Message>> {
    let mut octets = vec![0; READ_SIZE];
    loop {
        let next = decoder.next_message();
        if let Some(message) = next.map_err(|error| io::Error::other(error.to_string()))? {
            return Ok(Some(message));
        }
        match stream.read(&mut octets).await? {
            0 => return Ok(None),
            count => decoder.push(&octets[..count]),
        }
    }
}

fn job_event(job: &str, text: &str) -> Message {
    let event = Message::new()
        .with("Event-Name", "BACKGROUND_JOB")
        .with("Job-UUID", job)
        .with_body(text);
    Message::new()
        .with("Content-Type", "text/event-plain")
        .with_body(event.to_string())
}

/// A random UUID (RFC 9562 5.4).
fn random_uuid() -> String {
    let bits = fastrand::u128(..);
    let bits = bits & !(0xf << 76) | (4 << 76);
    let bits = bits & !(0x3 << 62) | (2 << 62);
    let hex = format!("{bits:032x}");
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_uuids_say_that_they_are_random() {
        for _ in 0..100 {
            let uuid = random_uuid();
            assert_eq!(uuid.len(), 36);
            assert_eq!(uuid.as_bytes()[14], b'4', "{uuid}");
            assert!(
                matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'),
                "{uuid}"
            );
        }
    }
}
