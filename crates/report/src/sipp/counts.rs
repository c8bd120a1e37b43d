//! The counts file (`-trace_counts`).

use std::fmt::Display;
use std::sync::Arc;

use gannet_events::sipp::{CommandKind, Layout, Snapshot, StepFigures, StepLayout};

use super::CsvForm;
use super::stamp::hours_ms;

/// A count of a step with its heading.
type Column = (&'static str, fn(&StepFigures) -> u64);

const SENT: Column = ("_Sent", |step| step.messages);
const RECEIVED: Column = ("_Recv", |step| step.messages);
const RETRANSMITTED: Column = ("_Retrans", |step| step.retransmissions);
const TIMEOUTS: Column = ("_Timeout", |step| step.timeouts);
const UNEXPECTED: Column = ("_Unexp", |step| step.unexpected);
const LOST: Column = ("_Lost", |step| step.lost);

/// The counts of each step from the start: a header, then a line for each snapshot.
#[derive(Debug, Clone)]
pub struct Counts {
    layout: Arc<Layout>,
    form: CsvForm,
}

impl Counts {
    /// The file of a scenario.
    pub fn new(layout: Arc<Layout>, form: CsvForm) -> Self {
        Self { layout, form }
    }

    /// The first line, with its end.
    pub fn header(&self, out: &mut Vec<u8>) {
        let mut line = self.form.line(out);
        line.value("CurrentTime");
        line.value("ElapsedTime");
        for (index, step) in self.visible() {
            for (heading, _) in self.columns(step) {
                line.value(format_args!("{index}_{}{heading}", name(step)));
            }
        }
        line.end();
    }

    /// The line of a snapshot, with its end.
    pub fn line(&self, out: &mut Vec<u8>, now: &Snapshot) {
        let mut line = self.form.line(out);
        line.date(now.started + now.elapsed);
        line.value(hours_ms(now.elapsed));
        for (index, step) in self.visible() {
            let figures = now.figures.steps.get(index).copied().unwrap_or_default();
            for (_, count) in self.columns(step) {
                line.value(count(&figures));
            }
        }
        line.end();
    }

    fn visible(&self) -> impl Iterator<Item = (usize, &StepLayout)> {
        let steps = self.layout.steps.iter().enumerate();
        steps.filter(|(_, step)| !step.hidden)
    }

    fn columns(&self, step: &StepLayout) -> Vec<Column> {
        // Once any message of the scenario may be lost, each has the column.
        let lost = self.layout.steps.iter().any(|step| step.may_be_lost);
        let lost = lost.then_some(LOST);
        match step.kind {
            CommandKind::SendRequest | CommandKind::SendResponse => {
                let timeouts = step.retransmits.then_some(TIMEOUTS);
                let columns = [SENT, RETRANSMITTED].into_iter();
                columns.chain(timeouts).chain(lost).collect()
            }
            CommandKind::ReceiveRequest | CommandKind::ReceiveResponse => {
                let columns = [RECEIVED, RETRANSMITTED, TIMEOUTS, UNEXPECTED];
                columns.into_iter().chain(lost).collect()
            }
            CommandKind::Pause | CommandKind::Timewait => {
                vec![("_Sessions", |step| step.messages), UNEXPECTED]
            }
            // SIPp takes each other step for a pause in which no call ever is.
            CommandKind::SendCommand | CommandKind::ReceiveCommand | CommandKind::Nop => {
                vec![("_Sessions", |_| 0), UNEXPECTED]
            }
        }
    }
}

fn name(step: &StepLayout) -> impl Display {
    match step.kind {
        CommandKind::SendRequest
        | CommandKind::SendResponse
        | CommandKind::ReceiveRequest
        | CommandKind::ReceiveResponse => step.name.as_str(),
        _ => "Pause",
    }
}
