//! Octets that wait for room in the socket of one connection.

use std::collections::VecDeque;

/// Queues of this size go back to the system when they are empty.
const SPARE_QUEUE_BYTES_MAX: usize = 256 * 1024;
/// Empty queues that are kept for the next connection with something to send.
const SPARE_QUEUES_MAX: usize = 1024;

/// Octets that wait. It has memory only while there are some.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// From `sent` on.
    bytes: Vec<u8>,
    sent: usize,
    /// Where messages end that must not share a system call, as places in `bytes`. `None` when they
    /// may.
    ends: Option<VecDeque<usize>>,
}

impl Queue {
    /// A queue that keeps messages apart.
    pub(super) fn of_messages() -> Self {
        Self {
            ends: Some(VecDeque::new()),
            ..Self::default()
        }
    }

    pub(super) fn unsent_bytes(&self) -> usize {
        self.bytes.len() - self.sent
    }

    /// Adds all of a message, or, when that is more than may wait, nothing.
    pub(super) fn append(
        &mut self,
        parts: &[&[u8]],
        unsent_bytes_max: usize,
        spare: &mut Vec<Vec<u8>>,
    ) -> bool {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if self.unsent_bytes() + length > unsent_bytes_max {
            return false;
        }
        if self.bytes.capacity() == 0 {
            self.bytes = spare.pop().unwrap_or_default();
        }
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        if let Some(ends) = &mut self.ends
            && length > 0
        {
            ends.push_back(self.bytes.len());
        }
        true
    }

    /// What the next system call may take.
    pub(super) fn next(&self) -> &[u8] {
        let end = self.ends.as_ref().and_then(|ends| ends.front());
        &self.bytes[self.sent..end.copied().unwrap_or(self.bytes.len())]
    }

    /// So many of the next octets have left.
    pub(super) fn advance(&mut self, length: usize) {
        self.sent += length;
        if let Some(ends) = &mut self.ends {
            while ends.front().is_some_and(|end| *end <= self.sent) {
                ends.pop_front();
            }
        }
    }

    /// Forgets what waits.
    pub(super) fn clear(&mut self) {
        self.advance(self.unsent_bytes());
    }

    /// Moves what waits to the front once more has left than waits.
    pub(super) fn tidy(&mut self) {
        if self.sent <= self.bytes.len() / 2 {
            return;
        }
        self.bytes.drain(..self.sent);
        for end in self.ends.iter_mut().flatten() {
            *end -= self.sent;
        }
        self.sent = 0;
    }

    /// Gives the memory of an empty queue back.
    pub(super) fn give_back(&mut self, spare: &mut Vec<Vec<u8>>) {
        let mut bytes = std::mem::take(&mut self.bytes);
        self.sent = 0;
        let keep = bytes.capacity() > 0 && bytes.capacity() <= SPARE_QUEUE_BYTES_MAX;
        if keep && spare.len() < SPARE_QUEUES_MAX {
            bytes.clear();
            spare.push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: usize = 1 << 20;

    #[test]
    fn messages_join_or_stay_apart() {
        let mut spare = Vec::new();
        for (mut queue, expected) in [
            (Queue::default(), vec!["abcdef"]),
            (Queue::of_messages(), vec!["abc", "def"]),
        ] {
            queue.append(&[b"a", b"bc"], MANY, &mut spare);
            queue.append(&[], MANY, &mut spare);
            queue.append(&[b"def"], MANY, &mut spare);
            let mut taken = Vec::new();
            while queue.unsent_bytes() > 0 {
                let piece = String::from_utf8_lossy(queue.next()).into_owned();
                queue.advance(piece.len());
                queue.tidy();
                taken.push(piece);
            }
            assert_eq!(taken, expected);
        }
    }

    #[test]
    fn what_is_cut_by_the_system_goes_on_where_it_was_cut() {
        let mut queue = Queue::of_messages();
        let mut spare = Vec::new();
        queue.append(&[b"0123456789"], MANY, &mut spare);
        queue.append(&[b"xy"], MANY, &mut spare);
        queue.advance(7);
        queue.tidy();
        assert_eq!(queue.next(), b"789");
        queue.advance(3);
        assert_eq!(queue.next(), b"xy");
        queue.clear();
        queue.give_back(&mut spare);
        assert_eq!(
            (queue.unsent_bytes(), queue.next(), spare.len()),
            (0, &b""[..], 1)
        );
        assert!(!queue.append(&[b"long"], 3, &mut spare));
    }
}
