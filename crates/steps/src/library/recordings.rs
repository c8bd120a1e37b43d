//! What was recorded: compared with files, and the packets themselves.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use gannet_events::{Direction, Failure, FailureClass, WireKind};
use gannet_media::judge::Reference;
use gannet_media::read_wav;
use gannet_net::{Capture, Duplicates, write_pcap, write_pcapng};

use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Playing and recording";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![step!(
        "recording {text} is like {file} with score at least {x}",
        section: SECTION,
        about: "The WAV file that a sentence has recorded and ended, or one that is there already, relative to the feature, holds the sound of the other file or a large part of it (half, or five seconds). The score is that of `hears {file}`: 1 for the same sound, about 0 for another one. The last twenty seconds of the recording count.",
        example: "recording \"heard.wav\" is like \"announcement.wav\" with score at least 0.9",
        no within,
        run: is_like,
    )]
}

async fn is_like(_: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.text(0)?;
    let recording = samples(&arguments.folder().join(name))?;
    let path = arguments.file(1)?;
    let score = arguments.decimal(2)?;
    if !(0.0..=1.0).contains(&score) {
        let summary = format!("scores are 0 to 1, {score} is none");
        return Err(Failure::new(FailureClass::Misuse, summary));
    }
    let file = path.display().to_string();
    let reference = Reference::new(&samples(&path)?).map_err(|error| {
        let summary = format!("nothing can be compared with {file}");
        Failure::new(FailureClass::Misuse, summary).detail(error.to_string())
    })?;
    // Long files take a while: other phones go on meanwhile.
    let work = tokio::task::spawn_blocking(move || reference.compare(&recording));
    let summary = match work.await.ok().flatten() {
        Some(found) if found.score >= score => return Ok(()),
        Some(found) => format!(
            "{name} is like {file} by {:.2}, expected {score:.2}",
            found.score
        ),
        None => format!("{name} has too little sound to be compared with {file}"),
    };
    Err(Failure::new(FailureClass::Assertion, summary))
}

fn samples(path: &Path) -> Result<Vec<i16>, Failure> {
    let shown = path.display();
    let octets = std::fs::read(path).map_err(|error| {
        let summary = format!("cannot read {shown}");
        Failure::new(FailureClass::Misuse, summary).detail(error.to_string())
    })?;
    read_wav(&octets).map_err(|error| {
        let summary = format!("{shown} is no WAV file that can be compared");
        Failure::new(FailureClass::Misuse, summary).detail(error.to_string())
    })
}

/// The packets that come to an address, from now on.
#[derive(Debug, Clone)]
pub(super) struct Packets {
    capture: Capture,
    first: usize,
    local: SocketAddr,
}

impl Packets {
    /// From now on, what comes to the RTP port `local` and to that of its RTCP.
    pub(super) fn of(capture: &Capture, local: SocketAddr) -> Self {
        Self {
            capture: capture.clone(),
            first: (capture.totals().sip_kept + capture.totals().media_kept) as usize,
            local,
        }
    }

    /// Whether a file of this name holds packets.
    pub(super) fn fit(path: &Path) -> bool {
        let extension = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
        extension.is_some_and(|it| it == "pcap" || it == "pcapng")
    }

    /// The file so far.
    ///
    /// # Errors
    /// None, as it is written to memory; but the writer could have some.
    pub(super) fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut records = self.capture.records_from(self.first);
        let ports = [self.local.port(), self.local.port().wrapping_add(1)];
        records.retain(|it| {
            it.kind != WireKind::Sip
                && it.direction == Direction::Received
                && it.local.ip() == self.local.ip()
                && ports.contains(&it.local.port())
        });
        let mut octets = Vec::new();
        if path
            .extension()
            .is_some_and(|it| it.eq_ignore_ascii_case("pcap"))
        {
            write_pcap(&mut octets, &records, Duplicates::default())?;
        } else {
            write_pcapng(&mut octets, &records, Duplicates::default())?;
        }
        Ok(octets)
    }
}
