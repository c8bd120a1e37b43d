//! A hierarchical timer wheel.

mod lists;
mod occupancy;

use std::num::NonZeroU32;

use self::lists::Lists;
use self::occupancy::Occupancy;

/// Length of a tick: how exact timers are.
pub const TICK_NS: u64 = 1_000_000;

/// The most timers that can be set at one time.
pub const TIMERS_MAX: u32 = u32::MAX - SENTINELS;

/// Bits of a tick number that choose the slot of a level.
const SLOT_BITS: u32 = 8;
const SLOTS: u32 = 1 << SLOT_BITS;
const LEVELS: u32 = 5;
const TICK_BITS: u32 = SLOT_BITS * LEVELS;
const TICK_MAX: u64 = (1 << TICK_BITS) - 1;

/// Lists have their heads in the same slab: one for each slot, one for what is due at once.
const DUE: u32 = LEVELS * SLOTS;
const SENTINELS: u32 = DUE + 1;

const DAY_NS: u64 = 86_400_000_000_000;
const _: () = assert!(
    TICK_MAX / (DAY_NS / TICK_NS) > 12_000,
    "the horizon is 34 years"
);

/// A timer that was set. It stays valid until the timer expires or is cancelled; a later use of it is
/// noticed, unless its place was used 2^24 times in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerId {
    node: NonZeroU32,
    generation: u32,
}

/// Timers of one thread, in ticks of [`TICK_NS`] or as given from the time of creation.
///
/// In: [`insert`](Self::insert), [`cancel`](Self::cancel), both in constant time. Out:
/// [`advance`](Self::advance), as often as the owner likes; timers expire when their deadline has
/// passed, never before, and at the latest with the first call that is a tick after it. They expire in
/// the order of their deadline's tick, within a tick in the order in which they were set. A
/// deadline that has passed already expires with the next `advance`, whatever its time. The owner
/// may sleep until [`next_deadline_ns`](Self::next_deadline_ns).
///
/// Deadlines more than 34 years after the creation come then. Once as many timers were set as are
/// ever set together, nothing is allocated any more.
#[derive(Debug)]
pub struct Wheel {
    origin_ns: u64,
    tick_ns: u64,
    /// All ticks up to this one have expired.
    tick: u64,
    lists: Lists,
    /// Which slots hold timers, by level.
    occupied: [Occupancy; LEVELS as usize],
}

impl Wheel {
    /// No timers; ticks count from `now_ns`.
    pub fn new(now_ns: u64) -> Self {
        Self::with_capacity(now_ns, 0)
    }

    /// No timers, and room for as many without allocating.
    pub fn with_capacity(now_ns: u64, timers: usize) -> Self {
        Self::with_tick(now_ns, TICK_NS, timers)
    }

    /// The same with ticks of another length, which must not be 0. The horizon is 2^40 ticks.
    pub fn with_tick(now_ns: u64, tick_ns: u64, timers: usize) -> Self {
        Self {
            origin_ns: now_ns,
            tick_ns: tick_ns.max(1),
            tick: 0,
            lists: Lists::new(SENTINELS, timers),
            occupied: [Occupancy::default(); LEVELS as usize],
        }
    }

    /// Sets a timer; `payload` is given back when it expires.
    ///
    /// # Panics
    /// With more than [`TIMERS_MAX`] timers.
    pub fn insert(&mut self, deadline_ns: u64, payload: u64) -> TimerId {
        let since = deadline_ns.saturating_sub(self.origin_ns);
        let tick = since.div_ceil(self.tick_ns).min(TICK_MAX);
        let head = if tick <= self.tick {
            DUE
        } else {
            self.head_for(tick)
        };
        let (node, generation) = self.lists.allocate(tick, payload);
        self.append(head, node.get());
        TimerId { node, generation }
    }

    /// Takes a timer back. False if it expired or was cancelled before.
    pub fn cancel(&mut self, id: TimerId) -> bool {
        let index = id.node.get();
        let current = self.lists.is_current(index, id.generation);
        if current {
            if let Some(emptied) = self.lists.unlink(index).filter(|&head| head != DUE) {
                self.clear(emptied);
            }
            self.lists.release(index);
        }
        current
    }

    /// Moves time on and appends the payloads of expired timers. Time that goes back is ignored.
    pub fn advance(&mut self, now_ns: u64, expired: &mut Vec<u64>) {
        let target = (now_ns.saturating_sub(self.origin_ns) / self.tick_ns).min(TICK_MAX);
        self.lists.drain(DUE, expired);
        while let Some((level, slot, tick)) = self.next_slot() {
            if tick > target {
                break;
            }
            self.tick = tick;
            let head = level * SLOTS + slot;
            self.clear(head);
            if level == 0 {
                self.lists.drain(head, expired);
            } else {
                self.cascade(head);
            }
        }
        self.tick = self.tick.max(target);
    }

    /// When [`advance`](Self::advance) has something to do next: the next deadline rounded up to a tick,
    /// or an earlier time at which timers only move closer; never later than a timer is due. `None` without
    /// timers.
    pub fn next_deadline_ns(&self) -> Option<u64> {
        let tick = if self.lists.is_empty(DUE) {
            self.next_slot()?.2
        } else {
            self.tick
        };
        Some(
            self.origin_ns
                .saturating_add(tick.saturating_mul(self.tick_ns)),
        )
    }

    /// Timers that are set.
    pub fn len(&self) -> usize {
        self.lists.len() as usize
    }

    /// No timer is set.
    pub fn is_empty(&self) -> bool {
        self.lists.len() == 0
    }

    /// The list for a tick that is not before the present one. The level is that of the highest digit in
    /// which both differ: below it a slot would mean another time, and as time cannot pass the slot
    /// without cascading it, the choice stays right.
    fn head_for(&self, tick: u64) -> u32 {
        let differing = (tick ^ self.tick) | 1;
        let level = differing.ilog2() / SLOT_BITS;
        level * SLOTS + digit(tick, level)
    }

    /// Level, slot and first tick of the slot that comes next.
    fn next_slot(&self) -> Option<(u32, u32, u64)> {
        // What lies on a level is due before everything on higher ones, for only higher digits differ there.
        (0..LEVELS).find_map(|level| {
            let from = digit(self.tick, level);
            let slot = self.occupied[level as usize].first_from(from)?;
            let above = (level + 1) * SLOT_BITS;
            let tick = (self.tick >> above << above) | (u64::from(slot) << (level * SLOT_BITS));
            Some((level, slot, tick))
        })
    }

    /// Moves the timers of a slot whose time has begun to lower levels, in order.
    fn cascade(&mut self, head: u32) {
        let mut rest = self.lists.take(head);
        while let Some((index, tick)) = self.lists.pop(&mut rest, head) {
            let lower = self.head_for(tick);
            self.append(lower, index);
        }
    }

    fn append(&mut self, head: u32, index: u32) {
        self.lists.append(head, index);
        if head != DUE {
            self.occupied[(head / SLOTS) as usize].set(head % SLOTS);
        }
    }

    fn clear(&mut self, head: u32) {
        self.occupied[(head / SLOTS) as usize].clear(head % SLOTS);
    }
}

/// The slot of a tick on a level.
fn digit(tick: u64, level: u32) -> u32 {
    (tick >> (level * SLOT_BITS)) as u32 % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn expired(wheel: &mut Wheel, now_ns: u64) -> Vec<u64> {
        let mut payloads = Vec::new();
        wheel.advance(now_ns, &mut payloads);
        payloads
    }

    #[test]
    fn a_timer_expires_with_the_first_tick_after_its_deadline() {
        let origin = 7;
        for (deadline, tick) in [
            (0, 0),
            (origin, 0),
            (origin + 1, 1),
            (origin + MS, 1),
            (origin + MS + 1, 2),
            (origin + 255 * MS, 255),
            (origin + 256 * MS, 256),
            (origin + 65_536 * MS - 5, 65_536),
            (origin + 50 * 86_400_000 * MS, 50 * 86_400_000),
        ] {
            let mut wheel = Wheel::new(origin);
            wheel.insert(deadline, 9);
            let due_ns = origin + tick * MS;
            if due_ns > origin {
                assert!(expired(&mut wheel, due_ns - 1).is_empty(), "{deadline}");
            }
            assert_eq!(wheel.len(), 1);
            assert_eq!(expired(&mut wheel, due_ns), [9], "{deadline}");
            assert!(wheel.is_empty());
        }
    }

    #[test]
    fn timers_expire_in_the_order_of_ticks_and_then_of_setting() {
        let mut wheel = Wheel::new(0);
        for (payload, ms) in [(0, 300), (1, 2), (2, 70_000), (3, 300), (4, 1), (5, 299)] {
            wheel.insert(ms * MS, payload);
        }
        assert_eq!(expired(&mut wheel, 2 * MS), [4, 1]);
        wheel.insert(300 * MS, 6);
        wheel.insert(MS, 7);
        assert_eq!(expired(&mut wheel, 100_000 * MS), [7, 5, 0, 3, 6, 2]);
    }

    #[test]
    fn a_cancelled_timer_never_expires_and_its_id_is_stale() {
        let mut wheel = Wheel::new(0);
        let first = wheel.insert(5 * MS, 1);
        let second = wheel.insert(5 * MS, 2);
        let late = wheel.insert(0, 3);
        assert!(wheel.cancel(first));
        assert!(!wheel.cancel(first));
        assert!(wheel.cancel(late));
        let reused = wheel.insert(6 * MS, 4);
        assert!(!wheel.cancel(late));
        assert_eq!(expired(&mut wheel, 10 * MS), [2, 4]);
        assert!(!wheel.cancel(second));
        assert!(!wheel.cancel(reused));
    }

    #[test]
    fn the_next_deadline_comes_closer_until_it_is_the_deadline() {
        let mut wheel = Wheel::new(0);
        assert_eq!(wheel.next_deadline_ns(), None);
        let deadline = 12_345_678 * MS;
        wheel.insert(deadline, 1);
        let mut turns = 0;
        let mut payloads = Vec::new();
        while let Some(next) = wheel.next_deadline_ns() {
            assert!(next <= deadline);
            wheel.advance(next, &mut payloads);
            turns += 1;
        }
        assert_eq!(payloads, [1]);
        assert!(turns <= LEVELS, "{turns}");
        wheel.insert(0, 2);
        assert_eq!(wheel.next_deadline_ns(), Some(deadline));
    }

    #[test]
    fn a_slot_is_forgotten_with_its_last_timer() {
        let mut wheel = Wheel::new(0);
        let ids: Vec<_> = (0..3).map(|_| wheel.insert(500 * MS, 0)).collect();
        for id in ids {
            assert!(wheel.next_deadline_ns().is_some());
            assert!(wheel.cancel(id));
        }
        assert_eq!(wheel.next_deadline_ns(), None);
    }

    #[test]
    fn a_deadline_beyond_the_horizon_does_not_come_early() {
        let mut wheel = Wheel::new(0);
        wheel.insert(u64::MAX, 1);
        assert!(expired(&mut wheel, TICK_MAX * TICK_NS - 1).is_empty());
        assert!(wheel.next_deadline_ns() <= Some(TICK_MAX * TICK_NS));
    }

    #[test]
    fn recycled_timers_take_no_new_place() {
        let mut wheel = Wheel::with_capacity(0, 100);
        for round in 0..1_000 {
            let ids: Vec<_> = (0..100)
                .map(|n| wheel.insert((round + n) * MS, n))
                .collect();
            for id in ids.into_iter().step_by(2) {
                wheel.cancel(id);
            }
            expired(&mut wheel, (round + 100) * MS);
        }
        assert_eq!(wheel.lists.room(), 100);
    }
}
