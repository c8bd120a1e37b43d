//! The measure of the timeline, which is the same for all codecs.

use std::time::Duration;

/// Units per second: all rates of codecs but 44100 Hz divide it.
pub(crate) const UNITS_PER_SECOND: u32 = 48_000;

/// Whole units in a time.
pub(crate) fn units_in(time: Duration) -> u64 {
    (time.as_nanos() * u128::from(UNITS_PER_SECOND) / 1_000_000_000) as u64
}

/// The time that units take.
pub(crate) fn duration_of(units: u64) -> Duration {
    // 10^9 / 48000 ns, in lowest terms.
    Duration::from_nanos(units * 62_500 / 3)
}

/// Where on the timeline so many samples of a rate end.
pub(crate) fn units_of(samples: i64, rate: u32) -> i64 {
    (samples * i64::from(UNITS_PER_SECOND)).div_euclid(i64::from(rate))
}

/// How many samples of a rate end at or before a place on the timeline.
pub(crate) fn samples_of(units: u64, rate: u32) -> u64 {
    units * u64::from(rate) / u64::from(UNITS_PER_SECOND)
}
