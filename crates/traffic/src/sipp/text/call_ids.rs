//! Call-IDs of calls that begin here.

use std::net::IpAddr;

use fastrand::Rng;

use crate::shard::push_decimal;
use crate::sipp::{CallIds, Settings, World};

/// Makes Call-IDs (RFC 3261 8.1.1.4).
#[derive(Debug, Clone)]
pub(in crate::sipp) struct CallIdMaker {
    form: Form,
    local_ip: Vec<u8>,
    pid: u32,
}

#[derive(Debug, Clone)]
enum Form {
    Pattern(Vec<Part>),
    Uuid { dashes: bool },
    Random,
    Timestamp,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Bytes(Vec<u8>),
    Number,
    Random,
}

/// Characters of a random Call-ID before the `@`.
const RANDOM_CHARS: usize = 32;

impl CallIdMaker {
    /// As the settings say.
    pub(in crate::sipp) fn new(settings: &Settings) -> Self {
        let facts = &settings.facts;
        let local_ip = facts.local_ip.to_string().into_bytes();
        let form = match &settings.call_ids {
            CallIds::Pattern(pattern) => {
                Form::Pattern(parts(pattern.as_bytes(), facts.pid, facts.local_ip))
            }
            CallIds::Uuid => Form::Uuid { dashes: true },
            CallIds::UuidCompact => Form::Uuid { dashes: false },
            CallIds::Random => Form::Random,
            CallIds::Timestamp => Form::Timestamp,
        };
        Self {
            form,
            local_ip,
            pid: facts.pid,
        }
    }

    /// Appends the Call-ID of call `number`.
    pub(in crate::sipp) fn make(
        &self,
        number: u64,
        rng: &mut Rng,
        world: &dyn World,
        out: &mut Vec<u8>,
    ) {
        match &self.form {
            Form::Pattern(parts) => {
                for part in parts {
                    match part {
                        Part::Bytes(bytes) => out.extend_from_slice(bytes),
                        Part::Number => push_decimal(out, number),
                        // As many values as C's `rand` has.
                        Part::Random => push_decimal(out, u64::from(rng.u32(..) >> 1)),
                    }
                }
            }
            Form::Uuid { dashes } => push_uuid(out, rng.u128(..), *dashes),
            Form::Random => {
                out.extend((0..RANDOM_CHARS).map(|_| rng.alphanumeric() as u8));
                self.push_host(out);
            }
            Form::Timestamp => {
                let (seconds, microseconds) = world.time_of_day();
                push_decimal(out, seconds);
                out.push(b'.');
                push_decimal(out, u64::from(microseconds));
                out.push(b'-');
                push_decimal(out, number);
                out.push(b'-');
                push_decimal(out, u64::from(self.pid));
                self.push_host(out);
            }
        }
    }

    fn push_host(&self, out: &mut Vec<u8>) {
        out.push(b'@');
        out.extend_from_slice(&self.local_ip);
    }
}

/// A UUID of version 4 (RFC 9562 5.4).
fn push_uuid(out: &mut Vec<u8>, random: u128, dashes: bool) {
    let number = random & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    for digit in 0..32 {
        if dashes && matches!(digit, 8 | 12 | 16 | 20) {
            out.push(b'-');
        }
        let value = number >> (124 - 4 * digit) & 0xf;
        out.push(b"0123456789abcdef"[value as usize]);
    }
}

/// `%u` call, `%p` process, `%s` address, `%r` random, `%%`; what follows another `%` stands as it
/// is.
fn parts(pattern: &[u8], pid: u32, local_ip: IpAddr) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = Vec::new();
    let mut rest = pattern.iter();
    while let Some(byte) = rest.next() {
        if *byte != b'%' {
            text.push(*byte);
            continue;
        }
        let special = match rest.next() {
            Some(b'u') => Part::Number,
            Some(b'r') => Part::Random,
            Some(b'p') => {
                push_decimal(&mut text, u64::from(pid));
                continue;
            }
            Some(b's') => {
                text.extend_from_slice(local_ip.to_string().as_bytes());
                continue;
            }
            Some(other) => {
                text.push(*other);
                continue;
            }
            None => {
                text.push(b'%');
                continue;
            }
        };
        parts.push(Part::Bytes(std::mem::take(&mut text)));
        parts.push(special);
    }
    parts.push(Part::Bytes(text));
    parts.retain(|part| *part != Part::Bytes(Vec::new()));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_taken_apart_once() {
        let bytes = |text: &str| Part::Bytes(text.as_bytes().to_vec());
        let cases = [
            ("%u-%p@%s", vec![Part::Number, bytes("-77@127.0.0.1")]),
            ("a%%b%r%", vec![bytes("a%b"), Part::Random, bytes("%")]),
            ("%x%u", vec![bytes("x"), Part::Number]),
            ("", vec![]),
        ];
        for (pattern, expected) in cases {
            let found = parts(pattern.as_bytes(), 77, IpAddr::from([127, 0, 0, 1]));
            assert_eq!(found, expected, "{pattern}");
        }
    }

    #[test]
    fn uuids_tell_their_version() {
        let mut out = Vec::new();
        push_uuid(&mut out, u128::MAX, true);
        out.push(b' ');
        push_uuid(&mut out, 0, false);
        assert_eq!(
            String::from_utf8_lossy(&out),
            "ffffffff-ffff-4fff-bfff-ffffffffffff 00000000000040008000000000000000"
        );
    }
}
