//! sipsak: one OPTIONS at a time.

use std::time::Duration;

use super::gate::Site;
use super::process::{Finished, Process};

const ANSWER_LIMIT: Duration = Duration::from_secs(15);

/// Sends OPTIONS for `uri`, which has no port, to `port` of this machine, and gives what came back,
/// with sipsak's exit code: 0 for a 200.
///
/// The port is an option of its own because sipsak cuts one of five digits in a URI.
pub(crate) fn sipsak(site: &Site, uri: &str, port: u16) -> Finished {
    let output = site.file("sipsak.out");
    Process::run("sipsak", &output, ANSWER_LIMIT, |command| {
        command
            .args(["-v", "-r", &port.to_string()])
            .args(["-s", uri]);
    })
}
