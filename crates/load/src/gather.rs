//! When a thread with many messages waits for several of them at once.

use std::time::Duration;

/// So many messages are waited for: more at once do not make each cheaper, and a longer burst of
/// answers might not fit into the buffers of a peer.
const PLENTY: usize = 32;
/// How long messages are counted before a decision.
const WINDOW: Duration = Duration::from_millis(50);
/// Messages per second from which on gathering saves more than it costs.
const RATE_MIN: f64 = 2_000.0;
/// With gathering the rate may not fall below this part of what it was.
const KEPT_MIN: f64 = 0.75;
/// How long a thread that was slowed down by gathering does without it: first, and at most. Each
/// further time doubles it.
const AWAY_MIN: Duration = Duration::from_secs(1);
const AWAY_MAX: Duration = Duration::from_secs(32);

/// Decides how long a thread rests between two looks at its sockets.
///
/// To be woken for each message costs more than to play it. With thousands of messages a second a
/// thread therefore rests until several have come, as network cards do with their interrupts. Where
/// the next message depends on the answer to this one, that would lower the rate of messages: it is
/// then left at once.
///
/// It has no clock: the caller says what time it is.
#[derive(Debug)]
pub(crate) struct Gather {
    /// The longest time between two looks; zero to look all the time.
    interval_max: Duration,
    /// Time between two looks at the present rate.
    interval: Duration,
    /// The rate before gathering began or in the window before, in messages per second; `None`
    /// while it is off.
    rate_before: Option<f64>,
    window_began: Duration,
    messages: usize,
    last_poll: usize,
    last_look: Duration,
    not_before: Duration,
    away: Duration,
}

impl Gather {
    /// Lets no more than `interval_max` lie between two looks.
    pub(crate) fn new(interval_max: Duration) -> Self {
        Self {
            interval_max,
            interval: interval_max,
            rate_before: None,
            window_began: Duration::ZERO,
            messages: 0,
            last_poll: 0,
            last_look: Duration::ZERO,
            not_before: Duration::ZERO,
            away: AWAY_MIN,
        }
    }

    /// How long to rest before the next look; `None` to look now, and to wait for the sockets.
    pub(crate) fn rest(&self, now: Duration) -> Option<Duration> {
        if self.rate_before.is_none() || self.last_poll >= PLENTY {
            return None;
        }
        let rest = (self.last_look + self.interval).checked_sub(now)?;
        (!rest.is_zero()).then_some(rest)
    }

    /// A look at the sockets has ended and brought so many messages.
    pub(crate) fn looked(&mut self, now: Duration, messages: usize) {
        self.last_poll = messages;
        self.last_look = now;
        self.messages += messages;
        let time = now.saturating_sub(self.window_began);
        if self.interval_max.is_zero() || time < WINDOW {
            return;
        }
        let rate = self.messages as f64 / time.as_secs_f64();
        self.window_began = now;
        self.messages = 0;
        let plenty = Duration::from_secs_f64(PLENTY as f64 / rate.max(1.0));
        self.interval = plenty.min(self.interval_max);
        match self.rate_before {
            None if rate >= RATE_MIN && now >= self.not_before => self.rate_before = Some(rate),
            None => {}
            Some(before) if rate < before * KEPT_MIN => {
                self.rate_before = None;
                self.not_before = now + self.away;
                self.away = (self.away * 2).min(AWAY_MAX);
            }
            Some(_) if rate < RATE_MIN => self.rate_before = None,
            Some(_) => self.rate_before = Some(rate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_micros(500);

    /// Polls that bring `messages` each, `every` so long, for a time.
    fn play(
        gather: &mut Gather,
        now: &mut Duration,
        every: Duration,
        messages: usize,
        time: Duration,
    ) {
        let end = *now + time;
        while *now < end {
            *now += every;
            gather.looked(*now, messages);
        }
    }

    #[test]
    fn few_messages_are_looked_for_at_once() {
        let (mut gather, mut now) = (Gather::new(INTERVAL), Duration::ZERO);
        play(
            &mut gather,
            &mut now,
            Duration::from_millis(1),
            1,
            Duration::from_secs(2),
        );
        assert_eq!(gather.rest(now), None);
    }

    #[test]
    fn many_messages_are_gathered_until_they_become_few() {
        let (mut gather, mut now) = (Gather::new(INTERVAL), Duration::ZERO);
        play(&mut gather, &mut now, Duration::from_micros(100), 1, WINDOW);
        assert_eq!(gather.rest(now), Some(INTERVAL));
        assert_eq!(
            gather.rest(now + Duration::from_micros(200)),
            Some(Duration::from_micros(300))
        );
        assert_eq!(gather.rest(now + INTERVAL), None);
        play(&mut gather, &mut now, INTERVAL, 5, Duration::from_secs(3));
        assert_eq!(gather.rest(now), Some(INTERVAL));
        play(
            &mut gather,
            &mut now,
            Duration::from_millis(1),
            1,
            WINDOW * 2,
        );
        assert_eq!(gather.rest(now), None);
    }

    #[test]
    fn a_rate_that_falls_slowly_ends_gathering_too() {
        let (mut gather, mut now) = (Gather::new(INTERVAL), Duration::ZERO);
        play(&mut gather, &mut now, Duration::from_micros(250), 1, WINDOW);
        assert!(gather.rest(now).is_some());
        for every in [300, 350, 400, 450, 500, 550] {
            play(
                &mut gather,
                &mut now,
                Duration::from_micros(every),
                1,
                WINDOW,
            );
        }
        assert_eq!(gather.rest(now), None);
    }

    #[test]
    fn a_full_poll_is_followed_by_the_next() {
        let (mut gather, mut now) = (Gather::new(INTERVAL), Duration::ZERO);
        play(
            &mut gather,
            &mut now,
            Duration::from_micros(100),
            PLENTY,
            WINDOW,
        );
        assert_eq!(gather.rest(now), None);
    }

    #[test]
    fn who_waits_for_each_answer_is_soon_left_alone() {
        let (mut gather, mut now) = (Gather::new(INTERVAL), Duration::ZERO);
        let answered = Duration::from_micros(100);
        let mut slowed = Duration::ZERO;
        while now < Duration::from_mins(1) {
            let rest = gather.rest(now).unwrap_or_default();
            slowed += rest;
            now += rest + answered;
            gather.looked(now, 1);
        }
        assert!(slowed < Duration::from_millis(500), "{slowed:?}");
    }

    #[test]
    fn the_more_messages_the_shorter_the_rest() {
        let (mut gather, mut now) = (Gather::new(Duration::from_millis(3)), Duration::ZERO);
        let often = Duration::from_micros(20);
        play(&mut gather, &mut now, often, 1, WINDOW * 2);
        assert_eq!(gather.rest(now), Some(often * PLENTY as u32));
    }

    #[test]
    fn without_an_interval_nothing_is_gathered() {
        let (mut gather, mut now) = (Gather::new(Duration::ZERO), Duration::ZERO);
        play(
            &mut gather,
            &mut now,
            Duration::from_micros(100),
            1,
            WINDOW * 3,
        );
        assert_eq!(gather.rest(now), None);
    }
}
