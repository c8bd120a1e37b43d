//! Decimal numbers without allocating.

/// Digits of the longest number.
const DIGITS_MAX: usize = 20;

/// Appends a number in decimal.
#[inline]
pub(crate) fn push_decimal(out: &mut Vec<u8>, mut number: u64) {
    if number < 10 {
        out.push(b'0' + number as u8);
        return;
    }
    let length = number.ilog10() as usize + 1;
    let mut digits = [0_u8; DIGITS_MAX];
    for digit in digits[..length].iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
    // A length that is known here costs no call.
    let end = out.len() + length;
    out.extend_from_slice(&digits);
    out.truncate(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_without_leading_zeros() {
        for number in [
            0,
            7,
            9,
            10,
            11,
            99,
            100,
            999,
            1_000_000,
            u64::MAX - 1,
            u64::MAX,
        ] {
            let mut out = Vec::new();
            push_decimal(&mut out, number);
            assert_eq!(out, number.to_string().as_bytes());
        }
    }
}
