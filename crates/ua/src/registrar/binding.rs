//! One binding of an address-of-record to a contact.

use std::net::SocketAddr;
use std::time::Instant;

/// A preference in thousandths, as the `q` parameter of Contact says it (RFC 3261 20.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Q(u16);

impl Q {
    /// The greatest preference, also that of a contact without `q`.
    pub const MAX: Self = Self(1000);

    /// A preference of so many thousandths; `None` above 1000.
    pub fn from_thousandths(thousandths: u16) -> Option<Self> {
        (thousandths <= Self::MAX.0).then_some(Self(thousandths))
    }

    /// Reads `qvalue`: 0 or 1 with up to three decimals (RFC 3261 25.1).
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = decimals.bytes().all(|octet| octet.is_ascii_digit());
        if !matches!(whole, "0" | "1") || decimals.len() > 3 || !digits {
            return None;
        }
        format!("{whole}{decimals:0<3}")
            .parse()
            .ok()
            .and_then(Self::from_thousandths)
    }

    /// The preference in thousandths.
    pub fn thousandths(self) -> u16 {
        self.0
    }
}

/// The shortest `qvalue`: `0.5`, `1`.
impl std::fmt::Display for Q {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.0 / 1000, self.0 % 1000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let decimals = format!("{rest:03}");
        write!(f, "{whole}.{}", decimals.trim_end_matches('0'))
    }
}

/// Where a REGISTER came from, so that requests can go back the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Source {
    /// The address that it was received from.
    pub received: Option<SocketAddr>,
    /// The connection or socket, numbered by the transport (RFC 5626 2.1 "flow").
    pub flow: Option<u64>,
}

/// A binding, as RFC 3261 10.3 has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The contact URI as text.
    pub contact: String,
    /// The `+sip.instance` parameter (RFC 5626 4.1).
    pub instance_id: Option<String>,
    /// The `reg-id` parameter, only ever together with an instance (RFC 5626 6).
    pub reg_id: Option<u32>,
    /// The preference; `None` if the contact has none.
    pub q: Option<Q>,
    /// When the binding ends.
    pub expires_at: Instant,
    /// The Call-ID of the last REGISTER that concerned the binding.
    pub call_id: String,
    /// The CSeq number of that REGISTER.
    pub cseq: u32,
    /// Where that REGISTER came from.
    pub source: Source,
    /// Path header field values of that REGISTER, topmost first (RFC 3327).
    pub path: Vec<String>,
    /// Counts the updates of the whole table: the greater, the more recent.
    pub updated: u64,
}

impl Binding {
    /// Whole seconds left, for the `expires` parameter of the response; at least 1 as long as
    /// the binding lasts.
    pub fn expires_in(&self, now: Instant) -> u32 {
        let left = self.expires_at.saturating_duration_since(now);
        let rounded = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        u32::try_from(rounded).unwrap_or(u32::MAX)
    }

    /// The preference for routing; without `q`, the greatest.
    pub fn preference(&self) -> Q {
        self.q.unwrap_or(Q::MAX)
    }

    /// Instance and reg-id, if the binding is a flow of RFC 5626.
    pub(super) fn outbound_key(&self) -> Option<(&str, u32)> {
        Some((self.instance_id.as_deref()?, self.reg_id?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qvalues_of_the_grammar_are_read_and_written() {
        let table = [
            ("0", Some((0, "0"))),
            ("1", Some((1000, "1"))),
            ("1.000", Some((1000, "1"))),
            ("0.5", Some((500, "0.5"))),
            ("0.25", Some((250, "0.25"))),
            ("0.007", Some((7, "0.007"))),
            ("0.", Some((0, "0"))),
            ("1.001", None),
            ("0.1234", None),
            (".5", None),
            ("2", None),
            ("0.-1", None),
            ("", None),
        ];
        for (text, expected) in table {
            let q = Q::parse(text);
            let found = q.map(|q| (q.thousandths(), q.to_string()));
            let expected = expected.map(|(value, text)| (value, text.to_owned()));
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
