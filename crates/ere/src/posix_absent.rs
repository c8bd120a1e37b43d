//! Stands in for glibc where libc is another one.

use crate::captures::Captures;
use crate::error::Fault;
use crate::options::Options;

/// As where libc is there, so that results do not depend on the platform.
pub(crate) const HAYSTACK_BYTES_MAX: usize = i32::MAX as usize;

/// Never made.
pub(crate) enum Posix {}

impl Posix {
    pub(crate) fn new(_: &[u8], _: Options, _: usize) -> Result<Self, Fault> {
        Err(Fault::NeedsGlibc)
    }

    pub(crate) fn find_at(&self, _: &[u8], _: usize, _: &mut Captures) -> bool {
        match *self {}
    }
}
