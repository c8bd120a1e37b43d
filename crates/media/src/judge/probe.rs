//! A sound that is found again exactly.

use std::time::Duration;

use crate::codec::{SAMPLE_RATE, samples_in};

/// A sweep from 400 to 3000 Hz of this length: it is like itself at one place only.
pub fn sweep(length: Duration) -> Vec<i16> {
    let count = samples_in(length, SAMPLE_RATE);
    let seconds = count as f64 / f64::from(SAMPLE_RATE);
    let slope = (HIGHEST_HZ - LOWEST_HZ) / seconds.max(f64::MIN_POSITIVE);
    let sample = |n: u64| {
        let time = n as f64 / f64::from(SAMPLE_RATE);
        let turns = (LOWEST_HZ + slope * time / 2.0) * time;
        (AMPLITUDE * (std::f64::consts::TAU * turns).sin()) as i16
    };
    (0..count).map(sample).collect()
}

const LOWEST_HZ: f64 = 400.0;
const HIGHEST_HZ: f64 = 3000.0;
/// -10 dBFS.
const AMPLITUDE: f64 = 10_362.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Reference;

    #[test]
    fn a_sweep_is_found_to_the_sample_in_other_sound() {
        let sweep = sweep(Duration::from_millis(500));
        let reference = Reference::new(&sweep).expect("audible");
        let mark: Vec<i16> = (0..9000)
            .map(|n| (4000.0 * (f64::from(n) * 0.7).sin()) as i16)
            .collect();
        let heard = [&mark[..3210], &sweep, &mark].concat();
        let likeness = reference.compare(&heard).expect("enough");
        assert_eq!((likeness.from, likeness.to), (3210, 3210 + sweep.len()));
        assert!(likeness.score > 0.99);
    }
}
