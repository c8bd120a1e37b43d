//! Memory of calls that is used again.

/// Buffers grow by that many bytes, so that numbers may become longer without moving them.
const GRAIN: usize = 64;

/// Puts bytes into a buffer in the place of what is there. It grows only as far as it must: a buffer
/// that doubled would waste most of its memory in each of many calls.
#[inline]
pub(super) fn keep(buffer: &mut Vec<u8>, bytes: &[u8]) {
    buffer.clear();
    if buffer.capacity() < bytes.len() {
        buffer.reserve_exact((bytes.len() + GRAIN / 4).next_multiple_of(GRAIN));
    }
    buffer.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_grows_by_little() {
        let mut buffer = Vec::new();
        keep(&mut buffer, &[1; 100]);
        assert_eq!((buffer.len(), buffer.capacity()), (100, 128));
        keep(&mut buffer, &[2; 128]);
        assert_eq!((buffer.len(), buffer.capacity()), (128, 128));
        keep(&mut buffer, &[3; 129]);
        assert_eq!((buffer.len(), buffer.capacity()), (129, 192));
    }
}
