//! Bringing audio to 8 kHz.

use crate::codec::SAMPLE_RATE;

/// Resamples mono audio to [`SAMPLE_RATE`] with a windowed sinc that keeps
/// 0 to 3400 Hz and lets nothing fold back from above 4000 Hz.
pub(super) fn to_sample_rate(input: &[i16], rate: u32) -> Vec<i16> {
    if rate == SAMPLE_RATE {
        return input.to_vec();
    }
    let ratio = f64::from(rate) / f64::from(SAMPLE_RATE);
    let length = (input.len() as f64 / ratio).floor() as usize;
    // Cut-off in cycles per input sample; half the lower of the two rates, less
    // a transition band.
    let cutoff = 0.46 * (1.0 / ratio).min(1.0);
    let reach = (SINC_LOBES * ratio.max(1.0)).ceil() as i64;
    let last = input.len() as i64 - 1;
    (0..length)
        .map(|index| {
            let centre = index as f64 * ratio;
            let middle = centre.floor() as i64;
            let (mut sum, mut weights) = (0.0, 0.0);
            for at in (middle - reach + 1).max(0)..=(middle + reach).min(last) {
                let distance = at as f64 - centre;
                let weight = sinc(2.0 * cutoff * distance) * hann(distance / reach as f64);
                sum += weight * f64::from(input[at as usize]);
                weights += weight;
            }
            let sample = if weights == 0.0 { 0.0 } else { sum / weights };
            sample
                .round()
                .clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
        })
        .collect()
}

/// Half the length of the filter in samples of the lower rate.
const SINC_LOBES: f64 = 24.0;

fn sinc(x: f64) -> f64 {
    let x = x * std::f64::consts::PI;
    if x.abs() < 1e-9 { 1.0 } else { x.sin() / x }
}

fn hann(x: f64) -> f64 {
    0.5 + 0.5 * (x.clamp(-1.0, 1.0) * std::f64::consts::PI).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level_dbfs;

    fn sine(hz: f64, rate: u32) -> Vec<i16> {
        (0..rate)
            .map(|n| {
                let phase = std::f64::consts::TAU * hz * f64::from(n) / f64::from(rate);
                (10_000.0 * phase.sin()) as i16
            })
            .collect()
    }

    #[test]
    fn the_pass_band_keeps_its_level_and_the_stop_band_is_gone() {
        for rate in [16_000, 44_100, 48_000] {
            for (hz, kept) in [
                (300.0, true),
                (1000.0, true),
                (3300.0, true),
                (5000.0, false),
            ] {
                let input = sine(hz, rate);
                let output = to_sample_rate(&input, rate);
                assert!(output.len().abs_diff(8000) <= 1);
                let change = level_dbfs(&output[200..7800]) - level_dbfs(&input);
                if kept {
                    assert!(change.abs() < 0.5, "{hz} Hz from {rate}: {change} dB");
                } else {
                    assert!(change < -40.0, "{hz} Hz from {rate}: {change} dB");
                }
            }
        }
    }
}
