//! The side that asks.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::error::EslError;
use crate::message::{Decoder, Message, field};

/// Results of jobs that nobody has asked for yet; the oldest are forgotten beyond.
const RESULTS_MAX: usize = 1024;
const READ_SIZE: usize = 16 * 1024;

/// A connection on which the password was accepted.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    decoder: Decoder,
    results: VecDeque<JobResult>,
}

/// What came of a command that ran in the background.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobResult {
    /// The job's name, as [`Client::background`] gave it.
    pub job: String,
    /// What the server printed: `+OK …` or `-ERR …` for most commands.
    pub text: String,
}

impl Client {
    /// Connects and gives the password. Everything together takes at most `limit`.
    ///
    /// # Errors
    /// If nobody listens, the password is wrong, or no event socket is at the other end.
    pub async fn connect(
        address: SocketAddr,
        password: &str,
        limit: Duration,
    ) -> Result<Self, EslError> {
        let until = Instant::now() + limit;
        let connecting = timeout_at(until, TcpStream::connect(address)).await;
        let stream = connecting
            .map_err(|_| timed_out("connection", limit))?
            .map_err(|source| EslError::Connect { address, source })?;
        let mut client = Self {
            stream,
            decoder: Decoder::default(),
            results: VecDeque::new(),
        };
        let greeting = client.read("auth/request", until, limit).await?;
        match greeting.content_type() {
            "auth/request" => {}
            "text/rude-rejection" => {
                return Err(EslError::TurnedAway {
                    reply: greeting.body().unwrap_or_default().trim().to_owned(),
                });
            }
            _ => return Err(unexpected("auth/request", &greeting)),
        }
        let command = format!("auth {password}");
        client.write(&command, until, limit).await?;
        let reply = client.reply("the answer to auth", until, limit).await?;
        if !reply.reply().starts_with("+OK") {
            return Err(EslError::Password {
                reply: reply.reply().to_owned(),
            });
        }
        Ok(client)
    }

    /// Runs a command and gives what it printed, `-ERR …` too.
    ///
    /// # Errors
    /// If the connection ends, or nothing has come within `limit`.
    pub async fn api(&mut self, command: &str, limit: Duration) -> Result<String, EslError> {
        let until = Instant::now() + limit;
        let line = format!("api {command}");
        self.write(&line, until, limit).await?;
        let expected = format!("answer to `{command}`");
        let response = self.next("api/response", &expected, until, limit).await?;
        Ok(response.body().unwrap_or_default().to_owned())
    }

    /// Has a command run in the background and gives the job's name. What comes of it is told by
    /// [`Client::result`], after [`Client::listen`].
    ///
    /// # Errors
    /// If it is refused, the connection ends, or nothing has come within `limit`.
    pub async fn background(&mut self, command: &str, limit: Duration) -> Result<String, EslError> {
        let reply = self.order(&format!("bgapi {command}"), limit).await?;
        let job = reply.field("Job-UUID").unwrap_or_default();
        Ok(job.to_owned())
    }

    /// Asks for the results of jobs.
    ///
    /// # Errors
    /// If it is refused, the connection ends, or nothing has come within `limit`.
    pub async fn listen(&mut self, limit: Duration) -> Result<(), EslError> {
        self.order("event plain BACKGROUND_JOB", limit).await?;
        Ok(())
    }

    /// Waits until `limit` has passed or this job's result is there. Others that come meanwhile are
    /// kept.
    ///
    /// # Errors
    /// If the connection ends, or nothing has come within `limit`.
    pub async fn result(&mut self, job: &str, limit: Duration) -> Result<JobResult, EslError> {
        let until = Instant::now() + limit;
        loop {
            let found = self.results.iter().position(|result| result.job == job);
            if let Some(result) = found.and_then(|at| self.results.remove(at)) {
                return Ok(result);
            }
            let message = self.read("result of a job", until, limit).await?;
            self.keep(&message);
        }
    }

    /// A command that is answered by `command/reply`.
    async fn order(&mut self, command: &str, limit: Duration) -> Result<Message, EslError> {
        let until = Instant::now() + limit;
        self.write(command, until, limit).await?;
        let expected = format!("answer to `{command}`");
        let reply = self.reply(&expected, until, limit).await?;
        if !reply.reply().starts_with("+OK") {
            return Err(EslError::Refused {
                command: command.to_owned(),
                reply: reply.reply().to_owned(),
            });
        }
        Ok(reply)
    }

    async fn reply(
        &mut self,
        expected: &str,
        until: Instant,
        limit: Duration,
    ) -> Result<Message, EslError> {
        self.next("command/reply", expected, until, limit).await
    }

    /// The next message that is no event; it must be of this type.
    async fn next(
        &mut self,
        content_type: &str,
        expected: &str,
        until: Instant,
        limit: Duration,
    ) -> Result<Message, EslError> {
        loop {
            let message = self.read(expected, until, limit).await?;
            match message.content_type() {
                "text/event-plain" => self.keep(&message),
                found if found == content_type => return Ok(message),
                _ => return Err(unexpected(content_type, &message)),
            }
        }
    }

    async fn read(
        &mut self,
        expected: &str,
        until: Instant,
        limit: Duration,
    ) -> Result<Message, EslError> {
        let mut octets = vec![0; READ_SIZE];
        loop {
            if let Some(message) = self.decoder.next_message()? {
                if message.content_type() == "text/disconnect-notice" {
                    return Err(closed(expected));
                }
                return Ok(message);
            }
            let read = timeout_at(until, self.stream.read(&mut octets)).await;
            let count = read
                .map_err(|_| timed_out(expected, limit))?
                .map_err(EslError::Io)?;
            if count == 0 {
                return Err(closed(expected));
            }
            self.decoder.push(&octets[..count]);
        }
    }

    async fn write(
        &mut self,
        command: &str,
        until: Instant,
        limit: Duration,
    ) -> Result<(), EslError> {
        if command.contains(['\r', '\n']) {
            return Err(EslError::Command {
                command: command.to_owned(),
            });
        }
        let octets = Message::command(command).to_string();
        timeout_at(until, self.stream.write_all(octets.as_bytes()))
            .await
            .map_err(|_| timed_out("room for a command", limit))?
            .map_err(EslError::Io)
    }

    /// Keeps the result that an event brings; other events are for nobody here.
    fn keep(&mut self, event: &Message) {
        let text = event.body().unwrap_or_default();
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        if field(head.lines(), "Event-Name") != Some("BACKGROUND_JOB") {
            return;
        }
        if self.results.len() == RESULTS_MAX {
            self.results.pop_front();
        }
        self.results.push_back(JobResult {
            job: field(head.lines(), "Job-UUID")
                .unwrap_or_default()
                .to_owned(),
            text: body.to_owned(),
        });
    }
}

fn timed_out(expected: &str, limit: Duration) -> EslError {
    EslError::Timeout {
        expected: expected.to_owned(),
        limit,
    }
}

fn closed(during: &str) -> EslError {
    EslError::Closed {
        during: during.to_owned(),
    }
}

fn unexpected(expected: &str, received: &Message) -> EslError {
    let received = match received.content_type() {
        "" => format!("`{}`", received.first_line()),
        found => found.to_owned(),
    };
    EslError::Unexpected {
        expected: expected.to_owned(),
        received,
    }
}
