use std::sync::Arc;

use crate::captures::Captures;
use crate::error::{Fault, PatternError};
use crate::fast::Program;
use crate::options::Options;
use crate::posix::{HAYSTACK_BYTES_MAX, Posix};
use crate::syntax::{self, Survey};

/// A compiled pattern. Clones share it, threads may use it at the same time.
#[derive(Clone)]
pub struct Regex {
    inner: Arc<Inner>,
}

struct Inner {
    pattern: Box<[u8]>,
    groups: usize,
    program: Option<Program>,
    /// Absent only with a program, where libc is not glibc.
    posix: Option<Posix>,
}

impl Regex {
    /// Compiles an extended regular expression, as `regcomp` with `REG_EXTENDED` does in the C
    /// locale.
    ///
    /// # Errors
    ///
    /// What `regcomp` refuses, with its place if that is known; NUL bytes; patterns that would
    /// exhaust memory or stack; and patterns that need glibc where libc is another one.
    pub fn new(pattern: &[u8], options: Options) -> Result<Self, PatternError> {
        let survey = syntax::survey(pattern)?;
        let compiled = compile_posix(pattern, options, &survey);
        let program = syntax::parse(pattern, options).and_then(|tree| Program::new(&tree, options));
        let posix = match compiled {
            Ok(posix) => Some(posix),
            // Without glibc a sound pattern that the own matcher takes does not need it.
            Err(error) if error.fault == Fault::NeedsGlibc && program.is_some() => None,
            Err(error) => return Err(error),
        };
        Ok(Self::of(pattern, survey.groups, program, posix))
    }

    /// As [`Regex::new`], but matched by libc whatever the shape: the reference to compare with.
    ///
    /// # Errors
    ///
    /// Those of [`Regex::new`], and [`Fault::NeedsGlibc`] for any pattern where libc is not glibc.
    pub fn reference(pattern: &[u8], options: Options) -> Result<Self, PatternError> {
        let survey = syntax::survey(pattern)?;
        let posix = compile_posix(pattern, options, &survey)?;
        Ok(Self::of(pattern, survey.groups, None, Some(posix)))
    }

    fn of(pattern: &[u8], groups: usize, program: Option<Program>, posix: Option<Posix>) -> Self {
        let inner = Inner {
            pattern: pattern.into(),
            groups,
            program,
            posix,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The pattern as it was given.
    pub fn pattern(&self) -> &[u8] {
        &self.inner.pattern
    }

    /// Looks for the leftmost match that starts at `start` or later, and of those the longest.
    /// Positions count from the haystack's first byte. At `start`, `^` matches only when `start` is
    /// 0, or behind a newline with [`Options::newline`].
    ///
    /// Without a match, or with a `start` behind the haystack, `captures` are empty. Of a haystack
    /// over 2 GiB the first 2 GiB are searched, as positions are C `int`s for libc.
    #[inline]
    pub fn find_at(&self, haystack: &[u8], start: usize, captures: &mut Captures) -> bool {
        let haystack = &haystack[..haystack.len().min(HAYSTACK_BYTES_MAX)];
        let inner = &*self.inner;
        if let Some(program) = &inner.program {
            let mut effort = Program::effort(haystack, inner.posix.is_some());
            match program.find_at(haystack, start, captures, &mut effort) {
                Ok(true) => return true,
                Ok(false) => {
                    captures.clear();
                    return false;
                }
                // Too many parses to try one after the other.
                Err(_) => {}
            }
        }
        match &inner.posix {
            Some(posix) => posix.find_at(haystack, start, captures),
            None => unreachable!("without libc the effort has no limit"),
        }
    }

    /// How many groups the pattern has, group 0 included. [`Captures`] tell the first ten.
    pub fn group_count(&self) -> usize {
        self.inner.groups
    }

    /// Whether the own matcher takes the pattern, rather than libc.
    pub fn is_fast(&self) -> bool {
        self.inner.program.is_some()
    }
}

impl std::fmt::Debug for Regex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let matcher = if self.is_fast() { "own" } else { "libc" };
        let pattern = self.pattern().escape_ascii();
        write!(formatter, "Regex({pattern}, {matcher})")
    }
}

/// Has libc compile a pattern; its fault gets the place that the survey saw for it.
fn compile_posix(pattern: &[u8], options: Options, survey: &Survey) -> Result<Posix, PatternError> {
    Posix::new(pattern, options, survey.groups).map_err(|fault| match survey.fault {
        Some(seen) if seen.fault == fault || fault == Fault::NeedsGlibc => seen,
        _ => PatternError {
            fault,
            offset: None,
        },
    })
}
