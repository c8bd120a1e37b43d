//! What a certificate speaks for: the TNAuthList extension (RFC 8226 9).

use std::fmt;

use thiserror::Error;
use x509_parser::asn1_rs::{Any, Class, FromDer, Ia5String, Sequence};

use crate::claims::canonical_number;

/// 1.3.6.1.5.5.7.1.26 (RFC 8226 9).
pub(crate) const TN_AUTH_LIST_OID: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 1, 26];

/// The longest number of RFC 8226 9.
const NUMBER_DIGITS_MAX: usize = 15;

/// More entries than any certificate needs.
const ENTRIES_MAX: usize = 10_000;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TnEntry {
    /// A service provider, by its code: for all numbers that it has.
    Spc(String),
    /// So many numbers from a first one on.
    Range {
        /// The first number.
        start: String,
        /// How many, 2 or more.
        count: u64,
    },
    /// One number.
    One(String),
}

/// The entries of the extension, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TnAuthList {
    /// At least one in a certificate.
    pub entries: Vec<TnEntry>,
}

/// Why octets or texts are no TNAuthList.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TnAuthListError {
    /// The DER cannot be read.
    #[error("the TNAuthList is not in DER as RFC 8226 9 has it")]
    Der,
    /// There is no entry, or there are too many.
    #[error("a TNAuthList has 1 to {ENTRIES_MAX} entries, not {0}")]
    Count(usize),
    /// A number is empty, too long or has other characters than digits, `#` and `*`.
    #[error("`{0}` is not a telephone number of 1 to 15 digits")]
    Number(String),
    /// A service provider code is empty or has characters beyond ASCII.
    #[error("`{0}` is not a service provider code")]
    Spc(String),
    /// A range of one number or none.
    #[error("a range has 2 numbers or more, not {0}")]
    RangeOf(u64),
}

impl TnAuthList {
    /// Reads the value of the extension.
    pub fn from_der(der: &[u8]) -> Result<Self, TnAuthListError> {
        let (rest, list) = Sequence::from_der(der).map_err(|_| TnAuthListError::Der)?;
        let mut left: &[u8] = &list.content;
        let mut entries = Vec::new();
        if !rest.is_empty() {
            return Err(TnAuthListError::Der);
        }
        while !left.is_empty() {
            let (rest, any) = Any::from_der(left).map_err(|_| TnAuthListError::Der)?;
            entries.push(entry(&any)?);
            left = rest;
            if entries.len() > ENTRIES_MAX {
                return Err(TnAuthListError::Count(entries.len()));
            }
        }
        let read = Self { entries };
        read.check()?;
        Ok(read)
    }

    /// Writes the value of the extension, whatever the entries hold: a tester may want a wrong one.
    pub fn to_der(&self) -> Vec<u8> {
        let entries = self.entries.iter().map(|entry| match entry {
            TnEntry::Spc(code) => tlv(0xa0, &tlv(IA5, code.as_bytes())),
            TnEntry::Range { start, count } => {
                let mut range = tlv(IA5, start.as_bytes());
                range.extend(tlv(INTEGER, &integer(*count)));
                tlv(0xa1, &tlv(SEQUENCE, &range))
            }
            TnEntry::One(number) => tlv(0xa2, &tlv(IA5, number.as_bytes())),
        });
        tlv(SEQUENCE, &entries.flatten().collect::<Vec<u8>>())
    }

    /// Whether all entries are as RFC 8226 9 wants them.
    pub fn check(&self) -> Result<(), TnAuthListError> {
        if self.entries.is_empty() || self.entries.len() > ENTRIES_MAX {
            return Err(TnAuthListError::Count(self.entries.len()));
        }
        self.entries.iter().try_for_each(|entry| match entry {
            TnEntry::Spc(code) if code.is_empty() || !code.is_ascii() => {
                Err(TnAuthListError::Spc(code.clone()))
            }
            TnEntry::Spc(_) => Ok(()),
            TnEntry::Range { count, .. } if *count < 2 => Err(TnAuthListError::RangeOf(*count)),
            TnEntry::Range { start: number, .. } | TnEntry::One(number) => {
                let plain = canonical_number(number).as_ref() == Some(number);
                if plain && number.len() <= NUMBER_DIGITS_MAX {
                    Ok(())
                } else {
                    Err(TnAuthListError::Number(number.clone()))
                }
            }
        })
    }

    /// Whether it speaks for a number in canonical form. A service provider code speaks for all numbers:
    /// which ones the provider has stands in no certificate.
    pub fn covers(&self, number: &str) -> bool {
        self.entries.iter().any(|entry| match entry {
            TnEntry::Spc(_) => true,
            TnEntry::One(one) => one == number,
            TnEntry::Range { start, count } => in_range(number, start, *count),
        })
    }

    /// The codes of the service providers.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| match entry {
            TnEntry::Spc(code) => Some(code.as_str()),
            _ => None,
        })
    }
}

impl fmt::Display for TnEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spc(code) => write!(f, "service provider {code}"),
            Self::Range { start, count } => write!(f, "{count} numbers from {start}"),
            Self::One(number) => write!(f, "number {number}"),
        }
    }
}

const IA5: u8 = 0x16;
const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;

/// Numbers of a range have as many digits as the first one.
fn in_range(number: &str, start: &str, count: u64) -> bool {
    if number.len() != start.len() {
        return false;
    }
    match (number.parse::<u64>(), start.parse::<u64>()) {
        (Ok(number), Ok(start)) => number >= start && number - start < count,
        // With `#` or `*` there is nothing to count.
        _ => number == start,
    }
}

fn entry(any: &Any<'_>) -> Result<TnEntry, TnAuthListError> {
    let bad = |_| TnAuthListError::Der;
    let text = |der| -> Result<(&[u8], String), TnAuthListError> {
        let (rest, text) = Ia5String::from_der(der).map_err(bad)?;
        Ok((rest, text.string()))
    };
    let whole = |(rest, text): (&[u8], String)| {
        let whole = rest.is_empty().then_some(text);
        whole.ok_or(TnAuthListError::Der)
    };
    if any.class() != Class::ContextSpecific || !any.header.is_constructed() {
        return Err(TnAuthListError::Der);
    }
    match any.tag().0 {
        0 => whole(text(any.data)?).map(TnEntry::Spc),
        1 => {
            let (rest, range) = Sequence::from_der(any.data).map_err(bad)?;
            let (start_rest, start) = text(&range.content)?;
            let (_, count) = u64::from_der(start_rest).map_err(bad)?;
            let range = TnEntry::Range { start, count };
            // What follows the count is for later versions (RFC 8226 9).
            rest.is_empty().then_some(range).ok_or(TnAuthListError::Der)
        }
        2 => whole(text(any.data)?).map(TnEntry::One),
        _ => Err(TnAuthListError::Der),
    }
}

pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let octets = length.to_be_bytes();
        let first = octets.iter().position(|octet| *octet != 0).unwrap_or(0);
        out.push(0x80 | (octets.len() - first) as u8);
        out.extend(&octets[first..]);
    }
    out.extend(content);
    out
}

/// The shortest form of two's complement (X.690 8.3).
fn integer(value: u64) -> Vec<u8> {
    let octets = value.to_be_bytes();
    let first = octets.iter().position(|octet| *octet != 0).unwrap_or(7);
    let mut out = octets[first..].to_vec();
    if out[0] & 0x80 != 0 {
        out.insert(0, 0);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[TnEntry]) -> TnAuthList {
        TnAuthList {
            entries: entries.to_vec(),
        }
    }

    #[test]
    fn the_code_of_the_atis_examples_has_their_octets() {
        let list = list(&[TnEntry::Spc("709J".into())]);
        let der = [0x30, 0x08, 0xa0, 0x06, 0x16, 0x04, b'7', b'0', b'9', b'J'];
        assert_eq!(list.to_der(), der);
        assert_eq!(TnAuthList::from_der(&der), Ok(list));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let many = (0..200).map(|at| TnEntry::One(format!("1215555{at:04}")));
        for list in [
            list(&[
                TnEntry::One("12155551212".into()),
                TnEntry::Range {
                    start: "12155550000".into(),
                    count: 200,
                },
                TnEntry::Spc("1234".into()),
            ]),
            list(&many.collect::<Vec<_>>()),
        ] {
            assert_eq!(TnAuthList::from_der(&list.to_der()), Ok(list));
        }
    }

    #[test]
    fn ranges_end_where_they_end() {
        let list = list(&[TnEntry::Range {
            start: "12155550100".into(),
            count: 100,
        }]);
        for (number, covered) in [
            ("12155550099", false),
            ("12155550100", true),
            ("12155550199", true),
            ("12155550200", false),
            ("2155550150", false),
            ("012155550150", false),
        ] {
            assert_eq!(list.covers(number), covered, "{number}");
        }
    }

    #[test]
    fn wrong_entries_and_octets_are_refused() {
        for entry in [
            TnEntry::One(String::new()),
            TnEntry::One("+12155551212".into()),
            TnEntry::One("1234567890123456".into()),
            TnEntry::Spc(String::new()),
            TnEntry::Range {
                start: "1".into(),
                count: 1,
            },
        ] {
            let der = list(std::slice::from_ref(&entry)).to_der();
            assert!(TnAuthList::from_der(&der).is_err(), "{entry}");
        }
        let good = list(&[TnEntry::Spc("709J".into())]).to_der();
        for cut in 0..good.len() {
            assert!(TnAuthList::from_der(&good[..cut]).is_err(), "{cut}");
        }
        assert_eq!(
            TnAuthList::from_der(&[0x30, 0]),
            Err(TnAuthListError::Count(0))
        );
        assert_eq!(
            TnAuthList::from_der(&[&good[..], &[0]].concat()),
            Err(TnAuthListError::Der)
        );
    }
}
