//! How well RTP came to a phone: loss, jitter, gaps.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_media::ReceivedStream;
use gannet_phone::{CallMedia, CallRecord};

use super::support::{failure, latest_call, ready_phone, watch};
use super::talking::connected_line;
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Media of a call";

/// Figures of less than this say nothing.
const SPAN_MIN: Duration = Duration::from_secs(1);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} loses at most {x}%",
            section: SECTION,
            about: "Of the RTP packets of the phone's newest call, open or over, at most so many percent are missing by their sequence numbers. Waits for a second of RTP first.",
            example: "Alice loses at most 0.5%",
            condition,
            run: loses_at_most,
        ),
        step!(
            "{phone} has jitter below {x} ms",
            section: SECTION,
            about: "The interarrival jitter (RFC 3550 6.4.1) of the phone's newest call, open or over, was never higher. Waits for a second of RTP first.",
            example: "Alice has jitter below 20 ms",
            condition,
            run: has_jitter_below,
        ),
        step!(
            "{phone} has gap(s) below {x} ms",
            section: SECTION,
            about: "Between two RTP packets that came to the phone in its newest call there was never a longer time, and in an open call the last is not longer ago. Waits for a second of RTP first.",
            example: "Alice has gaps below 200 ms",
            condition,
            run: has_gaps_below,
        ),
    ]
}

/// What came to a phone in its newest call.
struct Figures {
    actor: Arc<Actor>,
    call: CallRecord,
    received: Received,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Received {
    packets: u64,
    lost: u64,
    jitter: Duration,
    gap: Duration,
}

impl Received {
    /// The figures of all streams together; `open_at` is now if the call is still open.
    fn of(streams: &[ReceivedStream], open_at: Option<Instant>) -> Self {
        let pauses = streams.iter().map(|stream| stream.longest_pause);
        let last = streams.iter().map(|stream| stream.last_at).max();
        let since = last.and_then(|last| Some(open_at?.saturating_duration_since(last)));
        Self {
            packets: streams.iter().map(|stream| stream.packets).sum(),
            lost: streams.iter().map(|stream| stream.lost).sum(),
            jitter: streams
                .iter()
                .map(|stream| stream.jitter_max)
                .max()
                .unwrap_or_default(),
            gap: pauses.chain(since).max().unwrap_or_default(),
        }
    }

    fn lost_percent(&self) -> f64 {
        match self.packets + self.lost {
            0 => 0.0,
            all => self.lost as f64 * 100.0 / all as f64,
        }
    }
}

async fn figures(world: &mut World, arguments: &Arguments) -> Result<Figures, Failure> {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.media(arguments);
    let call = latest_call(&actor)?;
    let (call, media) = if call.state.is_open() {
        let line = connected_line(world, &actor, limit).await?;
        (line.call, line.media)
    } else {
        let media = actor.phone.media(call.handle).map_err(|_| {
            let summary = format!("the call of {} had no media", actor.name());
            failure(FailureClass::MediaNotHeard, &actor, summary)
        })?;
        (call, media)
    };
    let is_open = || {
        let state = actor.phone.state();
        state
            .call(call.handle)
            .is_some_and(|call| call.state.is_open())
    };
    let enough = || (spoken(&media) >= SPAN_MIN || !is_open()).then_some(());
    let doing = format!("waiting for RTP at {}", actor.name());
    // Figures of what came are given even if that was not enough: none at all is told apart below.
    watch(world, &doing, limit, enough).await;
    let streams = media.report().map(|report| report.received);
    let streams = streams.filter(|streams| !streams.is_empty());
    let Some(streams) = streams else {
        let summary = format!("no RTP came to {}", actor.name());
        return Err(failure(FailureClass::MediaNotHeard, &actor, summary)
            .in_call(call.sip_call_id)
            .waiting_for("RTP", limit));
    };
    let received = Received::of(&streams, is_open().then(Instant::now));
    Ok(Figures {
        actor,
        call,
        received,
    })
}

/// For how long RTP has come.
fn spoken(media: &CallMedia) -> Duration {
    let streams = media.report().map_or_else(Vec::new, |it| it.received);
    streams
        .iter()
        .map(|stream| stream.last_at.saturating_duration_since(stream.first_at))
        .sum()
}

impl Figures {
    fn judge(self, fits: bool, what: &str) -> StepResult {
        if fits {
            return Ok(());
        }
        let summary = format!("{} {what}", self.actor.name());
        let found = failure(FailureClass::Assertion, &self.actor, summary);
        Err(found.in_call(self.call.sip_call_id).detail(format!(
            "{} RTP packets came, {} are missing",
            self.received.packets, self.received.lost
        )))
    }
}

async fn loses_at_most(world: &mut World, arguments: Arguments) -> StepResult {
    let most = arguments.decimal(1)?;
    let figures = figures(world, &arguments).await?;
    let lost = figures.received.lost_percent();
    let what = format!("lost {lost:.2}% of its RTP, expected at most {most}%");
    figures.judge(lost <= most, &what)
}

async fn has_jitter_below(world: &mut World, arguments: Arguments) -> StepResult {
    let bound = arguments.decimal(1)?;
    let figures = figures(world, &arguments).await?;
    let jitter = millis(figures.received.jitter);
    let what = format!("had jitter of up to {jitter:.1} ms, expected less than {bound} ms");
    figures.judge(jitter < bound, &what)
}

async fn has_gaps_below(world: &mut World, arguments: Arguments) -> StepResult {
    let bound = arguments.decimal(1)?;
    let figures = figures(world, &arguments).await?;
    let gap = millis(figures.received.gap);
    let what = format!("received no RTP for {gap:.0} ms on end, expected less than {bound} ms");
    figures.judge(gap < bound, &what)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(now: Instant, packets: u64, lost: u64, pause_ms: u64) -> ReceivedStream {
        ReceivedStream {
            ssrc: 1,
            cname: None,
            source: ([127, 0, 0, 1], 4000).into(),
            packets,
            octets: packets * 160,
            lost,
            lost_percent: 0.0,
            duplicates: 0,
            reordered: 0,
            strays: 0,
            restarts: 0,
            jitter: Duration::ZERO,
            jitter_max: Duration::from_millis(pause_ms / 10),
            jitter_mean: Duration::ZERO,
            longest_pause: Duration::from_millis(pause_ms),
            first_at: now,
            last_at: now,
            payload_types: vec![0],
            unexpected_payload_type: 0,
            comfort_noise: 0,
            undecodable: 0,
            decoded: packets,
            audio: Duration::from_millis(20) * packets as u32,
            bye: false,
            watched: gannet_media::Watched::default(),
        }
    }

    #[test]
    fn figures_are_those_of_all_streams() {
        let now = Instant::now();
        let streams = [stream(now, 90, 10, 40), stream(now, 95, 5, 300)];
        let received = Received::of(&streams, None);
        assert!((received.lost_percent() - 7.5).abs() < 1e-9);
        assert_eq!(received.gap, Duration::from_millis(300));
        assert_eq!(received.jitter, Duration::from_millis(30));
        assert!(Received::of(&[], None).lost_percent().abs() < 1e-9);
    }

    #[test]
    fn a_stream_that_stopped_is_a_gap_while_the_call_is_open() {
        let now = Instant::now();
        let later = now + Duration::from_secs(2);
        let received = Received::of(&[stream(now, 50, 0, 25)], Some(later));
        assert_eq!(received.gap, Duration::from_secs(2));
    }
}
