//! What a request may order.

use serde::Deserialize;

/// The highest rate that can be ordered, in calls per second.
const RATE_MAX: f64 = 10_000_000.0;
/// The longest ramp, in seconds.
const RAMP_S_MAX: f64 = 86_400.0;

/// What a request orders: `{"action": "rate", "rate": 100}`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(tag = "action", rename_all = "lowercase", deny_unknown_fields)]
pub enum WebOrder {
    /// A new rate.
    Rate {
        /// Calls per second.
        rate: f64,
    },
    /// A new rate that is reached step by step.
    Ramp {
        /// Calls per second at its end.
        to: f64,
        /// How long it takes, in seconds.
        over_s: f64,
    },
    /// No new calls for now.
    Pause,
    /// New calls again.
    Resume,
    /// No new calls, and an end when the open ones have ended; a second time: an end now.
    Stop,
}

impl WebOrder {
    /// Reads an order.
    ///
    /// # Errors
    /// It is none, in words.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let order: Self = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let is_rate = |rate: f64| rate.is_finite() && (0.0..=RATE_MAX).contains(&rate);
        let is_good = match order {
            Self::Rate { rate } => is_rate(rate),
            Self::Ramp { to, over_s } => {
                is_rate(to) && over_s.is_finite() && (0.0..=RAMP_S_MAX).contains(&over_s)
            }
            Self::Pause | Self::Resume | Self::Stop => true,
        };
        is_good.then_some(order).ok_or_else(|| {
            format!("a rate is from 0 to {RATE_MAX} calls per second, a ramp up to {RAMP_S_MAX} s")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_and_nothing_else() {
        let read = |text: &str| WebOrder::read(text.as_bytes());
        assert_eq!(
            read(r#"{"action":"rate","rate":50}"#),
            Ok(WebOrder::Rate { rate: 50.0 })
        );
        assert_eq!(
            read(r#"{"action":"ramp","to":100,"over_s":2.5}"#),
            Ok(WebOrder::Ramp {
                to: 100.0,
                over_s: 2.5
            })
        );
        assert_eq!(read(r#"{"action":"pause"}"#), Ok(WebOrder::Pause));
        for wrong in [
            "",
            "{",
            "[]",
            "null",
            r#"{"action":"explode"}"#,
            r#"{"action":"rate"}"#,
            r#"{"action":"rate","rate":-1}"#,
            r#"{"action":"rate","rate":1e99}"#,
            r#"{"action":"rate","rate":"50"}"#,
            r#"{"action":"ramp","to":5,"over_s":1e9}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
