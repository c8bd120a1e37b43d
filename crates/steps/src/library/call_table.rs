//! The rows of `the following calls are made:`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_phone::{CallOptions, CallRecord, CallState, Destination};

use super::support::{deadline, failure};
use crate::{Actor, StepResult, Table, parse_time, phone_failure};

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) caller: String,
    pub(super) callee: String,
    answer_after: Duration,
    talk: Duration,
    caller_hangs_up: bool,
    expected: Option<u16>,
}

/// Reads the table.
pub(super) fn rows(table: &Table) -> Result<Vec<Row>, Failure> {
    const COLUMNS: [&str; 6] = [
        "caller",
        "callee",
        "answer after",
        "talk",
        "hang-up by",
        "expected code",
    ];
    let misuse = |summary: String| Failure::new(FailureClass::Misuse, summary);
    if let Some(unknown) = table
        .header()
        .iter()
        .find(|name| !COLUMNS.contains(&name.as_str()))
    {
        let known = COLUMNS.join(", ");
        return Err(misuse(format!(
            "unknown column `{unknown}`; there are: {known}"
        )));
    }
    let time = |text: Option<&str>| match text {
        None => Ok(Duration::ZERO),
        Some(text) => parse_time(text)
            .ok_or_else(|| misuse(format!("\"{text}\" is no time such as `2 seconds`"))),
    };
    table
        .records()
        .map(|record| {
            let needed = |column: &str| {
                let missing = || misuse(format!("every row needs a cell under `{column}`"));
                record.get(column).map(str::to_owned).ok_or_else(missing)
            };
            let (caller, callee) = (needed("caller")?, needed("callee")?);
            let by = record.get("hang-up by").unwrap_or(&caller).to_owned();
            if by != caller && by != callee {
                return Err(misuse(format!("\"{by}\" is neither caller nor callee")));
            }
            let expected = record.get("expected code").map(|text| {
                let code = text.parse().ok().filter(|code| (200..700).contains(code));
                code.ok_or_else(|| misuse(format!("\"{text}\" is no final status code")))
            });
            Ok(Row {
                answer_after: time(record.get("answer after"))?,
                talk: time(record.get("talk"))?,
                caller_hangs_up: by == caller,
                expected: expected.transpose()?,
                caller,
                callee,
            })
        })
        .collect()
}

/// Plays one row from INVITE to BYE.
pub(super) async fn play(
    row: Row,
    caller: Arc<Actor>,
    callee: Option<Arc<Actor>>,
    destination: Destination,
    limit: Duration,
) -> StepResult {
    let began = Instant::now();
    let of_caller = |error| after(began, phone_failure(error, &caller));
    let handle = caller
        .phone
        .call(&destination, CallOptions::default())
        .await
        .map_err(of_caller)?;
    let expected = row.expected.unwrap_or(200);
    if let Some(callee) = callee.as_ref().filter(|_| expected < 300) {
        let call_of = |error| after(began, phone_failure(error, callee));
        let theirs = callee
            .phone
            .wait_incoming(None, deadline(limit))
            .await
            .map_err(call_of)?;
        tokio::time::sleep(row.answer_after).await;
        callee
            .phone
            .answer(theirs, deadline(limit))
            .await
            .map_err(call_of)?;
    }
    let settled = |call: &CallRecord| {
        !call.state.is_open() || (call.state == CallState::Answered && call.confirmed)
    };
    let limit_with_ringing = limit + row.answer_after;
    let record = caller
        .phone
        .wait_call(
            handle,
            "a final response",
            deadline(limit_with_ringing),
            settled,
        )
        .await
        .map_err(of_caller)?;
    let code = match &record.state {
        CallState::Ended(end) => end.code.unwrap_or(0),
        _ => 200,
    };
    if code != expected {
        let summary = format!("{} expected {expected} and got {code}", row.caller);
        return Err(failure(FailureClass::UnexpectedResponse, &caller, summary));
    }
    if code >= 300 {
        return Ok(());
    }
    tokio::time::sleep(row.talk).await;
    hang_up(&row, &caller, callee, handle, limit).await
}

/// The failure with the time that was waited in vain.
fn after(began: Instant, mut failure: Failure) -> Failure {
    if failure.waited_for.is_some() {
        failure.waited = began.elapsed();
    }
    failure
}

/// Ends the call from the side that the row names.
async fn hang_up(
    row: &Row,
    caller: &Arc<Actor>,
    callee: Option<Arc<Actor>>,
    handle: gannet_phone::CallHandle,
    limit: Duration,
) -> StepResult {
    let began = Instant::now();
    let of_caller = |error| after(began, phone_failure(error, caller));
    match callee.filter(|_| !row.caller_hangs_up) {
        None => {
            caller
                .phone
                .hang_up(handle, deadline(limit))
                .await
                .map_err(of_caller)?;
        }
        Some(callee) => {
            let theirs = super::support::open_call(&callee)?.handle;
            let hung_up = callee.phone.hang_up(theirs, deadline(limit)).await;
            hung_up.map_err(|error| phone_failure(error, &callee))?;
            caller
                .phone
                .wait_ended(handle, deadline(limit))
                .await
                .map_err(of_caller)?;
        }
    }
    Ok(())
}
