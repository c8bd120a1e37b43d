//! Keeping a run, and showing it again.

use std::io::{self, BufRead, Write};

use gannet_events::RunEvent;

use crate::sink::{EventSink, Output};

/// Writes each event as one line of JSON, at once, so that a run that ends early is kept too.
pub struct Recorder<W> {
    output: Output<W>,
}

impl<W: Write + Send> Recorder<W> {
    /// Records into `writer`; give it a buffer, it is flushed at the end of each scenario.
    pub fn new(writer: W) -> Self {
        Self {
            output: Output::new(writer),
        }
    }
}

impl<W: Write + Send> EventSink for Recorder<W> {
    fn on_event(&mut self, event: &RunEvent) {
        self.output.attempt(|writer| {
            serde_json::to_writer(&mut *writer, event)?;
            writer.write_all(b"\n")?;
            if matches!(event, RunEvent::ScenarioFinished(_)) {
                writer.flush()?;
            }
            Ok(())
        });
    }

    fn finish(&mut self) -> io::Result<()> {
        self.output.finish()
    }
}

/// Why a recording could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The recording could not be read.
    #[error("cannot read the recording")]
    Read(#[source] io::Error),
    /// A line is no event. The events before it have been shown.
    #[error("line {line} of the recording is no event")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A sink failed.
    #[error("cannot write what the recording shows")]
    Sink(#[source] io::Error),
}

/// Feeds a recording to a sink and finishes it. Returns how many events there were; empty lines
/// are none. The sink is finished even if the recording breaks off in the middle.
pub fn replay(mut reader: impl BufRead, sink: &mut dyn EventSink) -> Result<u64, ReplayError> {
    let shown = feed(&mut reader, sink);
    let finished = sink.finish().map_err(ReplayError::Sink);
    let shown = shown?;
    finished?;
    Ok(shown)
}

fn feed(reader: &mut impl BufRead, sink: &mut dyn EventSink) -> Result<u64, ReplayError> {
    let mut events = 0;
    let mut line = 0;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = reader
            .read_until(b'\n', &mut bytes)
            .map_err(ReplayError::Read)?;
        if read == 0 {
            return Ok(events);
        }
        line += 1;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let event =
            serde_json::from_slice(&bytes).map_err(|source| ReplayError::Line { line, source })?;
        sink.on_event(&event);
        events += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[derive(Default)]
    struct Keep(Vec<RunEvent>, bool);

    impl EventSink for Keep {
        fn on_event(&mut self, event: &RunEvent) {
            self.0.push(event.clone());
        }

        fn finish(&mut self) -> io::Result<()> {
            self.1 = true;
            Ok(())
        }
    }

    fn record(events: &[RunEvent]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut recorder = Recorder::new(&mut bytes);
        for event in events {
            recorder.on_event(event);
        }
        recorder.finish().unwrap();
        drop(recorder);
        bytes
    }

    #[test]
    fn a_recorded_run_comes_back_equal() {
        let events = sample::whole_run();
        let bytes = record(&events);
        assert_eq!(
            bytes.trim_ascii_end().split(|b| *b == b'\n').count(),
            events.len()
        );
        let mut keep = Keep::default();
        let shown = replay(&bytes[..], &mut keep).unwrap();
        assert_eq!(shown, events.len() as u64);
        assert_eq!(keep.0, events);
        assert!(keep.1);
    }

    #[test]
    fn a_broken_line_is_named_and_the_events_before_it_are_shown() {
        let mut bytes = record(&sample::whole_run()[..3]);
        bytes.truncate(bytes.len() - 10);
        let mut keep = Keep::default();
        let error = replay(&bytes[..], &mut keep).unwrap_err();
        assert!(
            matches!(error, ReplayError::Line { line: 3, .. }),
            "{error}"
        );
        assert_eq!(keep.0.len(), 2);
        assert!(keep.1);
    }
}
