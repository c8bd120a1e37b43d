//! A conference that the phone itself makes of its calls (RFC 5359 2.10).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use gannet_media::SharedMixer;

use super::handle::Phone;
use crate::call::CallHandle;
use crate::destination::{CallOptions, Destination};
use crate::error::PhoneError;
use crate::media::CallMedia;
use crate::transfer::{TransferOptions, TransferTo};

impl Phone {
    /// Joins calls: from now on all parties hear each other and this phone. Calls on hold are
    /// resumed first. Calls that are in a conference already bring its other parties along.
    ///
    /// # Errors
    /// If there are fewer than two calls, one is not connected, or one cannot be resumed: then none
    /// is joined.
    pub async fn join_calls(
        &self,
        calls: &[CallHandle],
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        let misuse = |problem: &str| PhoneError::Misuse {
            phone: self.name().to_owned(),
            problem: problem.to_owned(),
        };
        let different: BTreeSet<_> = calls.iter().collect();
        if different.len() < 2 {
            return Err(misuse("a conference needs two different calls or more"));
        }
        if let Some(server) = &self.profile().conference.server {
            return self.meet_at(server, calls, deadline).await;
        }
        let mut media = Vec::new();
        for &call in calls {
            let record = self.wait_connected(call, deadline).await?;
            if record.on_hold {
                self.resume(call, deadline).await?;
            }
            media.push(self.media(call)?);
        }
        if media.iter().any(|media| media.negotiated().is_none()) {
            return Err(misuse("a call that is to be joined has no media"));
        }
        let mut voices = media.iter().filter_map(CallMedia::conference);
        let voice = match voices.next() {
            Some(voice) => voice,
            None => Arc::new(SharedMixer::new(Instant::now()).speak(media[0].source())),
        };
        for media in media {
            media.enter(&voice);
        }
        Ok(())
    }

    /// Calls the conference server and refers the other parties to it (RFC 4579 5.5). Their calls with
    /// this phone end as transferred ones do.
    async fn meet_at(
        &self,
        server: &str,
        calls: &[CallHandle],
        deadline: Instant,
    ) -> Result<(), PhoneError> {
        let meeting = Destination::parse(server).map_err(|error| PhoneError::Misuse {
            phone: self.name().to_owned(),
            problem: format!("its profile's conference.server is {server}: {error}"),
        })?;
        for &call in calls {
            self.wait_connected(call, deadline).await?;
        }
        let own = self.call(&meeting, CallOptions::default()).await?;
        self.wait_connected(own, deadline).await?;
        for &call in calls {
            let to = TransferTo::Destination(meeting.clone());
            self.transfer(call, to, TransferOptions::default(), deadline)
                .await?;
            self.wait_ended(call, deadline).await?;
        }
        Ok(())
    }
}
