//! `gannet check` for scenarios of SIPp.

use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::{Options, check};

use super::check::Found;
use crate::problem::tell_diagnostics;
use crate::terminal::Terminal;

/// Checks a scenario alone: what its command line gives it is not known.
pub(super) fn check_scenario(file: &NamedBytes, terminal: Terminal, found: &mut Found) {
    let options = Options {
        more_keys: true,
        ..Options::default()
    };
    for (source, diagnostics) in check(file, &options) {
        tell_diagnostics(&source, diagnostics.as_slice(), terminal);
        found.add_all(&diagnostics);
    }
}
