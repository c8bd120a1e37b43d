//! Wallclock time as sender reports write it.

use std::time::Duration;

/// Seconds from the NTP epoch (1900) to the Unix epoch (1970), RFC 5905 6.
const UNIX_EPOCH_S: u64 = 2_208_988_800;

/// The NTP timestamp of a time since the Unix epoch: seconds in the upper 32 bits, 2^-32 seconds in
/// the lower ones (RFC 3550 4). It begins again at 0 in 2036, as NTP does.
pub const fn ntp_timestamp(since_unix_epoch: Duration) -> u64 {
    let fraction = ((since_unix_epoch.subsec_nanos() as u64) << 32) / 1_000_000_000;
    ((since_unix_epoch.as_secs() + UNIX_EPOCH_S) << 32) | fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_count_from_1900_in_parts_of_two_to_the_32nd() {
        for (since_unix_epoch, expected) in [
            (Duration::ZERO, 2_208_988_800 << 32),
            (Duration::from_millis(1500), (2_208_988_801 << 32) | 1 << 31),
            // 2036-02-07 06:28:16 UTC, where era 1 begins (RFC 5905 6, figure 4).
            (Duration::from_secs(2_085_978_496), 0),
        ] {
            assert_eq!(ntp_timestamp(since_unix_epoch), expected);
        }
    }
}
