//! Steps with their counts.

use std::fmt::Display;

use gannet_events::sipp::{CommandKind, Figures, Layout, StepFigures, StepLayout};

use super::frame::halves;
use super::media::timing_lines;
use super::saturation::is_behind;
use super::{MediaCount, MediaFigures, Moment, State};

/// Columns before the counts.
const NAME_COLUMNS: usize = 33;
/// Columns of a pause's length.
const LENGTH_COLUMNS: usize = 9;

pub(super) fn draw(state: &State, moment: Moment<'_>) -> Vec<String> {
    let figures = state.figures(moment.now);
    let mut lines = heading(state, moment, figures);
    lines.push(String::new());
    lines.push(progress(state, moment, figures));
    lines.extend(open_calls(state, moment, figures));
    lines.push(sockets(state, moment));
    if let Some(media) = &moment.beside.media {
        lines.extend(media_lines(media));
    }
    if is_behind(figures.lag) {
        lines.push(format!(
            "  Generator saturated: {} calls begun late, {} datagrams dropped",
            figures.lag.late_starts, figures.lag.dropped_datagrams
        ));
    }
    lines.push(String::new());
    lines.extend(steps(state, figures));
    lines
}

fn heading(state: &State, moment: Moment<'_>, figures: &Figures) -> Vec<String> {
    let (now, facts) = (moment.now, &state.facts);
    let elapsed = now.elapsed;
    let common = format!(
        "{:<5} {:>6}.{:02} s     {:>8}  ",
        facts.local_port,
        elapsed.as_secs(),
        elapsed.subsec_millis() / 10,
        figures.created()
    );
    let transport = &facts.transport;
    if !state.layout().is_client {
        return vec![
            "  Port   Total-time  Total-calls  Transport".into(),
            format!("  {common}{transport}"),
        ];
    }
    let pause_ms = facts.pause_ms;
    let (name, value) = match now.users {
        Some(users) => ("   Users (length)", format!("{users} ({pause_ms} ms)")),
        None => (
            "Call rate (length)",
            format!(
                "{:3.1}({pause_ms} ms)/{:5.3}s",
                now.rate,
                now.rate_period.as_secs_f64()
            ),
        ),
    };
    vec![
        format!("  {name}   Port   Total-time  Total-calls  Remote-host"),
        format!("{value:>19}   {common}{}({transport})", facts.remote),
    ]
}

fn progress(state: &State, moment: Moment<'_>, figures: &Figures) -> String {
    let earlier = moment.earlier;
    let since = earlier.map(|earlier| earlier.elapsed).unwrap_or_default();
    let period = moment.now.elapsed.saturating_sub(since).as_secs_f64();
    let calls = match state.facts.calls_max {
        Some(calls) if figures.created() >= calls => {
            format!("Call limit {calls} hit, {period:.1} s period")
        }
        _ => {
            let known = earlier.map_or(0, |earlier| state.figures(earlier).created());
            let new = figures.created().saturating_sub(known);
            format!("{new} new calls during {period:.3} s period")
        }
    };
    let turn_ms = figures.lag.longest_turn_ns / 1_000_000;
    halves(&calls, &format!("{turn_ms} ms longest turn"))
}

fn open_calls(state: &State, moment: Moment<'_>, figures: &Figures) -> [String; 3] {
    let is_client = state.layout().is_client;
    let beside = moment.beside;
    let limit = match moment.now.calls_limit {
        _ if !is_client => String::new(),
        u64::MAX => " (no limit)".to_owned(),
        limit => format!(" (limit {limit})"),
    };
    [
        halves(
            &format!("{} calls{limit}", figures.open),
            &format!(
                "Peak was {} calls, after {} s",
                figures.open_max,
                beside.peak_after.as_secs()
            ),
        ),
        format!(
            "  {} Running, {} Paused, {} Woken up",
            beside.running, beside.paused, beside.woken
        ),
        halves(
            &format!("{} dead call msg (discarded)", figures.dead_call),
            &format!("{} out-of-call msg (discarded)", figures.out_of_call),
        ),
    ]
}

fn sockets(state: &State, moment: Moment<'_>) -> String {
    let beside = moment.beside;
    halves(
        &format!("{} open sockets", beside.sockets_open),
        &format!(
            "{}/{}/{} {} errors (send/recv/cong)",
            beside.send_errors, beside.receive_errors, beside.congestions, state.facts.transport
        ),
    )
}

/// Streams, what was sent, and what was sent back.
fn media_lines(media: &MediaFigures) -> Vec<String> {
    let total = |counts: &[MediaCount; 3]| {
        let packets: u64 = counts.iter().map(|count| count.packets).sum();
        let octets: u64 = counts.iter().map(|count| count.octets).sum();
        format!("{packets} RTP packets ({} kB)", octets / 1_000)
    };
    let sent = format!("{} sent", total(&media.sent));
    let mut lines = vec![
        halves(&sent, &format!("{} streams open", media.streams_open)),
        halves(
            &format!("{} echoed", total(&media.echoed)),
            &format!("{} received", total(&media.received)),
        ),
    ];
    if media.late + media.unsent + media.checks_failed > 0 {
        lines.push(format!(
            "  {} RTP packets late, {} not sent, {} failed RTP checks",
            media.late, media.unsent, media.checks_failed
        ));
    }
    lines.extend(timing_lines(media));
    lines
}

fn steps(state: &State, figures: &Figures) -> Vec<String> {
    let layout = state.layout();
    let loses = layout.steps.iter().any(|step| step.may_be_lost);
    let last = if loses {
        "Unexp.    Lost"
    } else {
        "Unexpected-Msg"
    };
    let mut lines = vec![format!(
        "{:NAME_COLUMNS$}Messages  Retrans   Timeout   {last}",
        ""
    )];
    for (index, step) in layout.steps.iter().enumerate() {
        if state.hides && step.hidden {
            continue;
        }
        let counted = figures.steps.get(index).copied().unwrap_or_default();
        lines.push(step_line(layout, step, counted));
        if step.blank_line_after {
            lines.push(String::new());
        }
    }
    lines
}

fn step_line(layout: &Layout, step: &StepLayout, counted: StepFigures) -> String {
    let count = |shown: bool, count: u64| shown.then_some(count);
    let lost = count(counted.lost > 0, counted.lost);
    let messages = Some(counted.messages);
    let (name, values) = match step.kind {
        CommandKind::SendRequest | CommandKind::SendResponse => (
            arrow(layout, step, true),
            [
                messages,
                Some(counted.retransmissions),
                count(step.retransmits, counted.timeouts),
                None,
                lost,
            ],
        ),
        CommandKind::ReceiveRequest | CommandKind::ReceiveResponse => (
            arrow(layout, step, false),
            [
                messages,
                Some(counted.retransmissions),
                Some(counted.timeouts),
                Some(counted.unexpected),
                lost,
            ],
        ),
        CommandKind::Pause | CommandKind::Timewait => (
            pause(layout, step),
            [messages, None, None, Some(counted.unexpected), None],
        ),
        CommandKind::Nop => return nop(step),
        CommandKind::ReceiveCommand => {
            let timeouts = count(step.has_timeout, counted.timeouts);
            let name = "    [ Received Command ]".to_owned();
            (name, [messages, None, timeouts, None, None])
        }
        CommandKind::SendCommand => {
            let name = "        [ Sent Command ]".to_owned();
            (name, [messages, None, None, None, None])
        }
    };
    line(&name, values)
}

fn line(name: &str, values: [Option<impl Display>; 5]) -> String {
    let values = values.map(|value| value.map_or_else(String::new, |value| value.to_string()));
    let columns = values.map(|value| format!("{value:<9}")).join(" ");
    format!("{name:<NAME_COLUMNS$}{columns}")
}

/// The message with the direction it goes, this side standing left, and the timer that begins or
/// ends here by its number.
fn arrow(layout: &Layout, step: &StepLayout, sends: bool) -> String {
    let name = step.display.as_ref().unwrap_or(&step.name);
    let arrow = if sends == layout.is_client {
        "---------->"
    } else {
        "<----------"
    };
    let message = if layout.is_client {
        format!("  {name:>10.10} {arrow} ")
    } else {
        format!("  {arrow} {name:<10.10} ")
    };
    format!("{message} {:<6} ", timer(layout, step))
}

fn timer(layout: &Layout, step: &StepLayout) -> String {
    let (letter, name) = match (&step.starts_timer, &step.stops_timer) {
        (Some(name), _) => ('B', name),
        (None, Some(name)) => ('E', name),
        (None, None) => return String::new(),
    };
    match layout.timers.iter().position(|timer| timer == name) {
        Some(index) => format!("{letter}-RTD{}", index + 1),
        None => String::new(),
    }
}

fn pause(layout: &Layout, step: &StepLayout) -> String {
    let length = format!("[{:>LENGTH_COLUMNS$}]", step.name);
    if layout.is_client {
        format!("       Pause {length}")
    } else {
        format!("  {length} Pause")
    }
}

fn nop(step: &StepLayout) -> String {
    match &step.display {
        Some(text) => format!(" {text}"),
        None => "              [ NOP ]".into(),
    }
}
