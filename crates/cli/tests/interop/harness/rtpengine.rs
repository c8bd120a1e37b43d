//! rtpengine: relays media for Kamailio.

use std::path::PathBuf;
use std::time::Duration;

use super::failing::tell_if_failing;
use super::gate::Site;
use super::process::{Process, tail};
use super::until::poll;

/// A running rtpengine. Its ports are fixed: one at a time.
#[derive(Debug)]
pub(crate) struct Rtpengine {
    script: PathBuf,
    state: PathBuf,
    _group: Process,
}

const START_LIMIT: Duration = Duration::from_secs(15);
const STOP_LIMIT: Duration = Duration::from_secs(10);

impl Rtpengine {
    /// Where Kamailio controls it, as `RTPE_SOCK` of the peers has it.
    pub(crate) const CONTROL: &str = "udp:127.0.0.1:7023";
    /// Its media ports.
    pub(crate) const PORTS: std::ops::RangeInclusive<u16> = 27000..=27198;

    /// Starts it and waits until it answers.
    pub(crate) fn start(site: &Site) -> Self {
        let (script, state) = (site.peer("kamailio/rtpengine.sh"), site.peers_state());
        let output = site.file("rtpengine.out");
        let mut process = Process::start(&script, &output, |command| {
            command.arg("start").env("PEERS_STATE", &state);
        });
        let ended = poll(START_LIMIT, || process.ended());
        assert!(
            ended.is_some_and(|status| status.success()),
            "rtpengine does not start:\n{}{}",
            process.output(),
            tail(&state.join("rtpengine/log"), 40)
        );
        Self {
            script,
            state,
            _group: process,
        }
    }
}

impl Drop for Rtpengine {
    fn drop(&mut self) {
        tell_if_failing(|| tail(&self.state.join("rtpengine/log"), 80));
        let output = self.state.join("rtpengine.stop");
        Process::run(&self.script, &output, STOP_LIMIT, |command| {
            command.arg("stop").env("PEERS_STATE", &self.state);
        });
    }
}
