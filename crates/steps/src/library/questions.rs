//! INFO and OPTIONS, and the response to a request that was sent by itself.

use gannet_sip::{HeaderName, Method};
use gannet_ua::endpoint::Body;

use super::ask::{Question, Whither, answer_of, ask, unexpected};
use super::support::{open_call, ready_phone};
use super::texts::reachable;
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "INFO and OPTIONS";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} sends INFO package {text}",
            section: SECTION,
            about: "Sends INFO with this Info-Package inside the phone's call and waits for its final response, also if the other side never said that it takes the package. A doc string below becomes the body, as text/plain. What a phone takes is its setting lists.recv-info.",
            example: "Alice sends INFO package \"conference\"",
            run: sends_info,
        ),
        step!(
            "{phone} sends OPTIONS to {dest}",
            section: SECTION,
            about: "Sends OPTIONS outside of calls and waits for its final response, whatever it is.",
            example: "Alice sends OPTIONS to Bob",
            run: sends_options,
        ),
        step!(
            "{phone} gets {code}",
            section: SECTION,
            about: "The request that a sentence sent last by this phone outside of the usual course of a call (MESSAGE, INFO, OPTIONS, a built one) got one of these codes as its final response.",
            example: "Alice gets 200",
            no within,
            run: gets,
        ),
    ]
}

async fn sends_info(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let package = arguments.text(1)?.to_owned();
    let call = open_call(&actor)?.handle;
    let mut headers = vec![(HeaderName::InfoPackage.as_str().to_owned(), package)];
    let body = arguments.doc_string().map(|text| Body {
        content_type: "text/plain".to_owned(),
        bytes: text.to_owned().into(),
    });
    if body.is_some() {
        // The body belongs to the package (RFC 6086 4.3).
        let disposition = HeaderName::ContentDisposition.as_str().to_owned();
        headers.push((disposition, "Info-Package".to_owned()));
    }
    let question = Question {
        method: Method::Info,
        headers,
        body,
    };
    let limit = world.signalling(&arguments);
    ask(world, &actor, question, Whither::Inside(call), limit).await
}

async fn sends_options(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let destination = reachable(world, arguments.dest(1)?).await?;
    let question = Question {
        method: Method::Options,
        headers: Vec::new(),
        body: None,
    };
    let limit = world.signalling(&arguments);
    let whither = Whither::Outside(destination);
    ask(world, &actor, question, whither, limit).await
}

async fn gets(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let codes = arguments.codes(1)?;
    let answer = answer_of(world, &actor)?;
    if answer
        .response
        .status()
        .is_some_and(|code| codes.contains(code))
    {
        return Ok(());
    }
    Err(unexpected(&actor, answer, &codes.to_string()))
}
