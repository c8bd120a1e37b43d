//! Injection files as texts and actions see them.

/// An injection file.
pub(in crate::sipp) trait Lines: std::fmt::Debug {
    /// Appends a field; false if the line has none of that number. A line that does not exist gives
    /// nothing.
    fn field(&self, line: u64, column: usize, out: &mut Vec<u8>) -> bool;

    /// How many lines there are.
    fn count(&self) -> u64;

    /// The last line whose indexed field is that text.
    fn lookup(&self, key: &[u8]) -> Option<u64>;

    /// Adds a line at the end. False if the file takes none (`PRINTF`).
    fn insert(&mut self, line: &[u8]) -> bool;

    /// Overwrites a line. False if there is none of that number, or the file takes none.
    fn replace(&mut self, number: u64, line: &[u8]) -> bool;
}
