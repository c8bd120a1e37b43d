//! How long a text stays between two byte values.

#[cfg(target_arch = "x86_64")]
use super::vector::range_length as chunk_length;

/// How many leading bytes lie between `low` and `high`.
#[inline]
pub(super) fn range_length(text: &[u8], low: u8, high: u8) -> usize {
    let width = high - low;
    let (chunks, rest) = text.as_chunks::<16>();
    let mut length = 0;
    for chunk in chunks {
        let inside = chunk_length(chunk, low, width);
        length += inside;
        if inside < chunk.len() {
            return length;
        }
    }
    let strange = |byte: &u8| byte.wrapping_sub(low) > width;
    length + rest.iter().position(strange).unwrap_or(rest.len())
}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn chunk_length(chunk: &[u8; 16], low: u8, width: u8) -> usize {
    let strange = |byte: &u8| byte.wrapping_sub(low) > width;
    chunk.iter().position(strange).unwrap_or(chunk.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_stranger_ends_it_wherever_it_is() {
        for length in 0..50 {
            for strange in [b' ', b'~', 0, 0xff] {
                for place in 0..length {
                    let mut text = vec![b'!'; length];
                    text[length / 2] = b'}';
                    text[place] = strange;
                    assert_eq!(range_length(&text, b'!', b'}'), place);
                }
            }
            assert_eq!(range_length(&vec![b'a'; length], b'!', b'}'), length);
        }
    }
}
