//! Texts: what SIPp makes of a CDATA section, and keywords.

mod clean;
mod identity;
mod keyword;
mod mapped;
mod names;
mod parameters;
mod run_time;
mod scan;
mod table;

pub use run_time::{TextError, compile_text};

pub(super) use clean::{Ending, clean};
pub(super) use mapped::Mapped;
pub(super) use names::Names;
pub(super) use scan::compile;
