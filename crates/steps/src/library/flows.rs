//! Whole message flows, as call flow documents draw them.

use std::sync::Arc;

use gannet_events::{Direction, Failure, FailureClass};
use gannet_phone::LogEntry;

use super::message_wait::kind_differences;
use super::support::{failure, ready_phone, watch};
use crate::{Arguments, MessagePattern, StepDefinition, StepResult, Table, World, step};

const SECTION: &str = "Messages";
/// The sentence with the table; `judge_table` knows it by this.
pub(super) const PATTERN: &str = "{phone} has exchanged these messages in order:";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![step!(
        PATTERN,
        section: SECTION,
        about: "Among all messages of the phone are these in this order, perhaps with others between; retransmissions do not count. Each row has one message in one of the columns sent and received. Waits for those that are missing.",
        example: "Alice has exchanged these messages in order:",
        condition,
        run: has_exchanged,
    )]
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Crossing {
    direction: Direction,
    pattern: MessagePattern,
}

impl Crossing {
    fn fits(&self, entry: &LogEntry) -> bool {
        entry.direction == self.direction
            && !entry.repeated
            && kind_differences(&self.pattern, &entry.message).is_empty()
    }

    fn text(&self) -> String {
        format!("{} {}", self.pattern, verb(self.direction))
    }
}

/// The rows of the table.
///
/// # Errors
/// What is wrong with it.
pub(super) fn crossings(table: &Table) -> Result<Vec<Crossing>, Failure> {
    let misuse = |summary: String| Failure::new(FailureClass::Misuse, summary);
    let header = table.header();
    let has = |name: &str| header.iter().any(|cell| cell == name);
    if header.len() != 2 || !has("sent") || !has("received") {
        let found = header.join(", ");
        let summary = format!("the columns are {found}, expected sent, received");
        return Err(misuse(summary));
    }
    let row = |(number, record): (usize, crate::Record<'_>)| {
        let (direction, text) = match (record.get("sent"), record.get("received")) {
            (Some(text), None) => (Direction::Sent, text),
            (None, Some(text)) => (Direction::Received, text),
            _ => {
                let summary = format!("row {number} must name one message, sent or received");
                return Err(misuse(summary));
            }
        };
        let pattern = MessagePattern::parse(text).ok_or_else(|| {
            let summary = format!("\"{text}\" is no message such as BYE, 486 or 200 to INVITE");
            misuse(summary)
        })?;
        Ok(Crossing { direction, pattern })
    };
    let rows: Vec<_> = (1..)
        .zip(table.records())
        .map(row)
        .collect::<Result<_, _>>()?;
    if rows.is_empty() {
        return Err(misuse("the table has no messages".to_owned()));
    }
    Ok(rows)
}

/// How many rows stand in the log in their order, and how far in the log the last of them is.
fn matched(rows: &[Crossing], log: &[Arc<LogEntry>]) -> (usize, usize) {
    let mut at = 0;
    for (done, row) in rows.iter().enumerate() {
        match log[at..].iter().position(|entry| row.fits(entry)) {
            Some(further) => at += further + 1,
            None => return (done, at),
        }
    }
    (rows.len(), at)
}

async fn has_exchanged(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let rows = crossings(arguments.needs_table()?)?;
    let limit = world.signalling(&arguments);
    let doing = format!("waiting for {} messages of {}", rows.len(), actor.name());
    let look = || (matched(&rows, &actor.phone.log().all()).0 == rows.len()).then_some(());
    if watch(world, &doing, limit, look).await.is_some() {
        return Ok(());
    }
    let log = actor.phone.log().all();
    let (done, at) = matched(&rows, &log);
    let Some(missing) = rows.get(done) else {
        // It came at the very end of the time.
        return Ok(());
    };
    let after = match done.checked_sub(1).and_then(|last| rows.get(last)) {
        Some(before) => format!(" after {}", before.text()),
        None => String::new(),
    };
    let summary = format!(
        "{} has not {} {}{after} (row {} of {})",
        actor.name(),
        verb(missing.direction),
        missing.pattern,
        done + 1,
        rows.len()
    );
    let found = failure(FailureClass::Timeout, &actor, summary).waiting_for(missing.text(), limit);
    let rest = log[at..].iter().filter(|entry| !entry.repeated);
    let rest: Vec<_> = rest
        .map(|entry| format!("{} {}", entry.message.title(), verb(entry.direction)))
        .collect();
    Err(if rest.is_empty() {
        found.detail("nothing was sent or received after that")
    } else {
        found.detail(format!("after that: {}", rest.join(", ")))
    })
}

const fn verb(direction: Direction) -> &'static str {
    match direction {
        Direction::Sent => "sent",
        Direction::Received => "received",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[&str; 2]]) -> Table {
        let row = |row: &[&str; 2]| row.iter().map(|&cell| cell.to_owned()).collect();
        Table::new(rows.iter().map(row).collect())
    }

    #[test]
    fn each_row_names_one_message() {
        let rows = crossings(&table(&[
            ["sent", "received"],
            ["INVITE", ""],
            ["", "200 to INVITE"],
        ]));
        let rows = rows.unwrap();
        let texts: Vec<_> = rows.iter().map(Crossing::text).collect();
        assert_eq!(texts, ["INVITE sent", "200 to INVITE received"]);
    }

    #[test]
    fn a_table_that_says_something_else_is_refused() {
        let faults: [(&[[&str; 2]], &str); 5] = [
            (&[["sent", "got"], ["BYE", ""]], "the columns are sent, got"),
            (
                &[["sent", "received"], ["BYE", "200"]],
                "row 1 must name one",
            ),
            (&[["sent", "received"], ["", ""]], "row 1 must name one"),
            (
                &[["sent", "received"], ["bye", ""]],
                "\"bye\" is no message",
            ),
            (&[["sent", "received"]], "the table has no messages"),
        ];
        for (rows, part) in faults {
            let fault = crossings(&table(rows)).unwrap_err();
            assert!(fault.summary.contains(part), "{}", fault.summary);
        }
    }
}
