//! Numbers in cells: `%d` and its relatives.

use std::io::Write;

/// Digits that a number is filled up to.
const WIDTH_MAX: usize = 256;

/// A pattern at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Pattern {
    /// Bytes of the pattern.
    length: usize,
    /// Filled up at the end instead of the start.
    is_left: bool,
    /// Filled up with zeros.
    has_zeros: bool,
    /// Characters at least.
    width: usize,
    /// Digits at least.
    digits: Option<usize>,
}

/// Appends the cell to `out`, with the number in the place of its patterns.
pub(super) fn render(cell: &[u8], number: i64, out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'%', &cell[at..]) {
        out.extend_from_slice(&cell[at..at + found]);
        at += found;
        if cell[at..].starts_with(b"%%") {
            out.push(b'%');
            at += 2;
        } else if let Ok(pattern) = pattern(&cell[at..]) {
            pattern.write(number, out);
            at += pattern.length;
        } else {
            out.push(b'%');
            at += 1;
        }
    }
    out.extend_from_slice(&cell[at..]);
}

/// The place of the first `%` that begins no pattern.
pub(super) fn fault(cell: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'%', &cell[at..]) {
        at += found;
        if cell[at..].starts_with(b"%%") {
            at += 2;
        } else {
            match pattern(&cell[at..]) {
                Ok(pattern) => at += pattern.length,
                Err(()) => return Some(at),
            }
        }
    }
    None
}

fn pattern(text: &[u8]) -> Result<Pattern, ()> {
    let mut found = Pattern::default();
    let mut digits: Option<usize> = None;
    for (at, byte) in text.iter().enumerate().skip(1) {
        match byte {
            b'd' => {
                found.length = at + 1;
                found.digits = digits;
                return Ok(found);
            }
            b'-' if digits.is_none() => found.is_left = true,
            b'.' if digits.is_none() => digits = Some(0),
            b'0' if digits.is_none() && found.width == 0 => found.has_zeros = true,
            b'0'..=b'9' => {
                let value = digits.as_mut().unwrap_or(&mut found.width);
                *value = (*value * 10 + usize::from(byte - b'0')).min(WIDTH_MAX);
            }
            _ => return Err(()),
        }
    }
    Err(())
}

impl Pattern {
    fn write(&self, number: i64, out: &mut Vec<u8>) {
        let mut buffer = [0; 20];
        let mut rest = &mut buffer[..];
        // 20 digits hold any number of 64 bits.
        let written = write!(rest, "{}", number.unsigned_abs());
        let left = if written.is_ok() { rest.len() } else { 20 };
        let digits = &buffer[..20 - left];
        let sign = usize::from(number < 0);
        let mut zeros = self.digits.unwrap_or_default().saturating_sub(digits.len());
        if self.has_zeros && !self.is_left && self.digits.is_none() {
            zeros = self.width.saturating_sub(digits.len() + sign);
        }
        let blanks = self.width.saturating_sub(digits.len() + sign + zeros);
        let fill = |count: usize, byte: u8, out: &mut Vec<u8>| out.resize(out.len() + count, byte);
        if !self.is_left {
            fill(blanks, b' ', out);
        }
        fill(sign, b'-', out);
        fill(zeros, b'0', out);
        out.extend_from_slice(digits);
        if self.is_left {
            fill(blanks, b' ', out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_by_printf() {
        let cases = [
            ("user%d", 7, "user7"),
            ("%05d@x", 42, "00042@x"),
            ("%5d|%-5d|", 42, "   42|42   |"),
            ("%.4d|%6.3d|%-6.3d|", 7, "0007|   007|007   |"),
            ("%05d|%.3d|%4d", -7, "-0007|-007|  -7"),
            ("100%%|%%d", 1, "100%|%d"),
            ("no", 1, "no"),
            ("%d", i64::MIN, "-9223372036854775808"),
        ];
        for (cell, number, expected) in cases {
            let mut out = Vec::new();
            render(cell.as_bytes(), number, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected, "{cell}");
            assert_eq!(fault(cell.as_bytes()), None, "{cell}");
        }
    }

    #[test]
    fn other_patterns_are_faults_and_stay() {
        for (cell, at) in [("a%s", 1), ("%", 0), ("%d%5", 2), ("%5x", 0), ("%.3.3d", 0)] {
            assert_eq!(fault(cell.as_bytes()), Some(at), "{cell}");
        }
        let mut out = Vec::new();
        render(b"%s %d", 3, &mut out);
        assert_eq!(out, b"%s 3");
    }
}
