//! Data that calls take from files.

/// Rows of values from a file, the same for all calls.
pub trait DataTable: Send + Sync + std::fmt::Debug {
    /// Number of rows; at least one.
    fn rows(&self) -> usize;

    /// The value in a row and column, both from 0. A front end has checked that the column exists.
    fn value(&self, row: usize, column: usize) -> &[u8];
}
