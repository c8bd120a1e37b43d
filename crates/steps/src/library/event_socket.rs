//! The other side of the server: FreeSWITCH's event socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use gannet_esl::{Client, EslError};
use gannet_events::{Failure, FailureClass};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::support::latest_call;
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Event socket";
/// Between two INFO of the background task.
const PAUSE: Duration = Duration::from_secs(1);

/// An open event socket, and what goes on there.
#[derive(Debug)]
pub(super) struct EventSocket {
    server: String,
    client: Arc<Mutex<Client>>,
    /// The server's name for the channel that sentences mean.
    channel: Option<String>,
    /// How many INFO the background task has yet to send.
    left: Arc<AtomicU64>,
    task: Option<Task>,
}

impl Clone for EventSocket {
    /// The same connection; the background task stays with the original.
    fn clone(&self) -> Self {
        Self {
            server: self.server.clone(),
            client: Arc::clone(&self.client),
            channel: self.channel.clone(),
            left: Arc::clone(&self.left),
            task: None,
        }
    }
}

/// The background task; it ends with its owner.
#[derive(Debug)]
struct Task(JoinHandle<StepResult>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "connect to server {word} event socket",
            section: SECTION,
            about: "Opens the event socket of a FreeSWITCH server: `event_socket` of [server.NAME], else port 8021 at its address; `event_socket_password`, else $FSES_PASSWORD, else ClueCon. The embedded server has one too.",
            example: "connect to server \"UC\" event socket",
            run: connect,
        ),
        step!(
            "get channel info for current calls",
            section: SECTION,
            about: "Lists the server's channels and remembers the first; later sentences mean that one.",
            example: "get channel info for current calls",
            run: get_channels,
        ),
        step!(
            "get SIP call info for {phone}",
            section: SECTION,
            about: "Says the Call-ID of the phone's newest call, open or over. Fails if it has had none.",
            example: "get SIP call info for \"Alice\"",
            no within,
            run: get_call,
        ),
        step!(
            "send {n} INFO to caller",
            section: SECTION,
            about: "Has the server send INFO on the remembered channel, one each second, in the background. What goes wrong is told when the task is stopped, or by the next sentence about the event socket.",
            example: "send 8 INFO to caller",
            run: send_info,
        ),
        step!(
            "do something in the background for a bit",
            section: SECTION,
            about: "Goes on in the background, after a second, with the INFO that are left to send.",
            example: "do something in the background for a bit",
            run: resume,
        ),
        step!(
            "stop event background task",
            section: SECTION,
            about: "Ends the sending of INFO. Fails if the server could not send one.",
            example: "stop event background task",
            run: stop,
        ),
    ]
}

async fn connect(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.text(0)?.to_owned();
    let limit = world.signalling(&arguments);
    let (address, password) = world.event_socket_of(&name).await?;
    let what = format!("waiting for the event socket of {name} at {address}");
    let opening = async {
        let mut client = Client::connect(address, &password, limit).await?;
        client.listen(limit).await?;
        Ok(client)
    };
    let client = world.progress().during(&what, limit, opening).await;
    let client = client.map_err(|error| told(&name, &error))?;
    world.notes.event_socket = Some(EventSocket {
        server: name,
        client: Arc::new(Mutex::new(client)),
        channel: None,
        left: Arc::default(),
        task: None,
    });
    Ok(())
}

async fn get_channels(world: &mut World, arguments: Arguments) -> StepResult {
    let limit = world.signalling(&arguments);
    let socket = open(world).await?;
    let server = socket.server.clone();
    let mut client = socket.client.lock().await;
    let asking = client.api("show channels", limit).await;
    let listed = asking.map_err(|error| told(&server, &error))?;
    let channel = first_channel(&listed).ok_or_else(|| {
        let summary = format!("{server} has no channel: no call goes through it now");
        let mut failure = Failure::new(FailureClass::Assertion, summary);
        for line in listed.lines().take(3) {
            failure = failure.detail(line);
        }
        failure
    })?;
    // Without it the server sends INFO only to phones that list it in Allow.
    let setting = format!("uuid_setvar {channel} fs_send_unsupported_info 1");
    let set = client.api(&setting, limit).await;
    let set = set.map_err(|error| told(&server, &error))?;
    drop(client);
    if set.starts_with("-ERR") {
        return Err(refused(&server, &setting, &set));
    }
    world.progress().say(format!("channel {channel}"));
    open(world).await?.channel = Some(channel);
    Ok(())
}

/// The `uuid` of the first row of `show channels`.
fn first_channel(listed: &str) -> Option<String> {
    let mut rows = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(listed.as_bytes());
    let column = rows
        .headers()
        .ok()?
        .iter()
        .position(|name| name == "uuid")?;
    let row = rows.records().next()?.ok()?;
    // A table without rows ends with `0 total.`, which is one field.
    if row.len() < 2 {
        return None;
    }
    let channel = row.get(column)?;
    (!channel.is_empty() && !channel.contains(char::is_whitespace)).then(|| channel.to_owned())
}

async fn get_call(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let call = latest_call(&actor)?;
    world
        .progress()
        .say(format!("Call-ID {}", call.sip_call_id));
    Ok(())
}

async fn send_info(world: &mut World, arguments: Arguments) -> StepResult {
    let count = arguments.integer(0)?;
    let limit = world.signalling(&arguments);
    let socket = open(world).await?;
    socket.left.store(count, Ordering::Relaxed);
    start(socket, Duration::ZERO, limit)
}

async fn resume(world: &mut World, arguments: Arguments) -> StepResult {
    let limit = world.signalling(&arguments);
    let socket = open(world).await?;
    start(socket, PAUSE, limit)
}

async fn stop(world: &mut World, arguments: Arguments) -> StepResult {
    let limit = world.signalling(&arguments);
    let socket = open(world).await?;
    socket.left.store(0, Ordering::Relaxed);
    let Some(mut task) = socket.task.take() else {
        return Ok(());
    };
    // It sees that nothing is left after its pause at the latest.
    match tokio::time::timeout(PAUSE + limit, &mut task.0).await {
        Ok(ended) => ended.map_err(|error| panicked(&error))?,
        Err(_) => Err(Failure::new(
            FailureClass::Timeout,
            format!("{} does not say what came of the last INFO", socket.server),
        )),
    }
}

/// The event socket, after a look at what its task has met with.
async fn open(world: &mut World) -> Result<&mut EventSocket, Failure> {
    let socket = world.notes.event_socket.as_mut().ok_or_else(|| {
        let summary =
            "no event socket is open: write `connect to server \"NAME\" event socket` before";
        Failure::new(FailureClass::Misuse, summary)
    })?;
    if let Some(task) = socket.task.as_mut().filter(|task| task.0.is_finished()) {
        let ended = (&mut task.0).await;
        socket.task = None;
        ended.map_err(|error| panicked(&error))??;
    }
    Ok(socket)
}

/// Starts the background task; one that runs already is told by what is left.
fn start(socket: &mut EventSocket, delay: Duration, limit: Duration) -> StepResult {
    let Some(channel) = socket.channel.clone() else {
        let summary = "no channel is known: write `get channel info for current calls` before";
        return Err(Failure::new(FailureClass::Misuse, summary));
    };
    let (client, left) = (Arc::clone(&socket.client), Arc::clone(&socket.left));
    let server = socket.server.clone();
    socket.task = Some(Task(tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        while take_one(&left) {
            let now = DateTime::<Utc>::from(SystemTime::now());
            let now = now.to_rfc3339_opts(SecondsFormat::Micros, true);
            let command = format!("uuid_send_info {channel} {now}");
            let mut client = client.lock().await;
            let job = client.background(&command, limit).await;
            let job = job.map_err(|error| told(&server, &error))?;
            let result = client.result(&job, limit).await;
            let text = result.map_err(|error| told(&server, &error))?.text;
            drop(client);
            if text.starts_with("-ERR") {
                return Err(refused(&server, &command, &text));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    })));
    Ok(())
}

fn take_one(left: &AtomicU64) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
        left.checked_sub(1)
    })
    .is_ok()
}

fn told(server: &str, error: &EslError) -> Failure {
    let class = match error {
        EslError::Timeout { .. } => FailureClass::Timeout,
        EslError::Refused { .. } | EslError::Unexpected { .. } | EslError::Framing(_) => {
            FailureClass::UnexpectedResponse
        }
        EslError::Command { .. } => FailureClass::Misuse,
        _ => FailureClass::Environment,
    };
    let failure = Failure::new(class, format!("event socket of {server}: {error}"));
    match std::error::Error::source(error) {
        Some(cause) => failure.detail(cause.to_string()),
        None => failure,
    }
}

fn refused(server: &str, command: &str, text: &str) -> Failure {
    let summary = format!("{server} refused `{command}`: {}", text.trim());
    Failure::new(FailureClass::UnexpectedResponse, summary)
}

fn panicked(error: &tokio::task::JoinError) -> Failure {
    Failure::new(FailureClass::Panic, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_channel_of_a_table() {
        let table = [
            (
                "uuid,direction\na-b,inbound\nc-d,outbound\n\n2 total.\n",
                Some("a-b"),
            ),
            (
                "direction,uuid\n\"in,bound\",a-b\n\n1 total.\n",
                Some("a-b"),
            ),
            ("uuid,direction\n\n0 total.\n", None),
            ("\n0 total.\n", None),
            ("-ERR no such command\n", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(first_channel(text).as_deref(), expected, "{text:?}");
        }
    }
}
