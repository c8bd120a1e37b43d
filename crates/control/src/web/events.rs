//! Those who follow a run.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc};

use super::Shown;

/// The most that follow a run at once; one more is told to come again later.
pub const EVENT_STREAMS_MAX: usize = 64;

/// Who takes nothing for so long is cut off.
const STALLED_MAX: Duration = Duration::from_secs(20);

/// Events for one client. There is never more than one that it has not taken: who is slow misses
/// some and gets the newest.
#[derive(Debug)]
pub(super) struct EventStream {
    events: mpsc::Receiver<Bytes>,
    _place: OwnedSemaphorePermit,
}

impl EventStream {
    /// Begins with the newest state, and ends with the run.
    pub(super) fn follow(
        mut newest: tokio::sync::watch::Receiver<Arc<Shown>>,
        place: OwnedSemaphorePermit,
        stalled: Arc<Notify>,
    ) -> Self {
        let (send, events) = mpsc::channel(1);
        tokio::spawn(async move {
            loop {
                let event = newest.borrow_and_update().event();
                match tokio::time::timeout(STALLED_MAX, send.send(event)).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return,
                    Err(_) => {
                        stalled.notify_one();
                        return;
                    }
                }
                tokio::select! {
                    changed = newest.changed() => if changed.is_err() { return },
                    () = send.closed() => return,
                }
            }
        });
        Self {
            events,
            _place: place,
        }
    }
}

impl Body for EventStream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let event = std::task::ready!(self.events.poll_recv(context));
        Poll::Ready(event.map(|event| Ok(Frame::data(event))))
    }
}
