//! The faces of a run: everything a person or a program sees of it, read from
//! [`RunEvent`](gannet_events::RunEvent)s only.
//!
//! Each face is an [`EventSink`]; [`Tee`] feeds several. [`Console`] prints for people,
//! [`Junit`] and [`Results`] write files for other programs, [`Recorder`] keeps the events
//! themselves, and [`replay`] shows a recorded run again through the same sinks. [`Ladder`] draws
//! captured messages as a diagram and needs no run at all. [`load`] is the document of a run of load;
//! [`load_report`] and [`feature_report`] make pages of results. [`OutDir`] names the files of
//! `--out DIR`. [`seagull`] and [`sipp`] write the files of a load run as those tools do.

mod attempts;
mod calls;
mod console;
mod failure;
mod html;
mod junit;
mod ladder;
pub mod load;
mod out_dir;
mod palette;
mod recorder;
mod results;
pub mod seagull;
mod sink;
pub mod sipp;
mod text;

pub use calls::{CallsError, call_ids, read_calls};
pub use console::{Console, ConsoleOptions, Verbosity};
pub use html::{FeatureResults, comparison_report, feature_report, ladder_page, load_report};
pub use junit::Junit;
pub use ladder::{Ladder, LadderOptions};
pub use out_dir::{Captures, FileNames, OutDir};
pub use palette::Palette;
pub use recorder::{Recorder, ReplayError, replay};
pub use results::{RESULTS_VERSION, Results};
pub use sink::{EventSink, Tee};

#[cfg(test)]
mod sample;
