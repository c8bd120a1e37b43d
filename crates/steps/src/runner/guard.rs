//! A panic is a verdict on one step, not the end of the run.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;

/// Gives what `work` gives, or the message of its panic.
///
/// What `work` left half done is only looked at by the clean-up, which tolerates it.
pub(super) async fn catching<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let mut work = pin!(work);
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(payload) => std::task::Poll::Ready(Err(message(payload.as_ref()))),
        },
    )
    .await
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_gives_its_message() {
        assert_eq!(catching(async { 1 }).await, Ok(1));
        let number = 7;
        let panics = async move {
            tokio::task::yield_now().await;
            assert!(number < 5, "{number} is too much");
        };
        assert_eq!(catching(panics).await, Err("7 is too much".to_owned()));
    }
}
