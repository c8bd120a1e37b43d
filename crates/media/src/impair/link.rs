//! One direction of an impaired line: a queue of what is on its way.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fastrand::Rng;

use super::settings::{Loss, Way};

/// Carries out what a [`Way`] says.
#[derive(Debug)]
pub(super) struct Link<T> {
    way: Way,
    rng: Rng,
    /// Gilbert's model is in its bad state.
    bad: bool,
    /// What is on its way, by the time at which it arrives.
    queue: BTreeMap<(Instant, u64), T>,
    count: u64,
    /// A packet that the next one overtakes.
    held: Option<(T, Instant)>,
}

impl<T: Clone> Link<T> {
    pub(super) fn new(rng: Rng) -> Self {
        Self {
            way: Way::default(),
            rng,
            bad: false,
            queue: BTreeMap::new(),
            count: 0,
            held: None,
        }
    }

    /// Packets from now on suffer this; those on their way stay as they are.
    pub(super) fn set(&mut self, way: Way) {
        self.way = way;
    }

    /// Whether a packet passes untouched.
    pub(super) fn is_clear(&self) -> bool {
        self.way.is_clear() && self.queue.is_empty() && self.held.is_none()
    }

    /// Takes a packet of RTP.
    pub(super) fn push_rtp(&mut self, now: Instant, packet: T) {
        let paused = self.way.paused_until.is_some_and(|until| now < until);
        // The model goes on in a pause, so that its course depends on the packets alone.
        let lost = self.loses();
        let reordered = self.rng.f64() < self.way.reorder;
        let doubled = self.rng.f64() < self.way.duplicate;
        if lost || paused {
            return;
        }
        if reordered && self.held.is_none() {
            self.held = Some((packet, now + HELD_MAX));
            return;
        }
        let arrives = self.arrival(now);
        if doubled {
            let again = self.arrival(now);
            self.insert(again.max(arrives), packet.clone());
        }
        self.insert(arrives, packet);
        if let Some((held, _)) = self.held.take() {
            self.insert(arrives, held);
        }
    }

    /// Takes a packet that is only delayed.
    pub(super) fn push_other(&mut self, now: Instant, packet: T) {
        self.insert(now + self.way.delay, packet);
    }

    /// The next packet that has arrived.
    pub(super) fn pop(&mut self, now: Instant) -> Option<T> {
        if let Some((_, until)) = self.held
            && until <= now
            && let Some((held, _)) = self.held.take()
        {
            // Nothing followed that could overtake it.
            self.insert(until, held);
        }
        let entry = self.queue.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }

    /// When [`Self::pop`] has something.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let queued = self.queue.keys().next().map(|(at, _)| *at);
        let held = self.held.as_ref().map(|(_, until)| *until);
        queued.into_iter().chain(held).min()
    }

    fn arrival(&mut self, now: Instant) -> Instant {
        let more = if self.way.jitter.is_zero() {
            Duration::ZERO
        } else {
            self.way.jitter.mul_f64(self.rng.f64())
        };
        now + self.way.delay + more
    }

    fn insert(&mut self, arrives: Instant, packet: T) {
        if self.queue.len() < QUEUE_MAX {
            self.queue.insert((arrives, self.count), packet);
            self.count += 1;
        }
    }

    fn loses(&mut self) -> bool {
        let chance = self.rng.f64();
        match self.way.loss {
            Loss::None => false,
            Loss::Random(share) => chance < share,
            Loss::Bursts { share, .. } if share >= 1.0 => true,
            Loss::Bursts { share, length } => {
                // The chances to leave the bad state and to enter it: the mean stay is `length`
                // packets, and the part of all packets in it is `share`.
                let leave = 1.0 / length.max(1.0);
                let enter = (leave * share / (1.0 - share)).min(1.0);
                self.bad = if self.bad {
                    chance >= leave
                } else {
                    chance < enter
                };
                self.bad
            }
        }
    }
}

/// A packet waits for the one that overtakes it for this long at most.
const HELD_MAX: Duration = Duration::from_millis(200);
/// Packets on their way at most, 80 s of a stream; more are lost.
const QUEUE_MAX: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of a link into which `count` packets go, one every 20 ms: number and how
    /// late it is in ms.
    fn run(way: &Way, count: u64) -> Vec<(u64, u64)> {
        let start = Instant::now();
        let at = |n: u64| start + Duration::from_millis(n * 20);
        let mut link = Link::new(Rng::with_seed(4));
        link.set(way.clone());
        let mut out = Vec::new();
        let mut take = |link: &mut Link<u64>, now: Instant| {
            while let Some(due) = link.deadline()
                && due <= now
            {
                let packet = link.pop(due).expect("it is due");
                out.push((packet, (due - at(packet)).as_millis() as u64));
            }
        };
        for n in 0..count {
            take(&mut link, at(n));
            link.push_rtp(at(n), n);
        }
        take(&mut link, at(count + 1000));
        assert!(link.queue.is_empty() && link.held.is_none());
        out
    }

    fn share(part: usize, whole: u64) -> f64 {
        part as f64 / whole as f64
    }

    #[test]
    fn a_clear_way_changes_nothing() {
        let way = Way::default();
        assert!(way.is_clear());
        let expected: Vec<_> = (0..50).map(|n| (n, 0)).collect();
        assert_eq!(run(&way, 50), expected);
    }

    #[test]
    fn random_loss_has_its_share_and_repeats_with_its_seed() {
        let way = Way {
            loss: Loss::Random(0.03),
            ..Way::default()
        };
        let out = run(&way, 20_000);
        let lost = 1.0 - share(out.len(), 20_000);
        assert!((lost - 0.03).abs() < 0.004, "{lost}");
        assert_eq!(out, run(&way, 20_000));
    }

    #[test]
    fn bursts_have_their_share_and_their_mean_length() {
        let way = Way {
            loss: Loss::Bursts {
                share: 0.1,
                length: 5.0,
            },
            ..Way::default()
        };
        let out = run(&way, 50_000);
        let lost = 1.0 - share(out.len(), 50_000);
        assert!((lost - 0.1).abs() < 0.01, "{lost}");
        let bursts = out
            .windows(2)
            .filter(|pair| pair[1].0 > pair[0].0 + 1)
            .count();
        let length = 50_000.0 * lost / bursts as f64;
        assert!((length - 5.0).abs() < 0.4, "{length}");
        let all = Way {
            loss: Loss::Bursts {
                share: 1.0,
                length: 2.0,
            },
            ..Way::default()
        };
        assert_eq!(run(&all, 100), []);
    }

    #[test]
    fn delay_moves_all_and_jitter_each_by_its_own() {
        let way = Way {
            delay: Duration::from_millis(150),
            ..Way::default()
        };
        assert!(run(&way, 100).iter().all(|(_, late)| *late == 150));
        let way = Way {
            jitter: Duration::from_millis(60),
            ..way
        };
        let out = run(&way, 3000);
        assert!(out.iter().all(|(_, late)| (150..=210).contains(late)));
        let mean = out.iter().map(|(_, late)| late - 150).sum::<u64>() as f64 / 3000.0;
        assert!((mean - 29.5).abs() < 2.0, "{mean}");
    }

    #[test]
    fn packets_are_overtaken_by_the_next_one_and_come_twice() {
        let way = Way {
            reorder: 0.1,
            duplicate: 0.05,
            ..Way::default()
        };
        let out = run(&way, 5000);
        let late = out.windows(2).filter(|pair| pair[1].0 < pair[0].0).count();
        assert!((share(late, 5000) - 0.1).abs() < 0.02, "{late}");
        let twice = out.len() - 5000;
        assert!((share(twice, 5000) - 0.05).abs() < 0.015, "{twice}");
        let mut numbers: Vec<_> = out.iter().map(|(n, _)| *n).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 5000);
        // The last one of all has nobody to overtake it.
        let always = Way {
            reorder: 1.0,
            ..Way::default()
        };
        assert_eq!(run(&always, 3), [(1, 0), (0, 20), (2, 200)]);
    }

    #[test]
    fn nothing_passes_in_a_pause() {
        let start = Instant::now();
        let mut link = Link::new(Rng::with_seed(1));
        link.set(Way {
            paused_until: Some(start + Duration::from_millis(100)),
            ..Way::default()
        });
        for n in 0..10_u64 {
            link.push_rtp(start + Duration::from_millis(n * 20), n);
        }
        let end = start + Duration::from_secs(1);
        let out: Vec<_> = std::iter::from_fn(|| link.pop(end)).collect();
        assert_eq!(out, [5, 6, 7, 8, 9]);
    }
}
