//! The end of a world: nothing of it may reach into the next scenario.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::MediaReport;
use gannet_phone::{Phone, PhoneError};
use gannet_sip::{HeaderName, Method};
use tokio::task::JoinSet;

use super::actor::Actor;
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
    /// Hangs up, unregisters, and stops all phones at once, then the embedded server. Everything is
    /// closed after about `limit`, whatever the server says.
    pub(crate) async fn end(mut self, limit: Duration) -> Remains {
        let deadline = Instant::now() + limit;
        // At an embedded server, which ends too, a registration left behind disturbs nobody.
        let unregister = self.server().pbx().is_none();
        let mut stopping = JoinSet::new();
        let actors: Vec<_> = std::mem::take(&mut self.actors).into_values().collect();
        for actor in &actors {
            let phone = actor.phone.clone();
            stopping.spawn(async move {
                let removed = if unregister {
                    remove_binding_made_by_hand(&phone, deadline).await
                } else {
                    Ok(())
                };
                removed.and(phone.stop(unregister, deadline).await)
            });
        }
        let mut remains = Remains::default();
        while let Some(stopped) = stopping.join_next().await {
            match stopped {
                Ok(Ok(())) => {}
                Ok(Err(error)) => remains.troubles.push(error.to_string()),
                Err(error) => remains.troubles.push(format!("stopping a phone: {error}")),
            }
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
        let _ = actor.phone.stop(true, deadline).await;
        self.retired.push(actor);
    }
}

fn media_of(actor: &Arc<Actor>) -> Vec<MediaReport> {
    let calls = actor.phone.state().calls;
    calls
        .into_iter()
        .filter_map(|call| call.media.map(|report| (*report).clone()))
        .collect()
}

/// A step may have registered the phone with requests of its own, of which the phone itself knows
/// nothing. If the newest 2xx to REGISTER still lists its contact, that binding goes too.
async fn remove_binding_made_by_hand(phone: &Phone, deadline: Instant) -> Result<(), PhoneError> {
    if phone.state().registration.is_registered() {
        return Ok(());
    }
    let contact = phone.contact().to_string();
    let log = phone.log().all();
    let granted = log
        .iter()
        .rev()
        .map(|entry| &entry.message)
        .find(|message| {
            message.status().is_some_and(|code| code / 100 == 2)
                && message
                    .cseq()
                    .is_ok_and(|cseq| cseq.method == Method::Register)
        });
    let bound = granted.is_some_and(|response| {
        let mut contacts = response.values(HeaderName::Contact);
        contacts.any(|value| value.contains(&contact))
    });
    if !bound {
        return Ok(());
    }
    let mut request = phone.build_register().await?;
    request.set_header("Expires", "0");
    request.set_contact_param("expires", "0")?;
    let answer = request.send(deadline).await?;
    if matches!(answer.status(), Some(401 | 407)) {
        request.authorize(None)?;
        request.send(deadline).await?;
    }
    Ok(())
}
