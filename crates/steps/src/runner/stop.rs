//! Ending a run early.

use tokio::sync::watch;

/// Tells a run to end. Dropping it tells nothing.
#[derive(Debug)]
pub struct StopHandle(watch::Sender<bool>);

/// Whether the run is to end; clones see the same.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl StopHandle {
    /// A handle and what the run looks at.
    pub fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stop(receiver))
    }

    /// No further scenario starts; those that are going on are interrupted and cleaned up.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// A run that nobody stops.
    pub fn never() -> Self {
        StopHandle::new().1
    }

    /// Whether the run is to end.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the run is to end.
    pub(super) async fn stopped(&mut self) {
        if self.0.wait_for(|&stopped| stopped).await.is_err() {
            // The handle is gone: nobody will stop the run.
            std::future::pending::<()>().await;
        }
    }
}
