//! What happens to datagrams on their way.

use std::time::Duration;

/// How bad a link is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// Probability that a datagram is lost.
    pub loss: f64,
    /// Probability that a datagram arrives twice.
    pub duplication: f64,
    /// Probability that a datagram is held up, so that later ones overtake it.
    pub reordering: f64,
    /// The least time from end to end.
    pub delay: Duration,
    /// Up to this much more, evenly distributed.
    pub jitter: Duration,
    /// Up to this much more for a datagram that is held up. Together with `delay` and `jitter` less
    /// than T4, which is the longest that a message lives in the network (RFC 3261 17.1.2.2).
    pub hold_up: Duration,
}

impl Conditions {
    /// Every datagram arrives once, after 10 ms.
    pub const PERFECT: Self = Self {
        loss: 0.0,
        duplication: 0.0,
        reordering: 0.0,
        delay: Duration::from_millis(10),
        jitter: Duration::ZERO,
        hold_up: Duration::ZERO,
    };

    /// Conditions of a kind that a seed chooses: from perfect to 30 % loss, a second of delay and
    /// much disorder.
    pub fn draw(rng: &mut fastrand::Rng) -> Self {
        // A tenth of the runs loses nothing: there no excuse counts.
        let loss = if rng.u8(0..10) == 0 {
            0.0
        } else {
            rng.f64() * 0.3
        };
        Self {
            loss,
            duplication: rng.f64() * 0.1,
            reordering: rng.f64() * 0.2,
            delay: Duration::from_millis(rng.u64(0..=150)),
            jitter: Duration::from_millis(rng.u64(0..=250)),
            hold_up: Duration::from_millis(rng.u64(0..=1500)),
        }
    }
}

/// A link with its own randomness.
#[derive(Debug)]
pub struct Link {
    conditions: Conditions,
    rng: fastrand::Rng,
}

impl Link {
    /// A link with these conditions.
    pub fn new(conditions: Conditions, seed: u64) -> Self {
        Self {
            conditions,
            rng: fastrand::Rng::with_seed(seed),
        }
    }

    /// How bad it is.
    pub const fn conditions(&self) -> &Conditions {
        &self.conditions
    }

    /// From now on.
    pub const fn set_conditions(&mut self, conditions: Conditions) {
        self.conditions = conditions;
    }

    /// The fate of one datagram: how long each copy takes that arrives; none if it is lost.
    pub fn carry(&mut self) -> Vec<Duration> {
        let Conditions {
            loss, duplication, ..
        } = self.conditions;
        let copies = 1 + usize::from(self.rng.f64() < duplication);
        (0..copies)
            .filter_map(|_| {
                let lost = self.rng.f64() < loss;
                let time = self.time();
                (!lost).then_some(time)
            })
            .collect()
    }

    fn time(&mut self) -> Duration {
        let Conditions {
            reordering,
            delay,
            jitter,
            hold_up,
            ..
        } = self.conditions;
        let mut time = delay + jitter.mul_f64(self.rng.f64());
        if self.rng.f64() < reordering {
            time += hold_up.mul_f64(self.rng.f64());
        }
        time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_link_delivers_each_datagram_once_in_order() {
        let mut link = Link::new(Conditions::PERFECT, 1);
        for _ in 0..100 {
            assert_eq!(link.carry(), [Duration::from_millis(10)]);
        }
    }

    #[test]
    fn loss_duplication_and_disorder_have_the_rates_asked_for() {
        let conditions = Conditions {
            loss: 0.2,
            duplication: 0.1,
            reordering: 0.5,
            jitter: Duration::ZERO,
            hold_up: Duration::from_millis(100),
            ..Conditions::PERFECT
        };
        let mut link = Link::new(conditions, 7);
        let fates: Vec<_> = (0..10_000).map(|_| link.carry()).collect();
        let lost = fates.iter().filter(|copies| copies.is_empty()).count();
        let twice = fates.iter().filter(|copies| copies.len() == 2).count();
        let all: Vec<_> = fates.into_iter().flatten().collect();
        let late = all.iter().filter(|time| **time > conditions.delay).count();
        // Lost altogether: once, or both copies; twice: both copies through.
        assert!((1_700..2_000).contains(&lost), "{lost}");
        assert!((550..750).contains(&twice), "{twice}");
        assert!((all.len() * 4 / 10..all.len() * 6 / 10).contains(&late));
    }

    #[test]
    fn the_same_seed_gives_the_same_fates() {
        let fates = |seed| {
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut link = Link::new(Conditions::draw(&mut rng), seed);
            (0..50).map(|_| link.carry()).collect::<Vec<_>>()
        };
        assert_eq!(fates(3), fates(3));
        assert_ne!(fates(3), fates(4));
    }
}
