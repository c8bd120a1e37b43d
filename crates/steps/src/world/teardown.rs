//! The end of a world: nothing of it may reach into the next scenario.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::MediaReport;
use gannet_phone::{Phone, PhoneError, Power};
use tokio::task::{JoinError, JoinSet};

use super::actor::Actor;
use super::leftovers::Leftovers;
use super::state::World;

/// What is known when everything has ended.
#[derive(Debug, Default)]
pub(crate) struct Remains {
    /// What the phones sent and heard, by phone and call.
    pub(crate) media: Vec<MediaReport>,
    /// What did not end as it should.
    pub(crate) troubles: Vec<String>,
}

impl World {
    /// Ends what the phones have begun, at a real server also what they have left there, closes them,
    /// and stops the embedded server. Everything is closed after about `limit`, whatever the server
    /// says.
    pub(crate) async fn end(mut self, limit: Duration) -> Remains {
        let deadline = Instant::now() + limit;
        // An embedded server ends too: what is left there disturbs nobody.
        let tidy = self.server().pbx().is_none();
        let actors: Vec<_> = std::mem::take(&mut self.actors).into_values().collect();
        let mut remains = Remains::default();
        // All take leave before the first one goes: phones have business with each other.
        let mut leaving = JoinSet::new();
        for actor in &actors {
            leaving.spawn(take_leave(actor.phone.clone(), tidy, deadline));
        }
        while let Some(left) = leaving.join_next().await {
            remains.note("leaving", left);
        }
        let mut closing = JoinSet::new();
        for actor in &actors {
            let phone = actor.phone.clone();
            closing.spawn(async move { phone.close().await });
        }
        while let Some(closed) = closing.join_next().await {
            remains.note("closing", closed);
        }
        remains.troubles.extend(self.notes.write_recordings());
        remains.troubles.sort();
        remains.media = self
            .retired
            .iter()
            .chain(&actors)
            .flat_map(media_of)
            .collect();
        if let Some(pbx) = self.server().pbx() {
            pbx.stop().await;
        }
        remains
    }

    /// Stops a phone whose name another one takes over.
    pub(super) async fn retire(&mut self, actor: Arc<Actor>) {
        let deadline = Instant::now() + self.timeouts().clean_up;
        // What it could not end, the server will notice by itself.
        let _ = take_leave(actor.phone.clone(), true, deadline).await;
        let _ = actor.phone.close().await;
        self.retired.push(actor);
    }
}

impl Remains {
    fn note(&mut self, doing: &str, done: Result<Result<(), PhoneError>, JoinError>) {
        match done {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.troubles.push(error.to_string()),
            Err(error) => self.troubles.push(format!("{doing} of a phone: {error}")),
        }
    }
}

/// Has a phone end what it has begun and, if `tidy`, take back what it has left at its server. One
/// without power or connection leaves it there, as in life.
async fn take_leave(phone: Phone, tidy: bool, deadline: Instant) -> Result<(), PhoneError> {
    let can_speak = phone.state().power == Power::On;
    let now = Instant::now();
    let time = deadline.saturating_duration_since(now);
    let share = if tidy { time * 3 / 4 } else { time };
    let left = phone.take_leave(tidy, now + share).await;
    if !tidy || !can_speak {
        return left;
    }
    let leftovers = Leftovers::of(&phone.log().all(), Instant::now());
    left.and(leftovers.take_back(&phone, deadline).await)
}

fn media_of(actor: &Arc<Actor>) -> Vec<MediaReport> {
    let calls = actor.phone.state().calls;
    calls
        .into_iter()
        .filter_map(|call| call.media.map(|report| (*report).clone()))
        .collect()
}
