//! What screens show beside the figures.

use std::time::Duration;

use gannet_events::sipp::Snapshot;

use super::{MediaArrivals, MediaLateness};

/// What a run tells of itself once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The port of this side.
    pub local_port: u16,
    /// The other side, `host:port`; nothing where calls come from anywhere.
    pub remote: String,
    /// `UDP`, `TCP`, `TLS` or `SCTP`.
    pub transport: String,
    /// The length of pauses that say none (`-d`), in milliseconds.
    pub pause_ms: u64,
    /// The run ends after so many calls (`-m`).
    pub calls_max: Option<u64>,
    /// The part that this side has with a twin.
    pub twin: Option<TwinRole>,
    /// The actions of the scenario.
    pub actions: Vec<StepActions>,
}

/// The part of one side with twins (3PCC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwinRole {
    /// Begins the calls and the commands.
    ControllerA,
    /// Waits for commands.
    ControllerB,
    /// Waits for calls and begins the commands.
    ControllerAPassive,
    /// Begins, with any number of slaves.
    Master,
    /// Waits for calls, with any number of slaves.
    MasterPassive,
    /// Of a master.
    Slave,
}

/// The actions of a step, a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepActions {
    /// The step's number in the layout.
    pub step: usize,
    /// What each action does.
    pub actions: Vec<String>,
}

/// What changes beside the figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beside {
    /// Sockets.
    pub sockets_open: u64,
    /// Messages that could not be sent.
    pub send_errors: u64,
    /// Reads that failed.
    pub receive_errors: u64,
    /// Messages that had to wait for a socket.
    pub congestions: u64,
    /// Calls that wait for a message.
    pub running: u64,
    /// Calls in a pause.
    pub paused: u64,
    /// Calls whose pause ended since the screen before.
    pub woken: u64,
    /// When the most calls were open, since the start of the run.
    pub peak_after: Duration,
    /// The circuits of `-tdmmap`.
    pub circuits: Option<Circuits>,
    /// Media, if there are any.
    pub media: Option<MediaFigures>,
    /// Global variables with their values.
    pub variables: Vec<(String, String)>,
}

/// What was sent and came in as media, for audio, video and image in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MediaFigures {
    /// Sent of its own.
    pub sent: [MediaCount; 3],
    /// Came in.
    pub received: [MediaCount; 3],
    /// Sent back.
    pub echoed: [MediaCount; 3],
    /// Streams and captures that are being sent.
    pub streams_open: u64,
    /// Packets that left more than 10 ms after their time.
    pub late: u64,
    /// How long after their times packets left.
    pub departures: MediaLateness,
    /// What is known of the streams that came in.
    pub arrivals: MediaArrivals,
    /// Packets that were due so long before that they were left out.
    pub left_out: u64,
    /// Packets that could not be sent.
    pub unsent: u64,
    /// Datagrams that the system threw away because they were not fetched; known at the end.
    pub dropped: u64,
    /// Calls whose streams did not come back as they were sent.
    pub checks_failed: u64,
}

/// Packets and their octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MediaCount {
    /// Packets.
    pub packets: u64,
    /// Octets, without those of UDP and IP.
    pub octets: u64,
}

/// The circuits of `-tdmmap`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Circuits {
    /// Circuits of a line of the map.
    pub width: usize,
    /// Which are in use.
    pub in_use: Vec<bool>,
}

/// What is drawn: the state of the run, that of the screen before, and the rest.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// The state now.
    pub now: &'a Snapshot,
    /// The state when a screen was drawn before, for periodic values.
    pub earlier: Option<&'a Snapshot>,
    /// What is no figure.
    pub beside: &'a Beside,
}
