//! Which messages a phone receives and sends.

use std::time::{Duration, Instant};

use gannet_events::{Difference, Direction, FailureClass};
use gannet_sip::{Message, Method};

use super::message_wait::{Wanted, next_message, nothing_more};
use super::support::{failure, ready_phone};
use crate::{Arguments, MessagePattern, StepResult, World};

fn any(pattern: &MessagePattern, direction: Direction) -> Wanted<'_> {
    Wanted {
        direction,
        pattern,
        extra: &nothing_more,
        extra_text: "",
    }
}

pub(super) async fn receives(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pattern = arguments.message(1)?;
    let limit = world.signalling(&arguments);
    let entry = next_message(world, &actor, &any(&pattern, Direction::Received), limit).await?;
    if entry.message.method() != Some(Method::Bye) || !entry.message.is_request() {
        return Ok(());
    }
    let cseq = entry.message.cseq().ok();
    let answered = actor
        .phone
        .log()
        .wait_for(entry.seq, Instant::now() + limit, |reply| {
            reply.direction == Direction::Sent
                && reply.message.status() == Some(200)
                && reply.message.call_id() == entry.message.call_id()
                && reply.message.cseq().ok() == cseq
        });
    if answered.await.is_some() {
        return Ok(());
    }
    let summary = format!("{} did not answer BYE with 200", actor.name());
    Err(failure(FailureClass::UnexpectedResponse, &actor, summary))
}

pub(super) async fn sends(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pattern = arguments.message(1)?;
    let limit = world.signalling(&arguments);
    let wanted = any(&pattern, Direction::Sent);
    next_message(world, &actor, &wanted, limit).await.map(drop)
}

pub(super) async fn has_received(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pattern = arguments.message(1)?;
    let entries = actor.phone.log().all();
    let found = entries.iter().any(|entry| {
        entry.direction == direction
            && super::message_wait::kind_differences(&pattern, &entry.message).is_empty()
    });
    if found {
        return Ok(());
    }
    let summary = format!("{} has not {} {pattern}", actor.name(), done(direction));
    Err(failure(FailureClass::Assertion, &actor, summary))
}

pub(super) async fn receives_several(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = arguments.integer(1)?;
    let pattern = arguments.message(2)?;
    let limit = world.signalling(&arguments);
    let end = Instant::now() + limit;
    for number in 1..=wanted {
        let left = end.saturating_duration_since(Instant::now());
        let found = next_message(world, &actor, &any(&pattern, direction), left).await;
        found.map_err(|failure| {
            failure.detail(format!(
                "{} of {wanted} {pattern} were {}",
                number - 1,
                done(direction)
            ))
        })?;
    }
    Ok(())
}

pub(super) async fn does_not_receive(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pattern = arguments.message(1)?;
    let time = world.observing(&arguments);
    let work = actor
        .phone
        .log()
        .wait_for(actor.cursor(), Instant::now() + time, |entry| {
            entry.direction == direction
                && super::message_wait::kind_differences(&pattern, &entry.message).is_empty()
        });
    let verb = match direction {
        Direction::Received => "receive",
        Direction::Sent => "send",
    };
    let what = format!("watching that {} does not {verb} {pattern}", actor.name());
    match world.progress().during(&what, time, work).await {
        None => Ok(()),
        Some(entry) => {
            let title = entry.message.title();
            let summary = format!("{} {} {title}", actor.name(), done(direction));
            let found = failure(FailureClass::UnexpectedMessage, &actor, summary);
            Err(match entry.message.call_id() {
                Some(call_id) => found.in_call(call_id),
                None => found,
            })
        }
    }
}

pub(super) async fn in_order(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let table = arguments.needs_table()?.clone();
    let limit = world.signalling(&arguments);
    let rows = table.rows().iter().filter_map(|row| row.first());
    for text in rows.filter(|text| text.as_str() != "message") {
        let pattern = MessagePattern::parse(text).ok_or_else(|| {
            let summary = format!("\"{text}\" is no message such as BYE, 486 or 200 to INVITE");
            failure(FailureClass::Misuse, &actor, summary)
        })?;
        next_message(world, &actor, &any(&pattern, direction), limit).await?;
    }
    Ok(())
}

pub(super) async fn with_header(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let name = arguments.header(2)?.to_owned();
    let text = format!(" with header {name}");
    header_wait(world, &arguments, direction, &text, &|message| {
        let present = message.headers_by_text(&name).next().is_some();
        difference_unless(present, &name, "present", "absent".to_owned())
    })
    .await
}

pub(super) async fn with_header_equal(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let name = arguments.header(2)?.to_owned();
    let wanted = arguments.text(3)?.to_owned();
    let text = format!(" with header {name} equal to \"{wanted}\"");
    header_wait(world, &arguments, direction, &text, &|message| {
        let fits = message
            .headers_by_text(&name)
            .any(|header| header.unfolded() == wanted);
        difference_unless(fits, &name, &wanted, values(message, &name))
    })
    .await
}

pub(super) async fn with_header_matching(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let name = arguments.header(2)?.to_owned();
    let wanted = arguments.regex(3)?;
    let text = format!(" with header {name} matching /{wanted}/");
    header_wait(world, &arguments, direction, &text, &|message| {
        let fits = message
            .headers_by_text(&name)
            .any(|header| wanted.is_match(&header.unfolded()));
        difference_unless(fits, &name, &format!("/{wanted}/"), values(message, &name))
    })
    .await
}

pub(super) async fn without_header(
    world: &mut World,
    arguments: Arguments,
    direction: Direction,
) -> StepResult {
    let name = arguments.header(2)?.to_owned();
    let text = format!(" without header {name}");
    header_wait(world, &arguments, direction, &text, &|message| {
        let absent = message.headers_by_text(&name).next().is_none();
        difference_unless(absent, &name, "absent", values(message, &name))
    })
    .await
}

async fn header_wait(
    world: &mut World,
    arguments: &Arguments,
    direction: Direction,
    extra_text: &str,
    extra: &(dyn Fn(&Message) -> Vec<Difference> + Sync),
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pattern = arguments.message(1)?;
    let wanted = Wanted {
        direction,
        pattern: &pattern,
        extra,
        extra_text,
    };
    let limit: Duration = world.signalling(arguments);
    next_message(world, &actor, &wanted, limit).await.map(drop)
}

fn done(direction: Direction) -> &'static str {
    match direction {
        Direction::Received => "received",
        Direction::Sent => "sent",
    }
}

fn difference_unless(fits: bool, name: &str, expected: &str, received: String) -> Vec<Difference> {
    if fits {
        return Vec::new();
    }
    vec![Difference {
        what: format!("header {name}"),
        expected: expected.to_owned(),
        received,
    }]
}

/// All values of a header field for a reader, `absent` if there is none.
pub(super) fn values(message: &Message, name: &str) -> String {
    let found: Vec<_> = message
        .headers_by_text(name)
        .map(|header| header.unfolded().into_owned())
        .collect();
    if found.is_empty() {
        "absent".to_owned()
    } else {
        found.join(" | ")
    }
}
