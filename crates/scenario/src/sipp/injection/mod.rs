//! Injection files: lines of cells that scenarios take values from.

mod file;
mod header;
mod printf;
mod read;

pub use file::{ChangeError, InjectionFile, NoLine};
pub use header::{Order, Printf};
pub use read::LoadedInjection;
