//! Memory of calls that is used again.

/// Sizes of buffers are a multiple of that many bytes, with what the allocator writes before each.
const GRAIN: usize = 32;

/// What an allocator commonly takes for itself.
const HEAD: usize = 8;

/// Larger buffers stay where they are.
const EXCHANGED_MAX: usize = 4_096;

/// So many buffers of one size wait for their next use; more are given back to the system.
const WAITING_MAX: usize = 16_384;

/// Buffers that wait for their next use, by size.
///
/// A call keeps an INVITE for an instant and a short ACK for minutes: with many open calls it matters
/// that the memory of the one does not stay with the other.
#[derive(Debug)]
pub(super) struct Buffers {
    waiting: Vec<Vec<Vec<u8>>>,
}

impl Default for Buffers {
    fn default() -> Self {
        Self {
            waiting: vec![Vec::new(); class(EXCHANGED_MAX) + 1],
        }
    }
}

impl Buffers {
    /// Puts bytes into a buffer in the place of what is there. The buffer is exchanged for one of the
    /// size of the bytes.
    #[inline]
    pub(super) fn keep(&mut self, buffer: &mut Vec<u8>, bytes: &[u8]) {
        if class(bytes.len()) != class(buffer.capacity()) {
            self.exchange(buffer, bytes.len());
        }
        buffer.clear();
        buffer.extend_from_slice(bytes);
    }

    fn exchange(&mut self, buffer: &mut Vec<u8>, length: usize) {
        if buffer.capacity() > EXCHANGED_MAX && length > 0 {
            buffer.clear();
            buffer.reserve_exact(length);
            return;
        }
        let old = std::mem::take(buffer);
        if let Some(waiting) = self.waiting.get_mut(class(old.capacity()))
            && waiting.len() < WAITING_MAX
            && old.capacity() > 0
        {
            waiting.push(old);
        }
        if length == 0 {
            return;
        }
        let waiting = self.waiting.get_mut(class(length));
        *buffer = waiting
            .and_then(Vec::pop)
            .unwrap_or_else(|| Vec::with_capacity(class(length) * GRAIN - HEAD));
    }
}

/// Buffers of one class have the same size.
#[inline]
fn class(length: usize) -> usize {
    if length == 0 {
        0
    } else {
        (length + HEAD).div_ceil(GRAIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_has_the_size_of_what_it_holds_and_its_memory_goes_round() {
        let mut buffers = Buffers::default();
        let (mut one, mut two) = (Vec::new(), Vec::new());
        buffers.keep(&mut one, &[1; 600]);
        assert_eq!((one.len(), one.capacity()), (600, 600));
        let place = one.as_ptr();
        buffers.keep(&mut one, &[2; 300]);
        assert_eq!((one.len(), one.capacity()), (300, 312));
        buffers.keep(&mut two, &[3; 590]);
        assert_eq!((two.as_ptr(), two.len()), (place, 590));
        buffers.keep(&mut two, &[4; 577]);
        assert_eq!((two.as_ptr(), &two[..]), (place, &[4; 577][..]));
        buffers.keep(&mut one, &[]);
        assert_eq!((one.len(), one.capacity()), (0, 0));
    }

    #[test]
    fn a_large_buffer_stays() {
        let mut buffers = Buffers::default();
        let mut buffer = Vec::new();
        buffers.keep(&mut buffer, &[1; 10_000]);
        let room = buffer.capacity();
        buffers.keep(&mut buffer, &[1; 100]);
        assert_eq!((buffer.len(), buffer.capacity()), (100, room));
        buffers.keep(&mut buffer, &vec![1; 20_000]);
        assert_eq!(buffer.len(), 20_000);
        buffers.keep(&mut buffer, &[]);
        assert_eq!(buffer.capacity(), 0);
    }
}
