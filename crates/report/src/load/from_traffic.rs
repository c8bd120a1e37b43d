//! Figures of a run of Seagull's machine.

use gannet_events::traffic::{Figures, Layout, Snapshot, StepDirection};

use super::figures::{per_second, push, thousandths};
use super::from_sipp::phase_name;
use super::{CallCounts, LoadFigures, LoadStep, LoadTimes, MessageCounts, NamedCount};

impl LoadFigures {
    /// The state of a run of Seagull's machine.
    pub fn of_traffic(layout: &Layout, now: &Snapshot) -> Self {
        let figures = &now.figures;
        let elapsed_s = thousandths(now.elapsed.as_secs_f64());
        Self {
            elapsed_s,
            phase: phase_name(now.phase).to_owned(),
            rate_wanted: thousandths(now.call_rate),
            rate_reached: per_second(figures.calls_started(), elapsed_s),
            calls: CallCounts {
                begun: figures.calls_started(),
                incoming: figures.incoming_calls,
                outgoing: figures.outgoing_calls,
                open: figures.calls_open,
                open_max: figures.calls_open_max,
                successful: figures.calls_successful(),
                failed: figures.failed + figures.failed_refused,
            },
            messages: MessageCounts {
                sent: figures.messages_sent,
                received: figures.messages_received,
                retransmissions: figures.retransmissions_sent + figures.retransmissions_absorbed,
                unexpected: figures.unexpected_messages,
                timeouts: figures.failed_timeout,
            },
            counts: counts(figures),
            failures: failures(layout, figures),
            steps: steps(layout, figures),
            times: vec![LoadTimes::of(
                "response",
                &first_message(layout),
                &figures.response_times,
            )],
        }
    }
}

fn counts(figures: &Figures) -> Vec<NamedCount> {
    let mut counts = Vec::new();
    push(&mut counts, "calls not taken", figures.failed_refused);
    push(
        &mut counts,
        "calls in the abort section",
        figures.failed_aborted,
    );
    push(&mut counts, "calls that timed out", figures.failed_timeout);
    push(&mut counts, "late starts", figures.late_starts);
    push(&mut counts, "automatic answers", figures.background_answers);
    push(&mut counts, "100 passed over", figures.trying_skipped);
    push(&mut counts, "malformed messages", figures.malformed);
    push(&mut counts, "keep-alives", figures.keep_alives);
    counts
}

/// By the step where they failed: the machine counts no other causes.
fn failures(layout: &Layout, figures: &Figures) -> Vec<NamedCount> {
    let mut failures = Vec::new();
    for step in steps(layout, figures) {
        let direction = match step.kind.as_str() {
            "sent" => "sending",
            "received" => "waiting for",
            _ => "pausing",
        };
        let LoadStep {
            section,
            number,
            name,
            ..
        } = &step;
        let text = format!("{section} step {number}, {direction} {name}");
        push(&mut failures, &text, step.failed);
    }
    push(&mut failures, "call not taken", figures.failed_refused);
    failures
}

fn steps(layout: &Layout, figures: &Figures) -> Vec<LoadStep> {
    let mut steps = Vec::new();
    for (section, counted) in layout.sections.iter().zip(&figures.sections) {
        for ((step, counted), number) in section.steps.iter().zip(counted).zip(1..) {
            steps.push(LoadStep {
                section: section.name.clone(),
                number,
                kind: match step.direction {
                    StepDirection::Sent => "sent",
                    StepDirection::Received => "received",
                    StepDirection::Pause => "pause",
                }
                .to_owned(),
                name: step.name.clone(),
                messages: counted.messages,
                retransmissions: counted.retransmissions,
                timeouts: counted.timeouts,
                unexpected: counted.unexpected,
                failed: counted.calls_failed,
            });
        }
    }
    steps
}

/// The message that calls begin with.
fn first_message(layout: &Layout) -> String {
    let traffic = layout.sections.iter().find(|it| it.name == "Traffic");
    let mut steps = traffic.iter().flat_map(|section| &section.steps);
    steps
        .find(|step| step.direction != StepDirection::Pause)
        .map(|step| step.name.clone())
        .unwrap_or_default()
}
