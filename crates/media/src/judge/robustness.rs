//! What codecs do to speech, and how well they bear loss.

/// Equipment impairment and robustness against loss of a codec, on the narrow-band scale of the
/// E-model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Robustness {
    /// Equipment impairment factor Ie.
    pub ie: f64,
    /// Packet-loss robustness factor Bpl.
    pub bpl: f64,
}

/// The factors of the codec with this encoding name (RFC 3551 names, any case); `None` for
/// codecs of which none are known.
///
/// All assume that the receiver conceals lost packets, as telephones do. Known from ITU-T G.113
/// appendix I: PCMU and PCMA (0, 25.1), G.729 (10, 19), G.723 at 6.3 kbit/s (15, 16.1), G.726 at
/// 32 kbit/s (7), GSM (20).
/// Assumed: wide-band codecs are judged on the narrow-band scale, where none can be better than
/// G.711, so G.722 and L16 have Ie 0 and the robustness of G.711 with concealment; the wide-band
/// model (ITU-T G.107.1) would rate them higher, and scores would no longer compare. Opus has Ie 0
/// and Bpl 25.1 too, for lack of published factors; with its in-band error correction it would
/// bear more. G.726 and GSM, of which no Bpl is published, have the 10.0 of GSM-EFR.
pub fn robustness(encoding: &str) -> Option<Robustness> {
    let known = |(name, _): &&(&str, Robustness)| name.eq_ignore_ascii_case(encoding);
    TABLE.iter().find(known).map(|(_, factors)| *factors)
}

const fn factors(ie: f64, bpl: f64) -> Robustness {
    Robustness { ie, bpl }
}

const TABLE: [(&str, Robustness); 10] = [
    ("PCMU", factors(0.0, 25.1)),
    ("PCMA", factors(0.0, 25.1)),
    ("G722", factors(0.0, 25.1)),
    ("L16", factors(0.0, 25.1)),
    ("opus", factors(0.0, 25.1)),
    ("G729", factors(10.0, 19.0)),
    ("G723", factors(15.0, 16.1)),
    ("G726-32", factors(7.0, 10.0)),
    ("GSM", factors(20.0, 10.0)),
    ("GSM-EFR", factors(5.0, 10.0)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{EModel, mos};

    #[test]
    fn codecs_are_found_by_name_in_any_case() {
        assert_eq!(robustness("pcmu"), Some(factors(0.0, 25.1)));
        assert_eq!(robustness("OPUS").map(|factors| factors.ie), Some(0.0));
        assert_eq!(robustness("telephone-event"), None);
    }

    #[test]
    fn codecs_without_loss_have_their_known_scores() {
        // R is 93.2 less Ie: G.729 83.2, GSM 73.2.
        for (name, score) in [("PCMA", 4.41), ("G729", 4.14), ("GSM", 3.74)] {
            let ie = robustness(name).expect("in the table").ie;
            let model = EModel {
                ie,
                ..EModel::default()
            };
            let got = mos(model.rating());
            assert!((got - score).abs() < 0.01, "{name}: {got}");
        }
    }
}
