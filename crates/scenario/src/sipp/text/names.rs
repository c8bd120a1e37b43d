use std::ops::Range;

use gannet_diag::Diagnostic;

use crate::sipp::model::{FileId, VariableId};

/// What the names in a text stand for. Places are those of [`Mapped`](super::Mapped).
pub(in crate::sipp) trait Names {
    /// The file's own bytes for a piece of its text.
    fn bytes(&self, text: &str) -> Vec<u8>;

    /// The variable of that name, which may be a new one.
    fn variable(&mut self, name: &str, place: Range<usize>) -> Option<VariableId>;

    /// Whether there is a variable of that name.
    fn has_variable(&self, name: &str) -> bool;

    /// The injection file of that name, or the first one, of which a column is used.
    fn file(
        &mut self,
        name: Option<&str>,
        column: Option<usize>,
        place: Range<usize>,
    ) -> Option<FileId>;

    /// The values of `-key`.
    fn keys(&self) -> &[(String, String)];

    /// Whether there may be more of them.
    fn more_keys(&self) -> bool;

    /// Tells of a problem.
    fn tell(&mut self, diagnostic: Diagnostic);
}
