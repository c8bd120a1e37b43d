//! Pages: one file each, with nothing to load from anywhere.
//!
//! [`load_report`] and [`feature_report`] show a run, [`comparison_report`] two of them,
//! [`ladder_page`] calls. No page has a script: whatever is shown is in it.

mod chart;
mod comparison;
mod examples;
mod features;
mod ladders;
mod load;
mod page;

pub use comparison::comparison_report;
pub use features::{FeatureResults, feature_report};
pub use ladders::ladder_page;
pub use load::load_report;

pub(crate) use features::report_of;
pub(crate) use page::escape;
