//! The loop around the server: sockets, commands, time.

use std::time::Instant;

use gannet_net::{ConnectionId, Outgoing};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep_until, timeout};

use super::opening::Sockets;
use super::state::{Done, Server};
use crate::command::Command;

/// Most messages that are handled before the outcome is sent.
const BATCH_MAX: usize = 64;

/// The task of one server. It ends when all handles are gone, or after [`Command::Stop`].
#[derive(Debug)]
pub(crate) struct Task {
    server: Server,
    sockets: Sockets,
    inbox: mpsc::Receiver<Command>,
    version: watch::Sender<u64>,
    stop_timeout: std::time::Duration,
}

impl Task {
    pub(crate) fn new(
        server: Server,
        sockets: Sockets,
        inbox: mpsc::Receiver<Command>,
        version: watch::Sender<u64>,
    ) -> Self {
        Self {
            stop_timeout: server.stop_timeout(),
            server,
            sockets,
            inbox,
            version,
        }
    }

    /// Runs until the end.
    pub(crate) async fn run(mut self) {
        while let Some(command) = self.next_command().await {
            let stop = matches!(command, Command::Stop);
            self.server.handle_command(Instant::now(), command);
            self.flush();
            if stop {
                let limit = self.stop_timeout;
                let _ = timeout(limit, self.finish()).await;
                break;
            }
        }
        self.sockets.transport.close().await;
    }

    /// Serves until a command comes; `None` when all handles are gone.
    async fn next_command(&mut self) -> Option<Command> {
        loop {
            tokio::select! {
                command = self.inbox.recv() => return command,
                () = serve(&mut self.server, &mut self.sockets) => {}
            }
            self.flush();
        }
    }

    /// Serves until all calls have ended. Commands get no answer any more.
    async fn finish(&mut self) {
        self.inbox.close();
        while !self.server.is_done() {
            serve(&mut self.server, &mut self.sockets).await;
            self.flush();
        }
    }

    /// Sends what is to be sent and tells those who wait.
    fn flush(&mut self) {
        while let Some(transmit) = self.server.poll_transmit() {
            let number = transmit.target.connection;
            self.sockets.transport.send(Outgoing {
                transport: transmit.target.transport,
                remote: transmit.target.address,
                bytes: transmit.bytes,
                connection: number.map(ConnectionId::from_number),
            });
        }
        if self.server.take_changed() {
            self.version.send_modify(|version| *version += 1);
        }
    }
}

/// Handles what comes next: messages, a deadline, a file that was written. May be cancelled.
async fn serve(server: &mut Server, sockets: &mut Sockets) {
    let deadline = server.next_deadline();
    let due = async {
        match deadline {
            Some(at) => sleep_until(at.into()).await,
            None => std::future::pending().await,
        }
    };
    let (writing, examining) = (server.is_writing(), server.is_examining());
    tokio::select! {
        Some(incoming) = sockets.incoming.recv() => {
            server.handle_incoming(Instant::now(), incoming);
            for _ in 1..BATCH_MAX {
                let Ok(incoming) = sockets.incoming.try_recv() else {
                    break;
                };
                server.handle_incoming(Instant::now(), incoming);
            }
        }
        () = due => server.handle_timeout(Instant::now()),
        done = server.next_done(), if writing || examining => match done {
            Some(Done::Written(written)) => server.handle_written(written),
            Some(Done::Examined(examined)) => server.handle_examined(Instant::now(), *examined),
            None => {}
        },
    }
}
