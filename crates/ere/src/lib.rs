//! POSIX extended regular expressions over bytes, with the answers of glibc's `regcomp` and
//! `regexec`: leftmost-longest, groups included. Seagull and SIPp files are written for those.
//!
//! Invariant: a match and its groups are those that glibc reports, whichever matcher finds them.
//! The own matcher allocates nothing while it searches.
//!
//! Two matchers stand behind [`Regex`]:
//!
//! - libc's own, the reference, for whatever it compiles (back references, word anchors, …);
//! - a small one for the shapes that dictionaries are made of. It tries the parses in glibc's order
//!   of preference and keeps the first of those that end farthest, which is how glibc picks groups;
//!   where it cannot be shown that this is the same, the pattern is left to libc.
//!
//! Where libc is another one, patterns that only glibc can match are refused when they are compiled.
//!
//! ```
//! use gannet_ere::{Captures, Options, Regex};
//!
//! let from = Regex::new(b"[Ff]rom:[ \t]*(.*)$", Options { newline: true, ..Options::default() })?;
//! let mut captures = Captures::default();
//! assert!(from.find_at(b"To: b\nFrom: a\n", 0, &mut captures));
//! assert_eq!(captures.get(1), Some(12..13));
//! # Ok::<(), gannet_ere::PatternError>(())
//! ```

mod byte_set;
mod captures;
mod error;
mod fast;
mod options;
#[cfg(all(unix, target_env = "gnu"))]
mod posix;
#[cfg(not(all(unix, target_env = "gnu")))]
#[path = "posix_absent.rs"]
mod posix;
mod regex;
mod syntax;

pub use captures::{Captures, GROUPS_MAX};
pub use error::{Fault, PatternError};
pub use options::Options;
pub use regex::Regex;
