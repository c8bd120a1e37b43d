//! The E-model of ITU-T G.107: what a connection does to speech, as one rating.

/// The parameters of a connection. The default has those of ITU-T G.107 table 2, an
/// unimpaired G.711 call, which is rated 93.2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EModel {
    /// Send loudness rating, dB.
    pub slr: f64,
    /// Receive loudness rating, dB.
    pub rlr: f64,
    /// Sidetone masking rating, dB.
    pub stmr: f64,
    /// Listener sidetone rating, dB.
    pub lstr: f64,
    /// D-value of the telephone at the sending side.
    pub d_send: f64,
    /// Talker echo loudness rating, dB.
    pub telr: f64,
    /// Weighted echo path loss, dB.
    pub wepl: f64,
    /// Mean one-way delay of the echo path, ms.
    pub echo_delay_ms: f64,
    /// Round-trip delay in a four-wire loop, ms.
    pub loop_delay_ms: f64,
    /// Absolute one-way delay, ms.
    pub delay_ms: f64,
    /// Quantisation distortion units.
    pub qdu: f64,
    /// Equipment impairment factor of the codec (ITU-T G.113).
    pub ie: f64,
    /// Robustness of the codec against packet loss (ITU-T G.113).
    pub bpl: f64,
    /// Lost packets, percent.
    pub loss_percent: f64,
    /// Mean length of a burst of losses over that of random loss; 1 for random loss.
    pub burst_ratio: f64,
    /// Circuit noise at the 0 dBr point, dBm0p.
    pub circuit_noise: f64,
    /// Noise floor at the receiving side, dBmp.
    pub noise_floor: f64,
    /// Room noise at the sending side, dB(A).
    pub room_noise_send: f64,
    /// Room noise at the receiving side, dB(A).
    pub room_noise_receive: f64,
    /// Advantage factor: what users forgive for a convenience.
    pub advantage: f64,
}

impl Default for EModel {
    fn default() -> Self {
        Self {
            slr: 8.0,
            rlr: 2.0,
            stmr: 15.0,
            lstr: 18.0,
            d_send: 3.0,
            telr: 65.0,
            wepl: 110.0,
            echo_delay_ms: 0.0,
            loop_delay_ms: 0.0,
            delay_ms: 0.0,
            qdu: 1.0,
            ie: 0.0,
            bpl: 4.3,
            loss_percent: 0.0,
            burst_ratio: 1.0,
            circuit_noise: -70.0,
            noise_floor: -64.0,
            room_noise_send: 35.0,
            room_noise_receive: 35.0,
            advantage: 0.0,
        }
    }
}

impl EModel {
    /// The transmission rating R, 0 (unusable) to 93.2 with the default parameters and more with
    /// better ones: `R = Ro - Is - Id - Ie,eff + A` (ITU-T G.107 7.1).
    pub fn rating(&self) -> f64 {
        let noise = self.noise();
        let basic = 15.0 - 1.5 * (self.slr + noise);
        let listener_echo = self.listener_echo(basic);
        let delay = self.talker_echo(noise) + listener_echo + delay_impairment(self.delay_ms);
        basic - self.simultaneous(basic, noise) - delay - self.equipment_impairment()
            + self.advantage
    }

    /// The effective equipment impairment: what the codec does, and what loss does to the codec
    /// (ITU-T G.107 7.5).
    pub fn equipment_impairment(&self) -> f64 {
        if self.loss_percent <= 0.0 {
            return self.ie;
        }
        let burst_ratio = self.burst_ratio.max(f64::MIN_POSITIVE);
        self.ie
            + (95.0 - self.ie) * self.loss_percent / (self.loss_percent / burst_ratio + self.bpl)
    }

    fn overall_loudness(&self) -> f64 {
        self.slr + self.rlr
    }

    /// All noise, as noise at the 0 dBr point (ITU-T G.107 7.2).
    fn noise(&self) -> f64 {
        let send = self.room_noise_send - self.slr - self.d_send - 100.0
            + 0.004 * (self.room_noise_send - self.overall_loudness() - self.d_send - 14.0).powi(2);
        let effective = self.room_noise_receive + 10.0 * (1.0 + from_db(10.0 - self.lstr)).log10();
        let receive = self.rlr - 121.0 + effective + 0.008 * (effective - 35.0).powi(2);
        let floor = self.noise_floor + self.rlr;
        let sum: f64 = [self.circuit_noise, send, receive, floor]
            .map(from_db)
            .iter()
            .sum();
        10.0 * sum.log10()
    }

    /// What happens together with the voice: loudness, sidetone, quantisation (ITU-T G.107 7.3).
    fn simultaneous(&self, basic: f64, noise: f64) -> f64 {
        let loudness = (self.overall_loudness() + 0.2 * (64.0 + noise - self.rlr)) / 8.0;
        let too_loud = 20.0 * ((1.0 + loudness.powi(8)).powf(1.0 / 8.0) - loudness);
        let q = 37.0 - 15.0 * self.qdu.log10();
        let g = 1.07 + 0.258 * q + 0.0602 * q * q;
        let y = (basic - 100.0) / 15.0 + 46.0 / 8.4 - g / 9.0;
        let z = 46.0 / 30.0 - g / 40.0;
        let quantisation = 15.0 * (1.0 + 10.0_f64.powf(y) + 10.0_f64.powf(z)).log10();
        too_loud + self.sidetone() + quantisation
    }

    fn sidetone(&self) -> f64 {
        let echo = (-self.echo_delay_ms / 4.0).exp() * from_db(-self.telr);
        let masking = -10.0 * (from_db(-self.stmr) + echo).log10();
        let root = |base: f64, power: i32| (1.0 + base.powi(power)).powf(1.0 / f64::from(power));
        12.0 * root((masking - 13.0) / 6.0, 8)
            - 28.0 * root((masking + 1.0) / 19.4, 35)
            - 13.0 * root((masking - 3.0) / 33.0, 13)
            + 29.0
    }

    /// Hearing oneself late (ITU-T G.107 7.4).
    fn talker_echo(&self, noise: f64) -> f64 {
        let delay = self.echo_delay_ms;
        let mut loudness = self.telr
            - 40.0 * ((1.0 + delay / 10.0) / (1.0 + delay / 150.0)).log10()
            + 6.0 * (-0.3 * delay * delay).exp();
        if self.stmr < 9.0 {
            loudness += self.sidetone() / 2.0;
        }
        let without = -1.5 * (noise - self.rlr);
        let with = 80.0 + 2.5 * (loudness - 14.0);
        let half = (without - with) / 2.0;
        let impairment = (half + (half * half + 100.0).sqrt() - 1.0) * (1.0 - (-delay).exp());
        if self.stmr > 20.0 {
            impairment.hypot(self.sidetone())
        } else {
            impairment
        }
    }

    /// Hearing the other twice (ITU-T G.107 7.4).
    fn listener_echo(&self, basic: f64) -> f64 {
        let with = 10.5 * (self.wepl + 7.0) * (self.loop_delay_ms + 1.0).powf(-0.25);
        let half = (basic - with) / 2.0;
        half + (half * half + 169.0).sqrt()
    }
}

/// What delay alone does, even with perfect echo cancelling: nothing up to 100 ms (ITU-T G.107
/// 7.4, with the default sensitivity to delay).
pub fn delay_impairment(delay_ms: f64) -> f64 {
    if delay_ms <= 100.0 {
        return 0.0;
    }
    let x = (delay_ms / 100.0).log2();
    let root = |x: f64| (1.0 + x.powi(6)).powf(1.0 / 6.0);
    25.0 * (root(x) - 3.0 * root(x / 3.0) + 2.0)
}

/// The mean opinion score of a rating, 1 to 4.5 (ITU-T G.107 annex B).
pub fn mos(rating: f64) -> f64 {
    if rating <= 0.0 {
        1.0
    } else if rating >= 100.0 {
        4.5
    } else {
        let score = 1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6;
        // The curve dips below its own floor for ratings up to 6.5.
        score.max(1.0)
    }
}

fn from_db(level: f64) -> f64 {
    10.0_f64.powf(level / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn near(got: f64, expected: f64, tolerance: f64) {
        assert!((got - expected).abs() <= tolerance, "{got}, not {expected}");
    }

    #[test]
    fn the_default_parameters_are_rated_as_published() {
        // ITU-T G.107: "the default values result in R = 93.2", MOS 4.41.
        let rating = EModel::default().rating();
        near(rating, 93.2, 0.05);
        near(mos(rating), 4.41, 0.005);
    }

    #[test]
    fn ratings_become_the_published_scores() {
        // ITU-T G.107 table B.1.
        for (rating, score) in [
            (90.0, 4.34),
            (80.0, 4.03),
            (70.0, 3.60),
            (60.0, 3.10),
            (50.0, 2.58),
        ] {
            near(mos(rating), score, 0.01);
        }
        near(mos(-5.0), 1.0, 0.0);
        near(mos(3.0), 1.0, 0.0);
        near(mos(120.0), 4.5, 0.0);
    }

    #[test]
    fn loss_impairs_g729a_with_vad_as_the_table_of_g113_says() {
        // ITU-T G.113 appendix I: Ie of G.729A + VAD by percent of loss; Ie 11, Bpl 19.
        for (loss_percent, published) in [
            (0.0, 11.0),
            (0.5, 13.0),
            (1.0, 15.0),
            (1.5, 17.0),
            (2.0, 19.0),
            (3.0, 23.0),
            (4.0, 26.0),
            (8.0, 36.0),
            (16.0, 49.0),
        ] {
            let model = EModel {
                ie: 11.0,
                bpl: 19.0,
                loss_percent,
                ..EModel::default()
            };
            near(model.equipment_impairment(), published, 0.6);
        }
    }

    #[test]
    fn loss_impairs_g711_by_its_robustness_and_by_bursts() {
        let model = |bpl, loss_percent, burst_ratio| EModel {
            bpl,
            loss_percent,
            burst_ratio,
            ..EModel::default()
        };
        // Without concealment one percent costs much more than with it (ITU-T G.113: Bpl 4.3
        // and 25.1).
        near(model(4.3, 1.0, 1.0).equipment_impairment(), 17.92, 0.01);
        near(model(25.1, 1.0, 1.0).equipment_impairment(), 3.64, 0.01);
        near(model(25.1, 5.0, 1.0).equipment_impairment(), 15.78, 0.01);
        // 95 x 5 / (5 / 2 + 25.1)
        near(model(25.1, 5.0, 2.0).equipment_impairment(), 17.21, 0.01);
        near(model(25.1, 0.0, 2.0).equipment_impairment(), 0.0, 0.0);
    }

    #[test]
    fn delay_costs_nothing_up_to_100_ms_and_much_from_300() {
        near(delay_impairment(99.0), 0.0, 0.0);
        near(delay_impairment(150.0), 0.16, 0.01);
        near(delay_impairment(200.0), 3.04, 0.01);
        near(delay_impairment(300.0), 14.76, 0.01);
        near(delay_impairment(500.0), 30.64, 0.01);
        let echo = EModel {
            echo_delay_ms: 200.0,
            loop_delay_ms: 400.0,
            delay_ms: 200.0,
            ..EModel::default()
        };
        near(echo.rating(), 85.8, 0.05);
    }
}
