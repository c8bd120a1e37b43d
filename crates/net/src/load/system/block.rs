//! Memory that the kernel is given the address of.

use std::ptr::NonNull;

/// A fixed array on the heap that is reached through a raw pointer only, so that no reference
/// claims it while a structure for the kernel points into it.
#[derive(Debug)]
pub(super) struct Block<T> {
    start: NonNull<T>,
    length: usize,
}

impl<T> Block<T> {
    pub(super) fn new(values: Box<[T]>) -> Self {
        let length = values.len();
        let start = NonNull::new(Box::into_raw(values).cast()).expect("a box is not null");
        Self { start, length }
    }

    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The address of one value.
    pub(super) fn at(&self, index: usize) -> *mut T {
        assert!(
            index < self.length,
            "a block of {} has no {index}",
            self.length
        );
        // SAFETY: inside the allocation, as just asserted.
        unsafe { self.start.as_ptr().add(index) }
    }

    pub(super) fn get(&self, index: usize) -> &T {
        // SAFETY: a valid value of the allocation, which lives as long as `self`. It changes only
        // through `&mut self`: by `get_mut` or by a system call of its owner.
        unsafe { &*self.at(index) }
    }

    pub(super) fn get_mut(&mut self, index: usize) -> &mut T {
        // SAFETY: as in `get`; `&mut self` keeps others away.
        unsafe { &mut *self.at(index) }
    }

    /// `length` values from `start` on.
    pub(super) fn slice(&self, start: usize, length: usize) -> &[T] {
        assert!(start <= self.length && length <= self.length - start);
        // SAFETY: as in `get`, for a range inside the allocation.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr().add(start), length) }
    }

    /// The same, to write to.
    pub(super) fn slice_mut(&mut self, start: usize, length: usize) -> &mut [T] {
        assert!(start <= self.length && length <= self.length - start);
        // SAFETY: as in `get_mut`, for a range inside the allocation.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr().add(start), length) }
    }
}

impl<T> Drop for Block<T> {
    fn drop(&mut self) {
        let values = std::ptr::slice_from_raw_parts_mut(self.start.as_ptr(), self.length);
        // SAFETY: the box that `new` took apart.
        drop(unsafe { Box::from_raw(values) });
    }
}

// SAFETY: the block owns its values. The pointers inside kernel structures lead to other blocks of
// the same owner, or to data that is borrowed while they are used.
unsafe impl<T> Send for Block<T> {}
