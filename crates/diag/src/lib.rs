//! Diagnostics of the text front ends: where in a file something is wrong, what was expected, and
//! which valid name comes nearest.
//!
//! A front end (features, `gannet.toml`, scenarios) reads a whole [`SourceFile`], collects every
//! problem as a [`Diagnostic`] in [`Diagnostics`], and leaves the printing to [`render`]. Nothing
//! here reads files or writes to a terminal.

mod diagnostic;
mod nearest;
mod render;
mod source;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use nearest::nearest;
pub use render::render;
pub use source::{Position, SourceFile};
