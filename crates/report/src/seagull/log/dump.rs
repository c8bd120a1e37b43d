//! Bytes as text.

use std::fmt::Write as _;

/// Bytes of one line of a dump.
pub(super) const ROW: usize = 16;

/// `31 40 `: pairs of hexadecimal digits, a blank after each.
pub(super) fn pairs(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(out, "{byte:02x} ");
    }
}

/// The bytes, with dots for those that cannot be printed.
pub(super) fn printable(out: &mut String, bytes: &[u8]) {
    out.extend(bytes.iter().map(|byte| match byte {
        0x20..=0x7e => char::from(*byte),
        _ => '.',
    }));
}
