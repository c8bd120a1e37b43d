//! Which digest algorithms were offered and used.

use gannet_events::{Direction, FailureClass};
use gannet_sip::HeaderName;

use super::support::{failure, ready_phone};
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Registration";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} is challenged with {word} and uses {word}",
            section: SECTION,
            about: "The last challenge offered this digest algorithm, and the phone's answer used that one.",
            example: "Alice is challenged with SHA-256 and uses SHA-256",
            no within,
            run: challenged_one,
        ),
        step!(
            "{phone} is challenged with {word}, {word} and uses {word}",
            section: SECTION,
            about: "The last challenge offered these digest algorithms in this order.",
            example: "Alice is challenged with SHA-256, MD5 and uses SHA-256",
            no within,
            run: challenged_two,
        ),
        step!(
            "{phone} is challenged with {word}, {word}, {word} and uses {word}",
            section: SECTION,
            about: "The same with three algorithms.",
            example: "Alice is challenged with SHA-512-256, SHA-256, MD5 and uses SHA-512-256",
            no within,
            run: challenged_three,
        ),
    ]
}

async fn challenged_one(world: &mut World, arguments: Arguments) -> StepResult {
    let offered = [arguments.text(1)?.to_owned()];
    challenged(world, &arguments, &offered, arguments.text(2)?).await
}

async fn challenged_two(world: &mut World, arguments: Arguments) -> StepResult {
    let offered = [arguments.text(1)?.to_owned(), arguments.text(2)?.to_owned()];
    challenged(world, &arguments, &offered, arguments.text(3)?).await
}

async fn challenged_three(world: &mut World, arguments: Arguments) -> StepResult {
    let offered = [1, 2, 3].map(|index| arguments.text(index).map(str::to_owned));
    let offered: Vec<_> = offered.into_iter().collect::<Result<_, _>>()?;
    challenged(world, &arguments, &offered, arguments.text(4)?).await
}

async fn challenged(
    world: &mut World,
    arguments: &Arguments,
    offered: &[String],
    used: &str,
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let entries = actor.phone.log().all();
    let newest = |names: [HeaderName; 2], direction| -> Vec<String> {
        let message = entries.iter().rev().find(|entry| {
            entry.direction == direction && names.iter().any(|n| entry.message.header(*n).is_some())
        });
        let Some(entry) = message else {
            return Vec::new();
        };
        let fields = entry
            .message
            .headers()
            .filter(|header| names.contains(&header.id));
        fields
            .map(|header| algorithm_of(&header.unfolded()))
            .collect()
    };
    let challenges = newest(
        [HeaderName::WwwAuthenticate, HeaderName::ProxyAuthenticate],
        Direction::Received,
    );
    let answers = newest(
        [HeaderName::Authorization, HeaderName::ProxyAuthorization],
        Direction::Sent,
    );
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    if challenges.len() != offered.len()
        || !challenges
            .iter()
            .zip(offered)
            .all(|(found, wanted)| same(found, wanted))
    {
        let summary = format!(
            "the last challenge for {} offered {}, expected {}",
            actor.name(),
            listed(&challenges),
            listed(offered)
        );
        return Err(failure(FailureClass::Assertion, &actor, summary));
    }
    if !answers.iter().any(|answer| same(answer, used)) {
        let summary = format!(
            "{} answered with {}, expected {used}",
            actor.name(),
            listed(&answers)
        );
        return Err(failure(FailureClass::Assertion, &actor, summary));
    }
    Ok(())
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}

/// The `algorithm` parameter; MD5 where it is absent (RFC 7616 3.3).
fn algorithm_of(value: &str) -> String {
    let parameters = value.split_once(' ').map_or("", |(_, rest)| rest);
    let found = parameters.split(',').find_map(|piece| {
        let (name, value) = piece.trim().split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("algorithm")
            .then(|| value.trim().trim_matches('"'))
    });
    found.unwrap_or("MD5").to_owned()
}
