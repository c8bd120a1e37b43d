//! Requests that a sentence sends by themselves, and what came back.

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{CallHandle, Destination};
use gannet_sip::{Message, Method};
use gannet_ua::endpoint::Body;

use super::support::{deadline, failure, wait};
use crate::{Actor, StepResult, World};

/// A request, and the final response to it.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// The request in words.
    pub(super) request: String,
    /// Its final response.
    pub(super) response: Message,
}

/// A request to be sent.
pub(super) struct Question {
    pub(super) method: Method,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Body>,
}

/// Where a request goes.
pub(super) enum Whither {
    Outside(Destination),
    Inside(CallHandle),
}

/// Sends a request, waits for its final response and keeps it for the sentences that look at it.
pub(super) async fn ask(
    world: &mut World,
    actor: &Arc<Actor>,
    question: Question,
    whither: Whither,
    limit: Duration,
) -> StepResult {
    let Question {
        method,
        headers,
        body,
    } = question;
    let request = method.to_string();
    let what = format!("a final response to {request}");
    let phone = actor.phone.clone();
    let end = deadline(limit);
    let work = async move {
        match whither {
            Whither::Outside(to) => phone.request(method, &to, headers, body, end).await,
            Whither::Inside(call) => {
                phone
                    .request_in_call(call, method, headers, body, end)
                    .await
            }
        }
    };
    let response = wait(world, actor, &what, limit, work).await?;
    let answer = Answer { request, response };
    world.notes.answers.insert(actor.name().to_owned(), answer);
    Ok(())
}

/// The response to the request that a phone sent last.
pub(super) fn answer_of<'a>(world: &'a World, actor: &Actor) -> Result<&'a Answer, Failure> {
    world.notes.answers.get(actor.name()).ok_or_else(|| {
        let summary = format!("{} has sent no request by a sentence", actor.name());
        failure(FailureClass::Misuse, actor, summary)
    })
}

/// A response that is not what a sentence says.
pub(super) fn unexpected(actor: &Actor, answer: &Answer, expected: &str) -> Failure {
    let summary = format!(
        "{} expected {expected} to {} and got {}",
        actor.name(),
        answer.request,
        answer.response.title()
    );
    let found = failure(FailureClass::UnexpectedResponse, actor, summary);
    match answer.response.call_id() {
        Some(call_id) => found.in_call(call_id),
        None => found,
    }
}
