//! The presence sentences of pysiptest's users.

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Direction, Failure, FailureClass};
use gannet_phone::{Destination, PublishStage, Watch, Watching, presence_document};
use gannet_sip::{Message, Method, Uri};
use gannet_ua::EventPackage;
use gannet_ua::bodies::{PIDF_CONTENT_TYPE, Presence};
use gannet_ua::endpoint::{AuthStyle, Body, Resubscribe};

use super::publications::publish;
use super::support::failure;
use super::watching::{accept_of, accepted, describe, is_about, living, rewatch, watch};
use crate::{Actor, Arguments, Codes, StepDefinition, StepResult, World, step};

const SECTION: &str = "Presence";
const PRESENCE: &str = "presence";

/// The lifetime of these subscriptions. They are not refreshed unless a sentence says so.
const LIFETIME: Duration = Duration::from_mins(2);

/// The setting of a user that can be changed: the digest `uri` of SUBSCRIBE.
const AUTH_URI: &str = "sip_auth_uri";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} subscribes to {dest}",
            section: SECTION,
            about: "Subscribes to the presence of somebody for 120 s, or renews that subscription, and expects a 2xx. The phone does not renew it by itself.",
            example: "Alice subscribes to Bob",
            run: subscribes,
        ),
        step!(
            "{phone} renews subscription with cached authentication to {dest} and expect {code}",
            section: SECTION,
            about: "Sends SUBSCRIBE again in the subscription to somebody's presence, with the next use of the old nonce, and expects this code; a challenge is not answered. 200 and 202 count alike (RFC 6665 8.3.1), and so do 401 and 407. A URI with this user part goes out as the Request-URI.",
            example: "Alice renews subscription with cached authentication to Bob and expect \"202\"",
            run: renews,
        ),
        step!(
            "{phone} unsubscribes from {dest}",
            section: SECTION,
            about: "Ends the subscription to somebody's presence by SUBSCRIBE with Expires 0 and expects a 2xx.",
            example: "Alice unsubscribes from Bob",
            run: unsubscribes,
        ),
        step!(
            "{phone} has received {text} notification for {dest}",
            section: SECTION,
            about: "The newest NOTIFY that the phone has received about somebody says this: as a note of the presence, or anywhere in a NOTIFY without one.",
            example: "Alice has received \"Away\" notification for Bob",
            no within,
            condition,
            run: has_received,
        ),
        step!(
            "{phone} sets presence to {text}",
            section: SECTION,
            about: "Publishes a presence document that is open and says this, as a note and, for Busy, Away, Not Available, Do Not Disturb, On Holiday and On Vacation, as an activity. The 2xx must have an entity tag.",
            example: "Alice sets presence to \"Away\"",
            run: sets_presence,
        ),
        step!(
            "{phone} sets {text} to {text}",
            section: SECTION,
            about: "Changes a setting of the phone's user: \"sip_auth_uri\" is the digest uri of further SUBSCRIBEs, as behind a NAT.",
            example: "Alice sets \"sip_auth_uri\" to \"sip:2000@192.168.0.143:5060\"",
            no within,
            run: sets,
        ),
    ]
}

async fn subscribes(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, target) = whom(world, &arguments).await?;
    let limit = world.signalling(&arguments);
    let watching = subscribe_to_presence(world, &actor, target, limit).await?;
    accepted(&actor, &watching)
}

/// Subscribes to the presence of somebody, or renews the subscription that is there.
pub(super) async fn subscribe_to_presence(
    world: &mut World,
    actor: &Arc<Actor>,
    target: Destination,
    limit: Duration,
) -> Result<Arc<Watching>, Failure> {
    if let Some(known) = living(actor, PRESENCE, &target) {
        let how = Resubscribe {
            expires: Some(LIFETIME),
            auth: auth_style(world, actor, false),
            ..Resubscribe::default()
        };
        return rewatch(world, actor, known.handle, how, limit).await;
    }
    let mut wanted = Watch::new(EventPackage::new(PRESENCE), target);
    wanted.accept = accept_of(PRESENCE);
    wanted.expires = LIFETIME;
    wanted.kept = false;
    watch(world, actor, wanted, limit).await
}

async fn renews(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, target) = whom(world, &arguments).await?;
    let known = needs_living(&actor, &target, arguments.dest(1)?)?;
    let codes = arguments.codes(2)?;
    let how = Resubscribe {
        uri: Uri::parse(arguments.dest(1)?).ok(),
        auth: auth_style(world, &actor, true),
        ..Resubscribe::default()
    };
    let limit = world.signalling(&arguments);
    let watching = rewatch(world, &actor, known.handle, how, limit).await?;
    if same_codes(&codes, watching.code) {
        return Ok(());
    }
    let summary = format!(
        "{} expected {codes} to SUBSCRIBE and got {}",
        actor.name(),
        watching.code
    );
    let found = failure(FailureClass::UnexpectedResponse, &actor, summary);
    Err(match watching.sip_call_id() {
        Some(call_id) => found.in_call(call_id),
        None => found,
    })
}

/// Servers differ in 200 and 202, which mean the same (RFC 6665 8.3.1), and in 401 and 407.
fn same_codes(expected: &Codes, code: u16) -> bool {
    let alike: &[u16] = match code {
        200 | 202 => &[200, 202],
        401 | 407 => &[401, 407],
        _ => return expected.contains(code),
    };
    alike.iter().any(|code| expected.contains(*code))
}

async fn unsubscribes(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, target) = whom(world, &arguments).await?;
    let known = needs_living(&actor, &target, arguments.dest(1)?)?;
    let how = Resubscribe {
        expires: Some(Duration::ZERO),
        auth: auth_style(world, &actor, false),
        ..Resubscribe::default()
    };
    let limit = world.signalling(&arguments);
    let watching = rewatch(world, &actor, known.handle, how, limit).await?;
    accepted(&actor, &watching)
}

/// The phone, and whom the sentence is about. Neither has to be registered: whether they are is
/// part of what is told.
async fn whom(
    world: &mut World,
    arguments: &Arguments,
) -> Result<(Arc<Actor>, Destination), Failure> {
    let actor = world.phone(arguments.phone(0)?).await?;
    let name = arguments.dest(1)?;
    if world.is_phone(name) {
        world.phone(name).await?;
    }
    Ok((actor, world.destination(name)?))
}

fn needs_living(actor: &Actor, target: &Destination, name: &str) -> Result<Arc<Watching>, Failure> {
    living(actor, PRESENCE, target).ok_or_else(|| {
        let summary = format!("{} is not subscribed to {name}", actor.name());
        let found = failure(FailureClass::Misuse, actor, summary);
        found.detail(describe(&actor.phone.state()))
    })
}

fn auth_style(world: &World, actor: &Actor, cached: bool) -> AuthStyle {
    let uri = world.notes.auth_uris.get(actor.name()).cloned();
    AuthStyle { cached, uri }
}

async fn has_received(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let (words, name) = (arguments.text(1)?, arguments.dest(2)?);
    let target = world.destination(name)?;
    let Some(newest) = newest_notify(&actor, &target) else {
        let summary = format!("{} has received no NOTIFY about {name}", actor.name());
        let found = failure(FailureClass::Assertion, &actor, summary);
        return Err(found.detail(describe(&actor.phone.state())));
    };
    let said: Vec<String> = match Presence::parse(newest.body()) {
        Ok(presence) => presence.all_notes().map(|note| note.text.clone()).collect(),
        Err(_) => Vec::new(),
    };
    let fits = if said.is_empty() {
        String::from_utf8_lossy(newest.bytes()).contains(words)
    } else {
        said.iter().any(|note| begins_with(note, words))
    };
    if fits {
        return Ok(());
    }
    let summary = format!(
        "the newest notification that {} has received about {name} does not say `{words}`",
        actor.name()
    );
    let found = failure(FailureClass::Assertion, &actor, summary);
    let found = if said.is_empty() {
        found.detail("it has no note")
    } else {
        found.detail(format!("it says {}", said.join(", ")))
    };
    Err(match newest.call_id() {
        Some(call_id) => found.in_call(call_id),
        None => found,
    })
}

/// Whether a note is these words, perhaps with more behind them; `Not Available` is not `Available`.
fn begins_with(note: &str, words: &str) -> bool {
    note.trim().strip_prefix(words).is_some_and(|rest| {
        let mut rest = rest.chars();
        rest.next().is_none_or(|next| !next.is_alphanumeric())
    })
}

/// The newest NOTIFY in a subscription to somebody, or one that names their address.
fn newest_notify(actor: &Actor, target: &Destination) -> Option<Message> {
    let state = actor.phone.state();
    let watched = state.events.watching.values();
    let calls: Vec<_> = watched
        .filter(|watching| is_about(watching, target))
        .filter_map(|watching| watching.sip_call_id().map(str::to_owned))
        .collect();
    let address = match target {
        Destination::Uri(uri) => uri.user.as_ref().map(|user| format!("{user}@{}", uri.host)),
        Destination::User(_) => None,
    };
    let names = |message: &Message| {
        let text = String::from_utf8_lossy(message.bytes());
        address
            .as_ref()
            .is_some_and(|address| text.contains(address))
    };
    let log = actor.phone.log().all();
    let mut newest_first = log.iter().rev();
    let found = newest_first.find(|entry| {
        let message = &entry.message;
        let ours = || {
            let call_id = message.call_id();
            calls.iter().any(|known| Some(known.as_str()) == call_id)
        };
        entry.direction == Direction::Received
            && message.method() == Some(Method::Notify)
            && message.is_request()
            && (ours() || (calls.is_empty() && names(message)))
    });
    found.map(|entry| entry.message.clone())
}

async fn sets_presence(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let words = arguments.text(1)?;
    let limit = world.signalling(&arguments);
    set_presence(world, &actor, words, limit).await
}

/// Publishes what somebody says of themselves; the answer must have an entity tag.
pub(super) async fn set_presence(
    world: &mut World,
    actor: &Arc<Actor>,
    words: &str,
    limit: Duration,
) -> StepResult {
    let document = presence_document(actor.phone.aor(), words);
    let body = Body {
        content_type: PIDF_CONTENT_TYPE.to_owned(),
        bytes: document.to_xml().into(),
    };
    let event = EventPackage::new(PRESENCE);
    let published = publish(world, actor, (event, body, None), limit).await?;
    if let PublishStage::Standing { etag: Some(_), .. } = &published.stage {
        return Ok(());
    }
    let summary = "the server accepted PUBLISH without giving a SIP-ETag (RFC 3903 6)";
    Err(failure(FailureClass::UnexpectedResponse, actor, summary))
}

async fn sets(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let (key, value) = (arguments.text(1)?, arguments.text(2)?);
    if key != AUTH_URI {
        let summary = format!("`{key}` is no setting that a sentence can change: {AUTH_URI} is");
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    if let Err(error) = Uri::parse(value) {
        let summary = format!("`{value}` is no URI: {error}");
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    let name = actor.name().to_owned();
    world.notes.auth_uris.insert(name, value.to_owned());
    Ok(())
}
