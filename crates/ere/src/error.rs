/// Why a pattern was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{fault}{}", Offset(*.offset))]
pub struct PatternError {
    /// What is wrong.
    pub fault: Fault,
    /// Where in the pattern, in bytes from its start, if that is known.
    pub offset: Option<usize>,
}

/// What can be wrong with a pattern; up to [`Fault::Syntax`] those of `regcomp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// `REG_EPAREN`.
    #[error("`(` without `)`")]
    UnclosedGroup,
    /// `REG_EBRACK`.
    #[error("`[` without `]`")]
    UnclosedBracket,
    /// `REG_EBRACE`.
    #[error("`{{` without `}}`")]
    UnclosedInterval,
    /// `REG_BADBR`.
    #[error("the braces do not hold a repeat count")]
    Interval,
    /// `REG_BADRPT`.
    #[error("nothing to repeat stands before the repetition")]
    NothingToRepeat,
    /// `REG_ERANGE`.
    #[error("a range in brackets ends before it starts")]
    Range,
    /// `REG_ECTYPE`.
    #[error("unknown character class name")]
    ClassName,
    /// `REG_ECOLLATE`.
    #[error("unknown collating element")]
    Collation,
    /// `REG_EESCAPE`.
    #[error("the pattern ends with a backslash")]
    TrailingBackslash,
    /// `REG_ESUBREG`.
    #[error("back reference to a group that is not there")]
    BackReference,
    /// `REG_BADPAT` and what else a libc may say.
    #[error("not an extended regular expression")]
    Syntax,
    /// libc takes a pattern up to the first NUL.
    #[error("a pattern cannot hold a NUL byte")]
    Nul,
    /// `REG_ESPACE` and `REG_ESIZE`.
    #[error("libc has no memory for the pattern")]
    Memory,
    /// Longer than the limit.
    #[error("the pattern is longer than {limit} bytes")]
    TooLong {
        /// How many bytes are taken.
        limit: usize,
    },
    /// Groups inside groups beyond the limit.
    #[error("groups are nested more than {limit} deep")]
    TooDeep {
        /// How many levels are taken.
        limit: usize,
    },
    /// Repeat counts are written out when compiled; this one would not fit into memory.
    #[error("written out, its repetitions are longer than {limit} items")]
    TooLarge {
        /// How many items are taken.
        limit: usize,
    },
    /// The libc of this platform is not glibc, and the pattern needs it.
    #[error("only glibc can match this pattern, and this build has another libc")]
    NeedsGlibc,
}

/// Where a fault is, as the end of a sentence.
struct Offset(Option<usize>);

impl std::fmt::Display for Offset {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(offset) => write!(formatter, " (at byte {offset} of the pattern)"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_told_when_it_is_known() {
        let error = |offset| PatternError {
            fault: Fault::UnclosedInterval,
            offset,
        };
        assert_eq!(
            error(Some(3)).to_string(),
            "`{` without `}` (at byte 3 of the pattern)"
        );
        assert_eq!(error(None).to_string(), "`{` without `}`");
    }
}
