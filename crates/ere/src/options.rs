/// How a pattern is compiled, beside `REG_EXTENDED`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// `REG_NEWLINE`: `.` and negated brackets do not match `\n`; `^` and `$` match at lines.
    /// Seagull sets it, SIPp does not.
    pub newline: bool,
    /// `REG_ICASE`: ASCII letters match in either case.
    pub ignore_case: bool,
}
