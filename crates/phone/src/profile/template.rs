//! Texts with placeholders for facts of the device: `{vendor} {model}/{firmware}`.

use std::fmt;

/// A text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Fact(Fact),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    Vendor,
    Model,
    Firmware,
    Mac,
    MacUpper,
}

/// The placeholders, as written between braces.
pub(super) const PLACEHOLDERS: [&str; 5] = ["vendor", "model", "firmware", "mac", "MAC"];

/// What placeholders stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) vendor: &'a str,
    pub(crate) model: &'a str,
    pub(crate) firmware: &'a str,
    pub(crate) mac: [u8; 6],
}

impl Template {
    /// Reads a text; `Err` holds the unknown placeholder.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let pieces = split(text)
            .map(|piece| match piece {
                Part::Text(text) => Ok(Piece::Text(text.to_owned())),
                Part::Braces(name) => fact(name).map(Piece::Fact).ok_or_else(|| name.to_owned()),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            text: text.to_owned(),
            pieces,
        })
    }

    /// A text without placeholders.
    pub(super) fn plain(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            pieces: vec![Piece::Text(text.to_owned())],
        }
    }

    pub(crate) fn fill(&self, facts: &Facts<'_>) -> String {
        let fill = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Fact(Fact::Vendor) => facts.vendor.to_owned(),
            Piece::Fact(Fact::Model) => facts.model.to_owned(),
            Piece::Fact(Fact::Firmware) => facts.firmware.to_owned(),
            Piece::Fact(Fact::Mac) => mac_digits(facts.mac),
            Piece::Fact(Fact::MacUpper) => mac_digits(facts.mac).to_uppercase(),
        };
        self.pieces.iter().map(fill).collect()
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn fact(name: &str) -> Option<Fact> {
    Some(match name {
        "vendor" => Fact::Vendor,
        "model" => Fact::Model,
        "firmware" => Fact::Firmware,
        "mac" => Fact::Mac,
        "MAC" => Fact::MacUpper,
        _ => return None,
    })
}

/// Twelve lower-case hexadecimal digits.
pub(crate) fn mac_digits(mac: [u8; 6]) -> String {
    let number = mac
        .iter()
        .fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
    format!("{number:012x}")
}

/// A part of a text with braces.
pub(super) enum Part<'a> {
    /// Text outside braces; also an opening brace that is never closed.
    Text(&'a str),
    /// What stands between braces.
    Braces(&'a str),
}

pub(super) fn split(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(inside) = rest.strip_prefix('{')
            && let Some((name, after)) = inside.split_once('}')
        {
            rest = after;
            return Some(Part::Braces(name));
        }
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest[first..].find('{').map_or(rest.len(), |at| at + first);
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Part::Text(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts<'_> = Facts {
        vendor: "V",
        model: "M",
        firmware: "1.2",
        mac: [2, 0, 0xab, 0, 0, 0x1f],
    };

    #[test]
    fn placeholders_are_filled_in() {
        let filled = |text: &str| Template::parse(text).expect(text).fill(&FACTS);
        assert_eq!(filled("{vendor} {model}/{firmware}"), "V M/1.2");
        assert_eq!(filled("x{mac}{MAC}{"), "x0200ab00001f0200AB00001F{");
        assert_eq!(filled(""), "");
    }

    #[test]
    fn unknown_placeholders_are_named() {
        assert_eq!(Template::parse("a {modle} b"), Err("modle".to_owned()));
    }
}
