//! Circular lists of timers in one slab.

use std::num::NonZeroU32;

use super::{TICK_BITS, TIMERS_MAX};

const GENERATION_BITS: u32 = u64::BITS - TICK_BITS;
const GENERATION_MASK: u64 = (1 << GENERATION_BITS) - 1;

/// End of the list of free nodes; never a node that is free, for it is a head.
const NO_NODE: u32 = 0;

const _: () = assert!(size_of::<Node>() == 24, "a million timers cost 24 MB");

/// A fixed number of lists, named by their heads: the first nodes of the slab.
#[derive(Debug)]
pub(super) struct Lists {
    nodes: Vec<Node>,
    free: u32,
    len: u32,
}

/// A timer, a free place, or the head of a list.
#[derive(Debug, Clone, Copy)]
struct Node {
    payload: u64,
    /// Tick of the deadline above the generation, which changes when the node is freed.
    stamp: u64,
    next: u32,
    previous: u32,
}

impl Node {
    fn generation(&self) -> u32 {
        (self.stamp & GENERATION_MASK) as u32
    }
}

impl Lists {
    /// Empty lists, and room for so many timers.
    pub(super) fn new(heads: u32, timers: usize) -> Self {
        let mut nodes = Vec::with_capacity(heads as usize + timers);
        nodes.extend((0..heads).map(|head| Node {
            payload: 0,
            stamp: 0,
            next: head,
            previous: head,
        }));
        Self {
            nodes,
            free: NO_NODE,
            len: 0,
        }
    }

    /// Timers in all lists.
    pub(super) fn len(&self) -> u32 {
        self.len
    }

    pub(super) fn is_empty(&self, head: u32) -> bool {
        self.nodes[head as usize].next == head
    }

    /// Whether a node still is what it was when it had that generation.
    pub(super) fn is_current(&self, index: u32, generation: u32) -> bool {
        let node = self.nodes.get(index as usize);
        node.is_some_and(|node| node.generation() == generation)
    }

    /// A node that is in no list yet, and its generation.
    pub(super) fn allocate(&mut self, tick: u64, payload: u64) -> (NonZeroU32, u32) {
        let index = if self.free == NO_NODE {
            assert!(self.len < TIMERS_MAX, "more than {TIMERS_MAX} timers");
            self.nodes.push(Node {
                payload: 0,
                stamp: 0,
                next: NO_NODE,
                previous: NO_NODE,
            });
            (self.nodes.len() - 1) as u32
        } else {
            self.free
        };
        let node = &mut self.nodes[index as usize];
        if index == self.free {
            self.free = node.next;
        }
        let generation = node.generation();
        node.payload = payload;
        node.stamp = (tick << GENERATION_BITS) | u64::from(generation);
        self.len += 1;
        let index = NonZeroU32::new(index).expect("node 0 is the head of a list");
        (index, generation)
    }

    /// Makes the place of a timer free, and its generation stale.
    pub(super) fn release(&mut self, index: u32) {
        let free = self.free;
        let node = &mut self.nodes[index as usize];
        node.stamp = u64::from(node.generation().wrapping_add(1)) & GENERATION_MASK;
        node.next = free;
        self.free = index;
        self.len -= 1;
    }

    /// Puts a node at the end of a list.
    pub(super) fn append(&mut self, head: u32, index: u32) {
        let last = self.nodes[head as usize].previous;
        let node = &mut self.nodes[index as usize];
        node.next = head;
        node.previous = last;
        self.nodes[last as usize].next = index;
        self.nodes[head as usize].previous = index;
    }

    /// Takes a node out of its list. Gives the head if the list is empty now.
    pub(super) fn unlink(&mut self, index: u32) -> Option<u32> {
        let Node { next, previous, .. } = self.nodes[index as usize];
        self.nodes[previous as usize].next = next;
        self.nodes[next as usize].previous = previous;
        // Both neighbours are one node only if that is the head.
        (next == previous).then_some(next)
    }

    /// Empties a list; its first node, from which [`pop`](Self::pop) goes on.
    pub(super) fn take(&mut self, head: u32) -> u32 {
        let node = &mut self.nodes[head as usize];
        let first = node.next;
        node.next = head;
        node.previous = head;
        first
    }

    /// The next node of a list that was taken, with its tick. Until it
    /// has been gone through, nothing may be appended to that list.
    pub(super) fn pop(&self, rest: &mut u32, head: u32) -> Option<(u32, u64)> {
        let index = *rest;
        let node = &self.nodes[index as usize];
        *rest = node.next;
        (index != head).then_some((index, node.stamp >> GENERATION_BITS))
    }

    /// Empties a list, appends its payloads in order and frees its nodes.
    pub(super) fn drain(&mut self, head: u32, payloads: &mut Vec<u64>) {
        let mut rest = self.take(head);
        while let Some((index, _)) = self.pop(&mut rest, head) {
            payloads.push(self.nodes[index as usize].payload);
            self.release(index);
        }
    }

    /// Timers that were ever set together.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.nodes.len() - super::SENTINELS as usize
    }
}
