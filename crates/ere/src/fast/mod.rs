//! The own matcher: a pattern becomes a short program of steps over bytes, run from the positions
//! where a match can start.
//!
//! Parses are tried in glibc's order of preference (earlier alternative first, repetitions as long
//! as possible). The first parse that ends farthest is the answer, as it is for glibc, which
//! determines the farthest end and then walks to it by the same preference. Two observations spare
//! nearly all of the parses:
//!
//! - Giving back bytes of a repetition helps only at a byte that both the repetition and what
//!   follows can take. If what follows can be empty, giving back ends the match earlier; else it
//!   fails at once. It does not help either when what follows takes all that is left, as `.*$`.
//! - A match that ends before a byte that nothing in the pattern takes cannot be outdone.
//!
//! What cannot be kept within a fixed effort is handed to libc while matching.

mod effort;
mod look;
mod lower;
mod masked;
mod probe;
mod program;
mod range;
mod required;
mod run;
mod search;
#[cfg(target_arch = "x86_64")]
mod vector;
mod vm;

pub(crate) use program::Program;
