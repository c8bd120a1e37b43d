//! Patterns of random identifiers: `{hex:8}-{hex:8}@{ip}`.

use std::fmt;
use std::net::IpAddr;

use super::template::{Part, split};

/// RFC 3261 19.3 asks for at least 32 bits of randomness in tags; Call-IDs and branches need no
/// less.
const RANDOM_BITS_MIN: u32 = 32;

/// How an identifier looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// Characters of this alphabet, that many.
    Random(&'static [u8], u32),
    /// The phone's address.
    Ip,
    /// The same with letters for digits: A for 0, B for 1.
    IpLetters,
}

const HEX: &[u8] = b"0123456789abcdef";
const DECIMAL: &[u8] = b"0123456789";
const ALPHANUMERIC: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Longest run of one placeholder.
const RUN_MAX: u32 = 128;

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum PatternError {
    #[error(
        "unknown placeholder {{{0}}}: expected {{hex:N}}, {{dec:N}}, {{alnum:N}}, {{ip}} or {{ip:letters}}"
    )]
    Placeholder(String),
    #[error("placeholder {{{0}}} needs a length from 1 to {RUN_MAX}")]
    Length(String),
    #[error("{{ip}} may stand in a Call-ID only")]
    Ip,
    #[error("character {0:?} may not stand in this identifier")]
    Character(char),
    #[error("expected at least {RANDOM_BITS_MIN} random bits, these are {0}")]
    TooFewBits(u32),
}

impl Pattern {
    /// Reads a pattern. `call_id` allows what only Call-IDs may have (RFC 3261 25.1, `word`).
    pub(super) fn parse(text: &str, call_id: bool) -> Result<Self, PatternError> {
        let mut pieces = Vec::new();
        for part in split(text) {
            pieces.push(match part {
                Part::Text(text) => {
                    if let Some(bad) = text.chars().find(|c| !may_stand(*c, call_id)) {
                        return Err(PatternError::Character(bad));
                    }
                    Piece::Text(text.to_owned())
                }
                Part::Braces("ip") if call_id => Piece::Ip,
                Part::Braces("ip:letters") if call_id => Piece::IpLetters,
                Part::Braces("ip" | "ip:letters") => return Err(PatternError::Ip),
                Part::Braces(name) => random(name)?,
            });
        }
        let bits: f64 = pieces.iter().map(Piece::bits).sum();
        if bits < f64::from(RANDOM_BITS_MIN) {
            return Err(PatternError::TooFewBits(bits as u32));
        }
        Ok(Self {
            text: text.to_owned(),
            pieces,
        })
    }

    /// Makes an identifier.
    pub(crate) fn make(&self, rng: &mut fastrand::Rng, ip: Option<IpAddr>) -> String {
        let written = ip.map(|ip| ip.to_string()).unwrap_or_default();
        let length = |piece: &Piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Random(_, count) => *count as usize,
            Piece::Ip | Piece::IpLetters => written.len(),
        };
        // Identifiers are kept: no room beyond their characters.
        let mut out = String::with_capacity(self.pieces.iter().map(length).sum());
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Random(alphabet, count) => {
                    out.extend(
                        (0..*count).map(|_| char::from(alphabet[rng.usize(..alphabet.len())])),
                    );
                }
                Piece::Ip => out.push_str(&written),
                Piece::IpLetters => out.extend(ip.map(lettered)),
            }
        }
        out
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Piece {
    fn bits(&self) -> f64 {
        match self {
            Self::Random(alphabet, count) => (alphabet.len() as f64).log2() * f64::from(*count),
            Self::Text(_) | Self::Ip | Self::IpLetters => 0.0,
        }
    }
}

/// An address with letters for its decimal digits.
pub(super) fn lettered(ip: IpAddr) -> String {
    let letter = |c: char| match c.to_digit(10) {
        Some(digit) => char::from(b'A' + digit as u8),
        None => c,
    };
    ip.to_string().chars().map(letter).collect()
}

fn random(name: &str) -> Result<Piece, PatternError> {
    let unknown = || PatternError::Placeholder(name.to_owned());
    let (kind, length) = name.split_once(':').ok_or_else(unknown)?;
    let alphabet = match kind {
        "hex" => HEX,
        "dec" => DECIMAL,
        "alnum" => ALPHANUMERIC,
        _ => return Err(unknown()),
    };
    let length = length
        .parse()
        .ok()
        .filter(|length| (1..=RUN_MAX).contains(length));
    length
        .map(|length| Piece::Random(alphabet, length))
        .ok_or_else(|| PatternError::Length(name.to_owned()))
}

/// Token characters, and for Call-IDs `@` too (RFC 3261 25.1).
const fn may_stand(character: char, call_id: bool) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(
            character,
            '-' | '.' | '!' | '%' | '*' | '_' | '+' | '`' | '\'' | '~'
        )
        || call_id && character == '@'
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn identifiers_follow_their_pattern() {
        let pattern = Pattern::parse("0_{dec:10}-{hex:4}@{ip}", true).expect("valid");
        let mut rng = fastrand::Rng::with_seed(1);
        let made = pattern.make(&mut rng, Some(Ipv4Addr::new(10, 0, 0, 1).into()));
        let (digits, rest) = made
            .strip_prefix("0_")
            .and_then(|r| r.split_once('-'))
            .expect("form");
        assert!(digits.len() == 10 && digits.bytes().all(|b| b.is_ascii_digit()));
        let hex = rest.strip_suffix("@10.0.0.1").expect("address");
        assert!(hex.len() == 4 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(made, pattern.make(&mut rng, None));
        let letters = Pattern::parse("{dec:10}@{ip:letters}", true).expect("valid");
        let made = letters.make(&mut rng, Some(Ipv4Addr::new(192, 168, 0, 1).into()));
        assert!(made.ends_with("@BJC.BGI.A.B"), "{made}");
    }

    #[test]
    fn weak_and_wrong_patterns_are_refused() {
        let cases = [
            ("", PatternError::TooFewBits(0)),
            ("{hex:7}", PatternError::TooFewBits(28)),
            ("{hxe:8}", PatternError::Placeholder("hxe:8".into())),
            ("{hex}", PatternError::Placeholder("hex".into())),
            ("{hex:0}", PatternError::Length("hex:0".into())),
            ("{hex:9999}", PatternError::Length("hex:9999".into())),
            ("{hex:16}@{ip}", PatternError::Character('@')),
            ("{hex:16}{ip}", PatternError::Ip),
            ("{hex:16};", PatternError::Character(';')),
        ];
        for (text, expected) in cases {
            assert_eq!(Pattern::parse(text, false), Err(expected), "{text}");
        }
    }
}
