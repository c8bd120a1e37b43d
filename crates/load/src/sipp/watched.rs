//! The folder, conditions and web page of a run of SIPp's command.

use std::io::Write;
use std::net::SocketAddr;
use std::time::SystemTime;

use gannet_events::sipp::Snapshot;
use gannet_tui::counted;

use super::arguments::Arguments;
use super::error::{EXIT_FAILED, SippError};
use super::hosts::Addresses;
use super::logs::{CallRecorder, Logs};
use super::showing::{Layouts, shown_times};
use crate::watch::{About, Judged, Orders, Recorder, State, Watch};

/// Looks at a run of SIPp's command.
#[derive(Debug)]
pub(super) struct Watched {
    watch: Watch,
    layouts: Layouts,
}

impl Watched {
    /// Opens what the command line asks for; nothing if that is nothing.
    ///
    /// # Errors
    /// A file cannot be written, or a condition does not fit the scenario.
    pub(super) fn open(
        arguments: &Arguments,
        layouts: &Layouts,
        orders: Orders,
    ) -> Result<Option<Self>, SippError> {
        if !arguments.watch.is_any() {
            return Ok(None);
        }
        let about = About {
            command: "sipp",
            scenario: layouts.main.scenario.clone(),
            started: SystemTime::now(),
        };
        let nothing = layouts.figures(&layouts.nothing(arguments));
        let watch = Watch::open(&arguments.watch, about, nothing, orders)?;
        Ok(Some(Self {
            watch,
            layouts: layouts.clone(),
        }))
    }

    /// Lets the logs hear of what calls send and receive.
    pub(super) fn record(
        &self,
        logs: &mut Logs,
        arguments: &Arguments,
        addresses: &Addresses,
        own: SocketAddr,
    ) {
        if self.watch.next_due().is_none() {
            return;
        }
        let shown = SocketAddr::new(addresses.local_ip, own.port()).to_string();
        let peer = addresses.send_to.map(|peer| peer.to_string());
        let recorder = Recorder::new(self.watch.examples(), shown, peer);
        let transport = arguments.transport.protocol.name();
        let layout = self.layouts.main.clone();
        logs.recorder = Some(CallRecorder::new(recorder, layout, transport));
    }

    pub(super) fn next_due(&self) -> Option<std::time::Duration> {
        self.watch.next_due()
    }

    pub(super) fn tick(&mut self, now: &Snapshot) {
        let layouts = &self.layouts;
        self.watch.tick(now.elapsed, || state(layouts, now));
    }

    /// The run has ended: its last state and what it is worth. Gives what the process returns, and
    /// says which conditions hold.
    pub(super) fn end(
        &mut self,
        last: &Snapshot,
        exit_code: u8,
        why: Option<String>,
        err: &mut dyn Write,
    ) -> u8 {
        let failed = last.figures.failed;
        let calls = (failed > 0).then(|| format!("{} failed", counted(failed, "call")));
        let judged = Judged {
            exit_code,
            by_calls: exit_code == EXIT_FAILED && why.is_none(),
            failed_code: EXIT_FAILED,
            reasons: why.into_iter().chain(calls).collect(),
        };
        let code = self.watch.end(state(&self.layouts, last), judged);
        self.watch.tell(err);
        code
    }
}

fn state(layouts: &Layouts, now: &Snapshot) -> State {
    State {
        figures: layouts.figures(now),
        times: shown_times(now),
    }
}
