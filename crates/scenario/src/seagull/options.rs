use super::xml::Dialect;

/// How files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoadOptions {
    /// How elements are read.
    pub dialect: Dialect,
    /// Seagull's own faults are kept: a `check-value` with `branch_on` that is the last action of
    /// a receive fails the call when another message came, the expected one too.
    pub exact: bool,
    /// Responses are taken only if their CSeq has the method that the scenario's own message has,
    /// unless the traffic-param `match-cseq` says otherwise.
    pub match_cseq: bool,
    /// Values hold the carriage return before the end of their line, as with the traffic-param
    /// `exact-line-ends`.
    pub exact_line_ends: bool,
}
