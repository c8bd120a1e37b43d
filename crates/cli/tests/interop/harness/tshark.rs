//! tshark: a second opinion on what gannet captured.

use std::path::Path;
use std::time::Duration;

use super::gate::Site;
use super::process::Process;

/// Questions to tshark about one capture.
#[derive(Debug)]
pub(crate) struct Tshark<'a> {
    site: &'a Site,
    capture: &'a Path,
}

const READ_LIMIT: Duration = Duration::from_mins(1);

impl<'a> Tshark<'a> {
    /// About the capture file.
    pub(crate) fn of(site: &'a Site, capture: &'a Path) -> Self {
        Self { site, capture }
    }

    /// The packets that a display filter selects, one line each.
    pub(crate) fn packets(&self, filter: &str) -> Vec<String> {
        self.ask(&["-Y", filter])
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
