//! Which messages a phone receives and sends.

use std::time::{Duration, Instant};

use gannet_events::{Difference, Direction, FailureClass};
use gannet_sip::{Message, Method};

use super::message_wait::{Wanted, next_message, nothing_more};
use super::support::{failure, ready_phone};
use crate::{Arguments, MessagePattern, StepDefinition, StepResult, World, step};

const SECTION: &str = "Messages";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    let in_order = |pattern, example| {
        step!(
            pattern,
            section: SECTION,
            about: "The messages of the table arrive in this order, perhaps with others between. Column: message.",
            example: example,
            run: in_order,
        )
    };
    vec![
        step!(
            "{phone} receives {msg}",
            section: SECTION,
            about: "Waits for this message, among those that no earlier sentence has looked at. For BYE the phone must also have answered 200.",
            example: "Alice receives BYE",
            run: receives,
        ),
        step!(
            "{phone} sends {msg}",
            section: SECTION,
            about: "Waits until the phone has sent this message.",
            example: "Alice sends ACK",
            run: sends,
        ),
        step!(
            "{phone} has received {msg}",
            section: SECTION,
            about: "This message is somewhere in all that the phone has received.",
            example: "Alice has received 180",
            no within,
            run: has_received,
        ),
        step!(
            "{phone} receives {n} {msg}",
            section: SECTION,
            about: "Waits until the phone has received so many of this message since the last sentence that looked at one; retransmissions do not count.",
            example: "Alice receives 2 NOTIFY",
            run: receives_several,
        ),
        step!(
            "{phone} does not receive {msg}",
            section: SECTION,
            about: "Watches for a while: this message does not come.",
            example: "Alice does not receive BYE within 2 seconds",
            run: does_not_receive,
        ),
        in_order(
            "{phone} receives these messages in order:",
            "Alice receives these messages in order:",
        ),
        step!(
            "{phone} receives {msg} with header {hdr}",
            section: SECTION,
            about: "Waits for this message with such a header field.",
            example: "Alice receives 200 to INVITE with header Contact",
            run: with_header,
        ),
        step!(
            "{phone} receives {msg} with header {hdr} equal to {text}",
            section: SECTION,
            about: "Waits for this message with a header field that has exactly this value.",
            example: "Bob receives INVITE with header Subject equal to \"lunch\"",
            run: with_header_equal,
        ),
        step!(
            "{phone} receives {msg} with header {hdr} matching {re}",
            section: SECTION,
            about: "Waits for this message with a header field whose value the expression finds something in.",
            example: "Bob receives INVITE with header From matching /tag=/",
            run: with_header_matching,
        ),
        step!(
            "{phone} receives {msg} without header {hdr}",
            section: SECTION,
            about: "Waits for this message without such a header field.",
            example: "Bob receives INVITE without header Privacy",
            run: without_header,
        ),
    ]
}

fn received(pattern: &MessagePattern) -> Wanted<'_> {
    Wanted {
        direction: Direction::Received,
        pattern,
        extra: &nothing_more,
        extra_text: "",
    }
}

async fn receives(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pattern = arguments.message(1)?;
    let limit = world.signalling(&arguments);
    let entry = next_message(world, &actor, &received(&pattern), limit).await?;
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

async fn sends(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pattern = arguments.message(1)?;
    let wanted = Wanted {
        direction: Direction::Sent,
        ..received(&pattern)
    };
    let limit = world.signalling(&arguments);
    next_message(world, &actor, &wanted, limit).await.map(drop)
}

async fn has_received(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pattern = arguments.message(1)?;
    let entries = actor.phone.log().all();
    let found = entries.iter().any(|entry| {
        entry.direction == Direction::Received
            && super::message_wait::kind_differences(&pattern, &entry.message).is_empty()
    });
    if found {
        return Ok(());
    }
    let summary = format!("{} has not received {pattern}", actor.name());
    Err(failure(FailureClass::Assertion, &actor, summary))
}

async fn receives_several(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = arguments.integer(1)?;
    let pattern = arguments.message(2)?;
    let limit = world.signalling(&arguments);
    let end = Instant::now() + limit;
    for number in 1..=wanted {
        let left = end.saturating_duration_since(Instant::now());
        let found = next_message(world, &actor, &received(&pattern), left).await;
        found.map_err(|failure| {
            failure.detail(format!("{} of {wanted} {pattern} came", number - 1))
        })?;
    }
    Ok(())
}

async fn does_not_receive(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pattern = arguments.message(1)?;
    let time = world.observing(&arguments);
    let work = actor
        .phone
        .log()
        .wait_for(actor.cursor(), Instant::now() + time, |entry| {
            entry.direction == Direction::Received
                && super::message_wait::kind_differences(&pattern, &entry.message).is_empty()
        });
    let what = format!("watching that {} does not receive {pattern}", actor.name());
    match world.progress().during(&what, time, work).await {
        None => Ok(()),
        Some(entry) => {
            let summary = format!("{} received {}", actor.name(), entry.message.title());
            let found = failure(FailureClass::UnexpectedMessage, &actor, summary);
            Err(match entry.message.call_id() {
                Some(call_id) => found.in_call(call_id),
                None => found,
            })
        }
    }
}

async fn in_order(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let table = arguments.needs_table()?.clone();
    let limit = world.signalling(&arguments);
    let rows = table.rows().iter().filter_map(|row| row.first());
    for text in rows.filter(|text| text.as_str() != "message") {
        let pattern = MessagePattern::parse(text).ok_or_else(|| {
            let summary = format!("\"{text}\" is no message such as BYE, 486 or 200 to INVITE");
            failure(FailureClass::Misuse, &actor, summary)
        })?;
        next_message(world, &actor, &received(&pattern), limit).await?;
    }
    Ok(())
}

async fn with_header(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.header(2)?.to_owned();
    let text = format!(" with header {name}");
    header_wait(world, &arguments, &text, &|message| {
        let present = message.headers_by_text(&name).next().is_some();
        difference_unless(present, &name, "present", "absent".to_owned())
    })
    .await
}

async fn with_header_equal(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.header(2)?.to_owned();
    let wanted = arguments.text(3)?.to_owned();
    let text = format!(" with header {name} equal to \"{wanted}\"");
    header_wait(world, &arguments, &text, &|message| {
        let fits = message
            .headers_by_text(&name)
            .any(|header| header.unfolded() == wanted);
        difference_unless(fits, &name, &wanted, values(message, &name))
    })
    .await
}

async fn with_header_matching(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.header(2)?.to_owned();
    let wanted = arguments.regex(3)?;
    let text = format!(" with header {name} matching /{wanted}/");
    header_wait(world, &arguments, &text, &|message| {
        let fits = message
            .headers_by_text(&name)
            .any(|header| wanted.is_match(&header.unfolded()));
        difference_unless(fits, &name, &format!("/{wanted}/"), values(message, &name))
    })
    .await
}

async fn without_header(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.header(2)?.to_owned();
    let text = format!(" without header {name}");
    header_wait(world, &arguments, &text, &|message| {
        let absent = message.headers_by_text(&name).next().is_none();
        difference_unless(absent, &name, "absent", values(message, &name))
    })
    .await
}

async fn header_wait(
    world: &mut World,
    arguments: &Arguments,
    extra_text: &str,
    extra: &(dyn Fn(&Message) -> Vec<Difference> + Sync),
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pattern = arguments.message(1)?;
    let wanted = Wanted {
        direction: Direction::Received,
        pattern: &pattern,
        extra,
        extra_text,
    };
    let limit: Duration = world.signalling(arguments);
    next_message(world, &actor, &wanted, limit).await.map(drop)
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
