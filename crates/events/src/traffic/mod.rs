//! What traffic reports: the layout of a scenario and the figures of its calls.
//!
//! [`Layout`] says once what there is to count; [`Figures`] counts it from the start of the run. All
//! figures only grow (but for `calls_open`), so those of several shards are added and those of
//! a period are the difference of two.

mod figures;
mod layout;
mod period;
mod response_times;
mod snapshot;

pub use figures::{Figures, MessageFigures, StepFigures};
pub use layout::{Layout, ProtocolLayout, SectionLayout, StepDirection, StepLayout};
pub use period::{Period, clock_text};
pub use response_times::ResponseTimes;
pub use snapshot::{Command, Phase, Snapshot};
