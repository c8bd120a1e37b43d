/// What a search may cost before libc, whose effort grows slowly, takes over. In steps and bytes.
pub(crate) struct Effort {
    left: usize,
}

/// The effort is used up.
pub(crate) struct Exhausted;

/// Steps that any search may take.
const STEPS: usize = 2048;

/// Steps for each byte of the haystack.
const STEPS_PER_BYTE: usize = 8;

impl Effort {
    /// As much as is sensible while libc stands behind.
    pub(crate) fn for_bytes(bytes: usize) -> Self {
        Self {
            left: STEPS + STEPS_PER_BYTE * bytes,
        }
    }

    /// Without end, where there is nobody to take over.
    pub(crate) fn unlimited() -> Self {
        Self { left: usize::MAX }
    }

    pub(super) fn is_limited(&self) -> bool {
        // Taking steps from the unlimited never brings it down to what a haystack gives.
        self.left < usize::MAX / 2
    }

    #[inline]
    pub(super) fn take(&mut self, steps: usize) -> Result<(), Exhausted> {
        self.left = self.left.checked_sub(steps).ok_or(Exhausted)?;
        Ok(())
    }
}
