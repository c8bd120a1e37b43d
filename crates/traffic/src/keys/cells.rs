//! The bytes of keys.

use std::slice::Chunks;

/// The most cells, hence (for keys of ordinary length) keys.
pub const KEY_CELLS_MAX: u32 = NONE - 1;

/// No cell.
pub(super) const NONE: u32 = u32::MAX;

/// Bytes of a key that a cell holds; longer keys take several cells.
const CELL_BYTES: usize = 46;

const _: () = assert!(
    size_of::<Cell>() == 64,
    "a key is compared within one cache line"
);

/// Keys, named by their first cell.
#[derive(Debug)]
pub(super) struct Cells {
    cells: Vec<Cell>,
    free: u32,
}

/// A key with its first bytes, further bytes of a key, or nothing.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Cell {
    pub(super) call: u32,
    /// The next key of the same call.
    pub(super) sibling: u32,
    /// The cell with further bytes; of a free cell the next free one.
    more: u32,
    /// Length of the whole key.
    len: u32,
    pub(super) channel: u16,
    bytes: [u8; CELL_BYTES],
}

/// A key as it is cut into cells.
pub(super) fn pieces(key: &[u8]) -> Chunks<'_, u8> {
    key.chunks(CELL_BYTES)
}

impl Cells {
    pub(super) fn with_capacity(cells: usize) -> Self {
        Self {
            cells: Vec::with_capacity(cells),
            free: NONE,
        }
    }

    pub(super) fn at(&self, index: u32) -> &Cell {
        &self.cells[index as usize]
    }

    pub(super) fn at_mut(&mut self, index: u32) -> &mut Cell {
        &mut self.cells[index as usize]
    }

    /// Whether a stored key is this one.
    pub(super) fn is(&self, first: u32, channel: u16, key: &[u8]) -> bool {
        let cell = self.at(first);
        if cell.channel != channel || cell.len as usize != key.len() {
            return false;
        }
        if key.len() <= CELL_BYTES {
            return cell.bytes[..key.len()] == *key;
        }
        pieces(key).eq(self.pieces(first))
    }

    /// The bytes of a stored key, cell by cell.
    pub(super) fn pieces(&self, first: u32) -> impl Iterator<Item = &[u8]> {
        let mut left = self.at(first).len as usize;
        let mut index = first;
        std::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            let cell = self.at(index);
            let piece = &cell.bytes[..left.min(CELL_BYTES)];
            left -= piece.len();
            index = cell.more;
            Some(piece)
        })
    }

    /// Copies the bytes of a key; the caller fills in the rest of the first cell.
    pub(super) fn store(&mut self, key: &[u8]) -> u32 {
        let len = u32::try_from(key.len()).expect("no message is that long");
        let mut more = NONE;
        // From behind, so that each cell knows the next one.
        for piece in pieces(key).skip(1).rev() {
            more = self.fill(piece, more);
        }
        let first = self.fill(&key[..key.len().min(CELL_BYTES)], more);
        self.at_mut(first).len = len;
        first
    }

    /// Takes the cells of a key back.
    pub(super) fn free(&mut self, first: u32) {
        let mut last = first;
        while self.at(last).more != NONE {
            last = self.at(last).more;
        }
        self.at_mut(last).more = self.free;
        self.free = first;
    }

    /// Cells that were ever in use.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.cells.len()
    }

    fn fill(&mut self, piece: &[u8], more: u32) -> u32 {
        let index = if self.free == NONE {
            let index = self.cells.len() as u32;
            assert!(index < KEY_CELLS_MAX, "more than {KEY_CELLS_MAX} key cells");
            self.cells.push(Cell {
                call: 0,
                sibling: NONE,
                more: NONE,
                len: 0,
                channel: 0,
                bytes: [0; CELL_BYTES],
            });
            index
        } else {
            let index = self.free;
            self.free = self.at(index).more;
            index
        };
        let cell = self.at_mut(index);
        cell.bytes[..piece.len()].copy_from_slice(piece);
        cell.more = more;
        index
    }
}
