//! Commands of the system that scenarios start.

use std::collections::VecDeque;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

/// Commands that run at once; others wait for one of them to end.
const RUNNING_MAX: usize = 64;
/// Commands that wait.
const WAITING_MAX: usize = 65_536;
/// How often it is looked whether one has ended, while any runs.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Starts commands with `sh -c`, on a thread of its own, a bounded number at once. Their results are
/// not looked at; those that still run when the process ends go on.
#[derive(Debug, Default)]
pub(super) struct Commands {
    sender: Option<SyncSender<Vec<u8>>>,
}

impl Commands {
    /// Starts one soon. False if as many wait as may, or the system gives no thread.
    pub(super) fn start(&mut self, command: &[u8]) -> bool {
        if self.sender.is_none() {
            self.sender = begin().ok();
        }
        let Some(sender) = &self.sender else {
            return false;
        };
        match sender.try_send(command.to_vec()) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

fn begin() -> io::Result<SyncSender<Vec<u8>>> {
    let (sender, receiver) = sync_channel(WAITING_MAX);
    thread::Builder::new()
        .name("commands".to_owned())
        .spawn(move || work(&receiver))?;
    Ok(sender)
}

fn work(receiver: &Receiver<Vec<u8>>) {
    let mut running: VecDeque<Child> = VecDeque::new();
    loop {
        running.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        if running.len() >= RUNNING_MAX {
            thread::park_timeout(LOOK_EVERY);
            continue;
        }
        let next = if running.is_empty() {
            receiver.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            receiver.recv_timeout(LOOK_EVERY)
        };
        match next {
            Ok(command) => running.extend(spawn(command)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// A command that cannot be started is like one that fails: nobody looks at its result.
fn spawn(command: Vec<u8>) -> Option<Child> {
    Command::new("sh")
        .arg("-c")
        .arg(std::ffi::OsString::from_vec(command))
        .stdin(Stdio::null())
        .spawn()
        .ok()
}
