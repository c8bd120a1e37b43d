//! From figures to a summary.

use gannet_events::traffic::{
    Figures, Layout, Period, ResponseTimes, Snapshot, StepDirection, StepFigures, StepLayout,
};

use super::document::{Calls, Messages, ResponseClass, ResponseTimeSummary, StepFailures, Summary};

impl Summary {
    /// The summary of a run as its last snapshot shows it.
    pub fn of(layout: &Layout, last: &Snapshot) -> Self {
        let whole = Period::between(None, last);
        Self {
            scenario: layout.scenario.clone(),
            elapsed_s: last.elapsed.as_secs_f64(),
            calls_per_second: f64::from(whole.call_rate()),
            calls: calls(&last.figures),
            messages: messages(&last.figures),
            failures: failures(layout, &last.figures),
            troubles: Vec::new(),
            response_times: response_times(&last.figures.response_times),
            pace: None,
            verdict: None,
        }
    }
}

fn calls(figures: &Figures) -> Calls {
    Calls {
        incoming: figures.incoming_calls,
        outgoing: figures.outgoing_calls,
        successful: figures.calls_successful(),
        failed: figures.failed,
        refused: figures.failed_refused,
        aborted: figures.failed_aborted,
        timed_out: figures.failed_timeout,
        open: figures.calls_open,
        open_max: figures.calls_open_max,
        late_starts: figures.late_starts,
    }
}

fn messages(figures: &Figures) -> Messages {
    Messages {
        sent: figures.messages_sent,
        received: figures.messages_received,
        unexpected: figures.unexpected_messages,
        retransmissions_sent: figures.retransmissions_sent,
        retransmissions_absorbed: figures.retransmissions_absorbed,
        background_answers: figures.background_answers,
        trying_skipped: figures.trying_skipped,
        malformed: figures.malformed,
        keep_alives: figures.keep_alives,
    }
}

fn failures(layout: &Layout, figures: &Figures) -> Vec<StepFailures> {
    let mut failures = Vec::new();
    for (section, counted) in layout.sections.iter().zip(&figures.sections) {
        let steps = section.steps.iter().zip(counted).enumerate();
        failures.extend(
            steps.filter_map(|(index, (step, counted))| at(&section.name, index, step, counted)),
        );
    }
    failures
}

fn at(
    section: &str,
    index: usize,
    step: &StepLayout,
    counted: &StepFigures,
) -> Option<StepFailures> {
    let wrong =
        counted.calls_failed + counted.unexpected + counted.timeouts + counted.actions_failed;
    (wrong > 0).then(|| StepFailures {
        section: section.to_owned(),
        step: index + 1,
        name: step.name.clone(),
        direction: match step.direction {
            StepDirection::Sent => "sent",
            StepDirection::Received => "received",
            StepDirection::Pause => "pause",
        },
        calls_failed: counted.calls_failed,
        unexpected: counted.unexpected,
        timeouts: counted.timeouts,
        actions_failed: counted.actions_failed,
        causes: Vec::new(),
    })
}

fn response_times(times: &ResponseTimes) -> Option<ResponseTimeSummary> {
    let quantile_ms = |share: f64| times.quantile_us(share) as f64 / 1e3;
    (times.count() > 0).then(|| ResponseTimeSummary {
        count: times.count(),
        mean_ms: times.mean_ns() as f64 / 1e6,
        deviation_ms: times.deviation_us() / 1e3,
        p50_ms: quantile_ms(0.5),
        p90_ms: quantile_ms(0.9),
        p99_ms: quantile_ms(0.99),
        p99_9_ms: quantile_ms(0.999),
        max_ms: times.max_ns() as f64 / 1e6,
        classes: classes(times),
    })
}

fn classes(times: &ResponseTimes) -> Vec<ResponseClass> {
    let bounds = times.bounds_ms();
    let from = std::iter::once(0).chain(bounds.iter().copied());
    let below = bounds
        .iter()
        .copied()
        .map(Some)
        .chain(std::iter::once(None));
    from.zip(below)
        .zip(times.classes())
        .map(|((from_ms, below_ms), count)| ResponseClass {
            from_ms,
            below_ms,
            count: *count,
        })
        .collect()
}
