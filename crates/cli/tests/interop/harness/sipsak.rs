//! sipsak: one OPTIONS at a time.

use std::time::Duration;

use super::gate::Site;
use super::process::{Finished, Process};

const ANSWER_LIMIT: Duration = Duration::from_secs(15);

/// Sends OPTIONS to `user` at `port` and gives what came back, with sipsak's exit code: 0 for a
/// 200.
///
/// The port is an option of its own because sipsak cuts one of five digits in a URI.
pub(crate) fn sipsak(site: &Site, user: &str, port: u16) -> Finished {
    let output = site.file("sipsak.out");
    Process::run("sipsak", &output, ANSWER_LIMIT, |command| {
        command
            .args(["-v", "-r", &port.to_string()])
            .args(["-s", &format!("sip:{user}@127.0.0.1")]);
    })
}
