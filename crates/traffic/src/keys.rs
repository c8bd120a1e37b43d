//! Which call a received message belongs to.

mod cells;

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use self::cells::{Cells, NONE};

pub use self::cells::KEY_CELLS_MAX;

/// Room in the table for each expected key: at half load hardly any removal leaves a mark behind that a
/// later clearing-up, which stops the shard, has to sweep.
const TABLE_ROOM: usize = 2;

/// The key belongs to another call already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key belongs to call {call} already")]
pub struct KeyTaken {
    /// The call that has the key.
    pub call: u32,
}

/// The keys of one call: kept in the call, and passed to the map with every change.
///
/// It is a handle, not a list: when it was passed to [`SessionMap::remove_all`], copies of it are void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyChain {
    first: u32,
}

impl KeyChain {
    /// No keys.
    pub const EMPTY: Self = Self { first: NONE };

    /// The call has no keys.
    pub fn is_empty(self) -> bool {
        self.first == NONE
    }
}

impl Default for KeyChain {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// Finds the call (by its number in the shard) by a key of any bytes on a channel; a call has any number
/// of keys, a key has one call.
///
/// Keys are copied in once, at about 85 bytes for a key of up to 46. Once as many keys were in as ever
/// are together, nothing is allocated any more. Keys come from the network, so the order of the table
/// depends on a seed that the owner draws at random.
#[derive(Debug)]
pub struct SessionMap {
    hash: FixedState,
    /// First cells of the keys.
    table: HashTable<u32>,
    cells: Cells,
}

impl SessionMap {
    /// No keys, and room for as many without allocating.
    pub fn with_capacity(keys: usize, seed: u64) -> Self {
        Self {
            hash: FixedState::with_seed(seed),
            table: HashTable::with_capacity(keys * TABLE_ROOM),
            cells: Cells::with_capacity(keys),
        }
    }

    /// The call that has the key on the channel.
    pub fn find(&self, channel: u16, key: &[u8]) -> Option<u32> {
        let first = *self.table.find(self.hash_of(channel, key), |&first| {
            self.cells.is(first, channel, key)
        })?;
        Some(self.cells.at(first).call)
    }

    /// Gives a key to a call. A key that the call has already stays as it is.
    ///
    /// # Panics
    /// With more than [`KEY_CELLS_MAX`] cells in use.
    pub fn insert(
        &mut self,
        channel: u16,
        key: &[u8],
        call: u32,
        chain: &mut KeyChain,
    ) -> Result<(), KeyTaken> {
        let hash = self.hash_of(channel, key);
        let present = self
            .table
            .find(hash, |&first| self.cells.is(first, channel, key));
        if let Some(&first) = present {
            let owner = self.cells.at(first).call;
            return if owner == call {
                Ok(())
            } else {
                Err(KeyTaken { call: owner })
            };
        }
        let first = self.cells.store(key);
        let cell = self.cells.at_mut(first);
        cell.call = call;
        cell.channel = channel;
        cell.sibling = chain.first;
        chain.first = first;
        let Self {
            hash: state,
            table,
            cells,
            ..
        } = self;
        table.insert_unique(hash, first, |&first| stored_hash(state, cells, first));
        Ok(())
    }

    /// Gives a call the key `new` in the place of `old`. If `new` belongs to another call, nothing changes; if
    /// `old` is no key of this call, `new` is just added.
    pub fn rekey(
        &mut self,
        channel: u16,
        old: &[u8],
        new: &[u8],
        call: u32,
        chain: &mut KeyChain,
    ) -> Result<(), KeyTaken> {
        self.insert(channel, new, call, chain)?;
        if old != new {
            self.remove(channel, old, chain);
        }
        Ok(())
    }

    /// Takes one key from a call. False if the call does not have it.
    pub fn remove(&mut self, channel: u16, key: &[u8], chain: &mut KeyChain) -> bool {
        let mut previous = NONE;
        let mut first = chain.first;
        while first != NONE && !self.cells.is(first, channel, key) {
            previous = first;
            first = self.cells.at(first).sibling;
        }
        if first == NONE {
            return false;
        }
        let sibling = self.cells.at(first).sibling;
        if previous == NONE {
            chain.first = sibling;
        } else {
            self.cells.at_mut(previous).sibling = sibling;
        }
        self.forget(first);
        true
    }

    /// Takes all keys from a call, as when it ends.
    pub fn remove_all(&mut self, chain: &mut KeyChain) {
        let mut first = std::mem::take(chain).first;
        while first != NONE {
            let sibling = self.cells.at(first).sibling;
            self.forget(first);
            first = sibling;
        }
    }

    /// Appends the bytes of the key that a call got last to `out`; nothing if it has none.
    pub fn copy_newest(&self, chain: KeyChain, out: &mut Vec<u8>) {
        if chain.is_empty() {
            return;
        }
        for piece in self.cells.pieces(chain.first) {
            out.extend_from_slice(piece);
        }
    }

    /// Keys of all calls.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// No call has a key.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    fn hash_of(&self, channel: u16, key: &[u8]) -> u64 {
        hash_pieces(&self.hash, channel, cells::pieces(key))
    }

    /// Removes a stored key from the table and frees its cells.
    fn forget(&mut self, first: u32) {
        let hash = stored_hash(&self.hash, &self.cells, first);
        let entry = self.table.find_entry(hash, |&stored| stored == first);
        debug_assert!(
            entry.is_ok(),
            "a key chain was used after its keys had gone"
        );
        if let Ok(entry) = entry {
            entry.remove();
            self.cells.free(first);
        }
    }
}

fn stored_hash(state: &FixedState, cells: &Cells, first: u32) -> u64 {
    hash_pieces(state, cells.at(first).channel, cells.pieces(first))
}

/// Always the same pieces, because bytes in other pieces have another hash.
fn hash_pieces<'a>(
    state: &FixedState,
    channel: u16,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> u64 {
    let mut hasher = state.build_hasher();
    hasher.write_u16(channel);
    for piece in pieces {
        hasher.write(piece);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: usize, len: usize) -> Vec<u8> {
        let mut key = format!("{n}-").into_bytes();
        key.resize(len.max(key.len()), b'k');
        key
    }

    #[test]
    fn a_key_finds_its_call_on_its_channel_only() {
        let mut map = SessionMap::with_capacity(4, 1);
        let mut chain = KeyChain::EMPTY;
        for len in [0, 1, 30, 45, 46, 47, 92, 93, 1_000, 70_000] {
            let key = vec![b'x'; len];
            map.insert(2, &key, 7, &mut chain).expect("free");
            assert_eq!(map.find(2, &key), Some(7), "{len}");
            assert_eq!(map.find(1, &key), None, "{len}");
            let mut other = key.clone();
            other.push(b'x');
            assert_eq!(map.find(2, &other), None, "{len}");
            if let Some(last) = other[..len].last_mut() {
                *last = b'y';
                assert_eq!(map.find(2, &other[..len]), None, "{len}");
            }
            map.remove_all(&mut chain);
            assert_eq!(map.find(2, &key), None, "{len}");
        }
        assert!(map.is_empty());
    }

    #[test]
    fn a_key_belongs_to_the_call_that_had_it_first() {
        let mut map = SessionMap::with_capacity(4, 1);
        let (mut one, mut two) = (KeyChain::EMPTY, KeyChain::EMPTY);
        assert_eq!(map.insert(0, b"a", 1, &mut one), Ok(()));
        assert_eq!(map.insert(0, b"a", 1, &mut one), Ok(()));
        let taken = Err(KeyTaken { call: 1 });
        assert_eq!(map.insert(0, b"a", 2, &mut two), taken);
        assert_eq!(map.insert(0, b"b", 2, &mut two), Ok(()));
        assert_eq!(map.rekey(0, b"b", b"a", 2, &mut two), taken);
        assert_eq!(map.find(0, b"b"), Some(2));
        assert!(!map.remove(0, b"a", &mut two));
        assert_eq!(map.len(), 2);
    }

    #[test]
    fn a_call_can_change_and_lose_single_keys() {
        let mut map = SessionMap::with_capacity(4, 1);
        let mut chain = KeyChain::EMPTY;
        for key in [b"a", b"b", b"c"] {
            map.insert(0, key, 5, &mut chain).expect("free");
        }
        map.rekey(0, b"b", b"d", 5, &mut chain).expect("free");
        map.rekey(0, b"d", b"d", 5, &mut chain).expect("its own");
        map.rekey(0, b"d", b"a", 5, &mut chain).expect("its own");
        map.rekey(0, b"unheard", b"e", 5, &mut chain).expect("free");
        let found = [b"a", b"b", b"c", b"d", b"e"].map(|key| map.find(0, key).is_some());
        assert_eq!(found, [true, false, true, false, true]);
        assert!(map.remove(0, b"a", &mut chain));
        map.remove_all(&mut chain);
        assert!(map.is_empty() && chain.is_empty());
    }

    #[test]
    fn recycled_keys_take_no_new_room() {
        let calls = 1_000;
        let mut map = SessionMap::with_capacity(4 * calls, 3);
        let table_room = map.table.capacity();

        let mut chains = vec![KeyChain::EMPTY; calls];
        for round in 0..50 {
            for (call, chain) in chains.iter_mut().enumerate() {
                map.remove_all(chain);
                for (channel, len) in [(0, 30), (1, 110)] {
                    let key = key(round * calls + call, len);
                    map.insert(channel, &key, call as u32, chain).expect("free");
                }
            }
            assert_eq!(map.len(), 2 * calls);
            for call in 0..calls {
                let key = key(round * calls + call, 110);
                assert_eq!(map.find(1, &key), Some(call as u32));
            }
        }
        assert_eq!(map.table.capacity(), table_room);
        // One cell for the short key of a call, three for the long one; one call changes at a time.
        assert_eq!(map.cells.room(), 4 * calls);
    }

    #[test]
    fn a_map_that_grows_keeps_its_keys() {
        let mut map = SessionMap::with_capacity(0, 9);
        let mut chains = vec![KeyChain::EMPTY; 5_000];
        for (call, chain) in chains.iter_mut().enumerate() {
            map.insert(3, &key(call, call % 200), call as u32, chain)
                .expect("free");
        }
        for call in 0..chains.len() {
            assert_eq!(map.find(3, &key(call, call % 200)), Some(call as u32));
        }
    }
}
