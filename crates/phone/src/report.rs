//! The media of a call in figures, at its end.

use std::time::{Duration, Instant};

use gannet_events::{Heard, MediaReport};
use gannet_media::judge::{FaultLimits, media_faults, quality};
use gannet_media::{Listener, Mark, RtpSession, Sound};

/// A sound that was there for less is not worth a line.
const HEARD_MIN: Duration = Duration::from_millis(200);

/// The report of a session up to `now`. Faults are told of calls that were `answered`.
pub(crate) fn media_report(
    phone: &str,
    session: &RtpSession,
    answered: Option<Instant>,
    now: Instant,
) -> MediaReport {
    let report = session.report();
    let codec = session.negotiated().codec;
    let main = report.main_stream();
    MediaReport {
        phone: phone.to_owned(),
        call_id: None,
        codec: codec.to_string(),
        packets_sent: report.sent.packets,
        packets_late: report.sent.late,
        packets_left_out: report.sent.skipped,
        lateness_max: report.sent.lateness_max,
        packets_received: main.map_or(0, |stream| stream.packets),
        packets_lost: main.map_or(0, |stream| stream.lost),
        packets_reordered: main.map_or(0, |stream| stream.reordered),
        jitter: main.map_or(Duration::ZERO, |stream| stream.jitter),
        jitter_mean: main.map_or(Duration::ZERO, |stream| stream.jitter_mean),
        jitter_max: main.map_or(Duration::ZERO, |stream| stream.jitter_max),
        mos: quality(&report, session.negotiated())
            .map(|quality| (quality.mos * 100.0).round() as u16),
        faults: answered.map_or_else(Vec::new, |answered| {
            let faults = media_faults(session, answered, now, &FaultLimits::default());
            faults.iter().map(ToString::to_string).collect()
        }),
        heard: main.map_or_else(Vec::new, |stream| heard(session, stream.first_at, now)),
    }
}

/// The marks of a long call are looked for in that many parts of it: the media thread waits.
const PARTS_MAX: u32 = 100;
/// Length of such a part.
const PART: Duration = Duration::from_millis(400);

/// Marks that may have been heard: all that were, in a call of up to 40 s.
fn candidates(listener: &Listener, first: Instant, now: Instant) -> Vec<Mark> {
    let step = (now.saturating_duration_since(first) / PARTS_MAX).max(PART);
    let parts = (0..PARTS_MAX).map(|part| first + step * part);
    let parts: Vec<_> = parts.take_while(|from| *from < now).collect();
    let heard_in = |mark: Mark, from: Instant| {
        let heard = listener.heard(Sound::Mark(mark), from, from + PART);
        !heard.covered.is_zero()
    };
    let marks = (0..Mark::COUNT).map(Mark::nth);
    marks
        .filter(|mark| parts.iter().any(|from| heard_in(*mark, *from)))
        .collect()
}

fn heard(session: &RtpSession, first: Instant, now: Instant) -> Vec<Heard> {
    let listener = session.listener();
    let mut list: Vec<Heard> = candidates(listener, first, now)
        .into_iter()
        .filter_map(|mark| {
            let heard = listener.heard(Sound::Mark(mark), first, now);
            let begin = heard
                .first_heard_at
                .filter(|_| heard.covered >= HEARD_MIN)?;
            let [low, high] = mark.frequencies_hz();
            Some(Heard {
                what: format!("mark {} ({low} Hz and {high} Hz)", mark.index()),
                start: begin.saturating_duration_since(first),
                duration: heard.covered,
            })
        })
        .collect();
    if list.is_empty() {
        let any = listener.heard(Sound::Any, first, now);
        if let Some(begin) = any.first_heard_at.filter(|_| any.covered >= HEARD_MIN) {
            list.push(Heard {
                what: "sound".to_owned(),
                start: begin.saturating_duration_since(first),
                duration: any.covered,
            });
        }
    }
    let quiet = listener.silence(first, now);
    let silence = quiet.quiet.min(quiet.received);
    if silence >= HEARD_MIN {
        list.push(Heard {
            what: "silence".to_owned(),
            start: Duration::ZERO,
            duration: silence,
        });
    }
    list.sort_by_key(|heard| heard.start);
    list
}
