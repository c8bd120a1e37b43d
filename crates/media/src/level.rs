//! Levels of audio.

/// Audio below this level counts as silence. The quantisation noise of G.711
/// at rest is below -69 dBFS, quiet speech above -45.
pub const SILENCE_DBFS: f32 = -50.0;

/// The lowest level that is told; digital silence has it too.
pub(crate) const FLOOR_DBFS: f32 = -96.0;

/// Level of `samples` in dBFS: root mean square against a sine of full scale.
/// -96 for digital silence and for no samples.
pub fn level_dbfs(samples: &[i16]) -> f32 {
    let energy: f64 = samples
        .iter()
        .map(|&sample| f64::from(sample).powi(2))
        .sum();
    energy_dbfs(energy, samples.len())
}

/// Level of `count` samples with this sum of squares.
pub(crate) fn energy_dbfs(energy: f64, count: usize) -> f32 {
    if count == 0 || energy <= 0.0 {
        return FLOOR_DBFS;
    }
    let full_scale_sine = f64::from(i16::MAX).powi(2) / 2.0;
    let level = 10.0 * (energy / count as f64 / full_scale_sine).log10();
    (level as f32).max(FLOOR_DBFS)
}

/// Peak amplitude of a sine of this level.
pub(crate) fn sine_amplitude(level_dbfs: f32) -> f64 {
    f64::from(i16::MAX) * 10.0_f64.powf(f64::from(level_dbfs) / 20.0)
}
