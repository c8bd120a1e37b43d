//! tshark: a second opinion on what gannet captured.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::gate::Site;
use super::process::Process;
use super::until::until;

/// Questions to tshark about one capture.
#[derive(Debug)]
pub(crate) struct Tshark<'a> {
    site: &'a Site,
    capture: &'a Path,
    sip_port: Option<u16>,
    rtp_port: Option<u16>,
    event_type: Option<u8>,
}

/// dumpcap, while it writes what passes a port on the loopback interface.
#[derive(Debug)]
pub(crate) struct LoopbackCapture {
    process: Process,
    file: PathBuf,
}

const READ_LIMIT: Duration = Duration::from_mins(1);
const CAPTURE_LIMIT: Duration = Duration::from_secs(10);

impl<'a> Tshark<'a> {
    /// About the capture file.
    pub(crate) fn of(site: &'a Site, capture: &'a Path) -> Self {
        Self {
            site,
            capture,
            sip_port: None,
            rtp_port: None,
            event_type: None,
        }
    }

    /// Takes what passes this port for SIP.
    pub(crate) fn decoding(mut self, port: u16) -> Self {
        self.sip_port = Some(port);
        self
    }

    /// Takes what passes this port for RTP, also if something else in it looks like another protocol:
    /// random numbers sometimes do.
    pub(crate) fn hearing(mut self, port: u16) -> Self {
        self.rtp_port = Some(port);
        self
    }

    /// Takes this payload type for telephone events, whatever a description says.
    pub(crate) fn hearing_events(mut self, payload_type: u8) -> Self {
        self.event_type = Some(payload_type);
        self
    }

    /// The packets that a display filter selects, one line each.
    pub(crate) fn packets(&self, filter: &str) -> Vec<String> {
        self.ask(&["-Y", filter])
    }

    /// A field of the packets that a display filter selects, one line each.
    pub(crate) fn fields(&self, filter: &str, field: &str) -> Vec<String> {
        self.ask(&["-Y", filter, "-T", "fields", "-e", field])
    }

    /// The table of RTP streams, one line each.
    pub(crate) fn rtp_streams(&self) -> Vec<String> {
        let table = self.ask(&["-q", "-z", "rtp,streams"]);
        let is_stream = |line: &String| line.contains("0x");
        table.into_iter().filter(is_stream).collect()
    }

    fn ask(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.site.file("tshark.out");
        let finished = Process::run("tshark", &output, READ_LIMIT, |command| {
            command
                .args(["-n", "-o", "rtp.heuristic_rtp:TRUE", "-r"])
                .arg(self.capture)
                .args(arguments);
            if let Some(number) = self.event_type {
                let preference = format!("rtpevent.event_payload_type_value:{number}");
                command.args(["-o", &preference]);
            }
            if let Some(port) = self.rtp_port {
                command.args(["-d", &format!("udp.port=={port},rtp")]);
            }
            for layer in ["udp", "tcp"] {
                if let Some(port) = self.sip_port {
                    command.args(["-d", &format!("{layer}.port=={port},sip")]);
                }
            }
        });
        assert_eq!(finished.code, Some(0), "{}", finished.output);
        let lines = finished.output.lines();
        // Said at every start as root, whatever the file.
        let own = lines.filter(|line| !line.starts_with("Running as user"));
        own.map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

impl LoopbackCapture {
    /// Captures what passes `port`.
    pub(crate) fn start(site: &Site, port: u16) -> Self {
        let file = site.file(&format!("port-{port}.pcapng"));
        let output = site.file("dumpcap.out");
        let process = Process::start("dumpcap", &output, |command| {
            command.args(["-i", "lo", "-f", &format!("port {port}"), "-w"]);
            command.arg(&file);
        });
        until("dumpcap to capture", CAPTURE_LIMIT, || {
            // It says so once its filter is in place.
            process.output().contains("File: ").then_some(())
        });
        Self { process, file }
    }

    /// Ends it and gives the file.
    pub(crate) fn stop(mut self) -> PathBuf {
        self.process.interrupt();
        let finished = self.process.wait(CAPTURE_LIMIT);
        assert_eq!(finished.code, Some(0), "{}", finished.output);
        self.file.clone()
    }
}
