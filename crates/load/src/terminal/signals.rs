//! Signals that steer a run.

use std::io;
use std::sync::mpsc;
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

/// A signal that steers a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGUSR1.
    User1,
    /// SIGUSR2, where it is watched.
    User2,
}

/// Gives each signal but SIGUSR2 to `each`, on a thread of its own, until `each` says that it wants
/// no more. When this returns, no signal is missed any more.
///
/// # Errors
/// The system gives no thread or no signals.
pub fn watch_signals(each: impl FnMut(Signal) -> bool + Send + 'static) -> io::Result<()> {
    watch(false, each)
}

/// As [`watch_signals`], with SIGUSR2, which else ends the process.
///
/// # Errors
/// The system gives no thread or no signals.
pub fn watch_all_signals(each: impl FnMut(Signal) -> bool + Send + 'static) -> io::Result<()> {
    watch(true, each)
}

fn watch(user2: bool, mut each: impl FnMut(Signal) -> bool + Send + 'static) -> io::Result<()> {
    let (ready, is_ready) = mpsc::channel();
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => {
                    // Nobody hears it only if the caller is gone too.
                    let _ = ready.send(Err(error));
                    return;
                }
            };
            runtime.block_on(async move {
                let watched = (|| {
                    Ok((
                        signal(SignalKind::interrupt())?,
                        signal(SignalKind::terminate())?,
                        signal(SignalKind::user_defined1())?,
                        user2
                            .then(|| signal(SignalKind::user_defined2()))
                            .transpose()?,
                    ))
                })();
                let (mut interrupt, mut terminate, mut user1, mut user2) = match watched {
                    Ok(watched) => {
                        let _ = ready.send(Ok(()));
                        watched
                    }
                    Err(error) => {
                        let _ = ready.send(Err(error));
                        return;
                    }
                };
                loop {
                    let came = tokio::select! {
                        _ = interrupt.recv() => Signal::Interrupt,
                        _ = terminate.recv() => Signal::Terminate,
                        _ = user1.recv() => Signal::User1,
                        () = next(user2.as_mut()) => Signal::User2,
                    };
                    if !each(came) {
                        return;
                    }
                }
            });
        })?;
    is_ready
        .recv()
        .unwrap_or_else(|_| Err(io::Error::other("the signal thread ended at once")))
}

/// The next signal, never without a source.
async fn next(source: Option<&mut tokio::signal::unix::Signal>) {
    match source {
        Some(source) => {
            source.recv().await;
        }
        None => std::future::pending().await,
    }
}
