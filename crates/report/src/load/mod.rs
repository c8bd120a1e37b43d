//! A run of load, for people and programs: one document that every face reads.
//!
//! [`LoadFigures`] is the state of a run at one moment, whichever machine plays it
//! ([`LoadFigures::of_sipp`], [`LoadFigures::of_traffic`]). [`LoadResults`] is that with the course
//! of the run and examples of its failures; it is what `results.json` holds, what [`LoadFolder`]
//! writes each second, and what the HTML report, the web page and Prometheus are made from, so none
//! of them can disagree. [`Condition`] judges it.

mod compare;
mod condition;
mod csv;
mod example;
mod figures;
mod folder;
mod from_sipp;
mod from_traffic;
mod judge;
mod junit;
mod prometheus;
mod read;
mod results;
#[cfg(test)]
pub(crate) mod sample;
mod series;
mod times;

pub use compare::{Change, Comparison, compare};
pub use condition::{Condition, ConditionError, Fired};
pub use csv::{failures_csv, series_header, series_line, steps_csv, times_csv};
pub use example::{ExampleMessage, FailureExample};
pub use figures::{CallCounts, LoadFigures, LoadStep, MessageCounts, NamedCount};
pub use folder::{LoadFolder, replace};
pub use from_sipp::{SippLayouts, failure_name};
pub use junit::load_junit;
pub use prometheus::prometheus;
pub use read::{ReadError, RunResults, read_results};
pub use results::{LOAD_RESULTS_VERSION, LoadResults, LoadVerdict};
pub use series::{POINTS_MAX, Point, Series};
pub use times::{Bucket, LoadTimes};

pub(crate) use compare::shown;
