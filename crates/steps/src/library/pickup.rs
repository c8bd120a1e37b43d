//! Picking up by Replaces: what rings at a phone is known from its dialogs (RFC 5359 2.16, RFC 4235,
//! RFC 3891).

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{CallOptions, Destination, Watch, Watching};
use gannet_sip::Uri;
use gannet_ua::bodies::{DialogDirection, DialogEntry, DialogStage};
use gannet_ua::{EventPackage, Replaces};

use super::feature_codes::call_with;
use super::support::{deadline, failure, wait};
use super::watching::{accept_of, accepted, describe, is_about, living, watch};
use crate::{Actor, StepResult, World};

const DIALOG: &str = "dialog";

/// The lifetime of a subscription that is made for this alone.
const LIFETIME: Duration = Duration::from_mins(2);

/// Takes the call that rings at a user.
pub(super) async fn by_replaces(
    world: &mut World,
    actor: &Arc<Actor>,
    user: &str,
    limit: Duration,
) -> StepResult {
    let target = Destination::User(user.to_owned());
    if living(actor, DIALOG, &target).is_none() {
        let mut wanted = Watch::new(EventPackage::new(DIALOG), target.clone());
        wanted.accept = accept_of(DIALOG);
        wanted.expires = LIFETIME;
        wanted.kept = false;
        let watching = watch(world, actor, wanted, limit).await?;
        accepted(actor, &watching)?;
    }
    let what = format!("the news of a call that rings at {user}");
    let fits = |watching: &Watching| {
        is_about(watching, &target) && watching.dialogs.dialogs().any(|it| ringing(it).is_some())
    };
    let told = actor
        .phone
        .wait_watching(&what, deadline(limit), fits, describe);
    let told = wait(world, actor, &what, limit, told).await?;
    let found = told.dialogs.dialogs().find_map(ringing);
    let (replaces, party) = found.ok_or_else(|| stopped(actor, user))?;
    let options = CallOptions {
        headers: vec![
            ("Replaces".to_owned(), replaces.to_string()),
            ("Require".to_owned(), "replaces".to_owned()),
        ],
        ..CallOptions::default()
    };
    let whom = party.map_or(target, Destination::Uri);
    call_with(world, actor, (&whom, options), limit)
        .await
        .map(drop)
}

/// How a call that rings is replaced, and whom to ask: the other side of the dialog, which is the one that
/// gets the INVITE, so that its tag is the To tag (RFC 3891 3).
fn ringing(dialog: &DialogEntry) -> Option<(Replaces, Option<Uri>)> {
    if dialog.stage != DialogStage::Early || dialog.direction != Some(DialogDirection::Recipient) {
        return None;
    }
    let replaces = Replaces {
        call_id: dialog.call_id.clone()?,
        to_tag: dialog.remote_tag.clone()?,
        from_tag: dialog.local_tag.clone()?,
        early_only: true,
    };
    let remote = dialog.remote.as_ref();
    let party = remote.and_then(|remote| remote.target.as_ref().or(remote.identity.as_ref()));
    Some((replaces, party.and_then(|uri| Uri::parse(uri).ok())))
}

fn stopped(actor: &Actor, user: &str) -> Failure {
    let summary = format!("the call at {user} has stopped ringing");
    failure(FailureClass::CallFailed, actor, summary)
}
