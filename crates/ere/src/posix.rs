//! glibc's `regcomp` and `regexec`: the reference, and the matcher for what only it can do.

#![expect(
    unsafe_code,
    reason = "regcomp, regexec and regfree are C functions; each block says what it relies on"
)]

use std::ffi::{CString, c_char, c_int};
use std::mem::MaybeUninit;

use crate::captures::{Captures, GROUPS_MAX, UNSET};
use crate::error::Fault;
use crate::options::Options;

/// Positions are C `int`s there.
pub(crate) const HAYSTACK_BYTES_MAX: usize = i32::MAX as usize;

/// A pattern as compiled by libc.
pub(crate) struct Posix {
    // Boxed, so that it stays where `regcomp` wrote it.
    compiled: Box<libc::regex_t>,
    /// How many groups to ask for: fewer cost libc less.
    groups: usize,
}

// SAFETY: a `regex_t` is memory of the C heap that belongs to no thread.
unsafe impl Send for Posix {}
// SAFETY: POSIX demands that threads may call `regexec` on one `regex_t` (System Interfaces, 2.9.1);
// glibc locks the automaton that it grows while matching. Nothing else takes `&self`.
unsafe impl Sync for Posix {}

impl Posix {
    /// Compiles; `groups` is how many the pattern has, group 0 included.
    pub(crate) fn new(pattern: &[u8], options: Options, groups: usize) -> Result<Self, Fault> {
        let text = CString::new(pattern).map_err(|_| Fault::Nul)?;
        let mut flags = libc::REG_EXTENDED;
        if options.newline {
            flags |= libc::REG_NEWLINE;
        }
        if options.ignore_case {
            flags |= libc::REG_ICASE;
        }
        let mut compiled = Box::<libc::regex_t>::new_uninit();
        // SAFETY: `compiled` is valid for writes of a `regex_t`, and `text` ends with a NUL and
        // outlives the call; `regcomp` keeps no pointer to it.
        let code = unsafe { libc::regcomp(compiled.as_mut_ptr(), text.as_ptr(), flags) };
        if code != 0 {
            // On failure there is nothing to free: `regcomp` has freed what it had.
            return Err(fault_of(code));
        }
        Ok(Self {
            // SAFETY: `regcomp` returned 0, so it has initialised the whole structure.
            compiled: unsafe { compiled.assume_init() },
            groups: groups.min(GROUPS_MAX),
        })
    }

    /// Looks for the leftmost-longest match from `start` on; the context of `^` is the byte before.
    pub(crate) fn find_at(&self, haystack: &[u8], start: usize, captures: &mut Captures) -> bool {
        captures.clear();
        let haystack = &haystack[..haystack.len().min(HAYSTACK_BYTES_MAX)];
        if start > haystack.len() {
            return false;
        }
        let mut found = [MaybeUninit::<libc::regmatch_t>::uninit(); GROUPS_MAX];
        found[0].write(libc::regmatch_t {
            rm_so: start as libc::regoff_t,
            rm_eo: haystack.len() as libc::regoff_t,
        });
        // SAFETY: `compiled` was initialised by `regcomp` and is freed by `drop` only. With
        // REG_STARTEND the string is read between 0 and `rm_eo`, which is the haystack, and needs
        // no NUL. `found` has room for the `groups` (1 to 10) entries that are written.
        let code = unsafe {
            libc::regexec(
                &raw const *self.compiled,
                haystack.as_ptr().cast::<c_char>(),
                self.groups,
                found.as_mut_ptr().cast::<libc::regmatch_t>(),
                libc::REG_STARTEND,
            )
        };
        if code != 0 {
            return false;
        }
        for (slot, found) in captures.slots.iter_mut().zip(&found[..self.groups]) {
            // SAFETY: on success `regexec` fills all entries that it was given.
            let found = unsafe { found.assume_init() };
            if found.rm_so >= 0 && found.rm_eo >= 0 {
                *slot = [found.rm_so as u32, found.rm_eo as u32];
            } else {
                *slot = [UNSET; 2];
            }
        }
        true
    }
}

impl Drop for Posix {
    fn drop(&mut self) {
        // SAFETY: initialised by `regcomp`, freed once, not used afterwards.
        unsafe { libc::regfree(&raw mut *self.compiled) };
    }
}

/// The error codes of glibc's `<regex.h>`, which the `libc` crate does not name.
fn fault_of(code: c_int) -> Fault {
    match code {
        3 => Fault::Collation,
        4 => Fault::ClassName,
        5 => Fault::TrailingBackslash,
        6 => Fault::BackReference,
        7 => Fault::UnclosedBracket,
        8 => Fault::UnclosedGroup,
        9 => Fault::UnclosedInterval,
        10 => Fault::Interval,
        11 => Fault::Range,
        12 | 15 => Fault::Memory,
        13 => Fault::NothingToRepeat,
        _ => Fault::Syntax,
    }
}
