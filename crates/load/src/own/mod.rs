//! Gannet's own way of playing files as load.
//!
//! [`sort`] tells the files apart and reads them; [`Options`] go before what the configuration
//! says; [`play`] does the rest and gives a [`Report`]. Of the configuration only counts what concerns
//! the calls: screens, logs and statistics files are asked for by options.

mod causes;
mod faces;
mod files;
mod options;
mod pace;
mod plan;
mod play;
mod quantities;
mod table;
mod verdict;

pub use files::{SortError, data_path, sort};
pub use options::{CALL_TIMEOUT, ChannelAddress, Options, Ramp};
pub use plan::{OptionError, apply};
pub use play::{Faces, PlayError, Report, play};
pub use quantities::{QuantityError, parse_rate, parse_span, parse_time};
