//! Where events go.

use std::io;
use std::time::Instant;

use gannet_events::RunEvent;

/// Reads the events of a run, in order.
///
/// A sink never stops the run: it keeps its first error and returns it from
/// [`finish`](EventSink::finish).
pub trait EventSink: Send {
    /// Takes one event.
    fn on_event(&mut self, event: &RunEvent);

    /// Called several times a second while a run is going on, for faces that show elapsed time.
    fn tick(&mut self, now: Instant) {
        let _ = now;
    }

    /// Called once after the last event: writes what is still to be written.
    fn finish(&mut self) -> io::Result<()>;
}

/// Feeds several sinks, in order.
#[derive(Default)]
pub struct Tee(Vec<Box<dyn EventSink>>);

impl Tee {
    /// A tee without sinks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a sink.
    #[must_use]
    pub fn with(mut self, sink: impl EventSink + 'static) -> Self {
        self.push(sink);
        self
    }

    /// Adds a sink.
    pub fn push(&mut self, sink: impl EventSink + 'static) {
        self.0.push(Box::new(sink));
    }
}

impl EventSink for Tee {
    fn on_event(&mut self, event: &RunEvent) {
        for sink in &mut self.0 {
            sink.on_event(event);
        }
    }

    fn tick(&mut self, now: Instant) {
        for sink in &mut self.0 {
            sink.tick(now);
        }
    }

    /// Finishes all sinks, then returns the first error.
    fn finish(&mut self) -> io::Result<()> {
        let mut result = Ok(());
        for sink in &mut self.0 {
            result = result.and(sink.finish());
        }
        result
    }
}

/// A writer that keeps its first error and then writes nothing more.
pub(crate) struct Output<W> {
    writer: W,
    error: Option<io::Error>,
}

impl<W: io::Write> Output<W> {
    pub(crate) fn new(writer: W) -> Self {
        Self {
            writer,
            error: None,
        }
    }

    /// Runs `write` unless an earlier one failed.
    pub(crate) fn attempt(&mut self, write: impl FnOnce(&mut W) -> io::Result<()>) {
        if self.error.is_none() {
            self.error = write(&mut self.writer).err();
        }
    }

    /// Writes all of `text` and flushes.
    pub(crate) fn print(&mut self, text: &str) {
        if !text.is_empty() {
            self.attempt(|writer| {
                writer.write_all(text.as_bytes())?;
                writer.flush()
            });
        }
    }

    /// Flushes and gives the first error, once.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.attempt(W::flush);
        self.error.take().map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use gannet_events::Notice;

    use super::*;

    struct Count(Arc<Mutex<Vec<&'static str>>>, &'static str, bool);

    impl EventSink for Count {
        fn on_event(&mut self, _: &RunEvent) {
            self.0.lock().unwrap().push(self.1);
        }

        fn finish(&mut self) -> io::Result<()> {
            self.0.lock().unwrap().push("end");
            if self.2 {
                return Err(io::Error::other(self.1));
            }
            Ok(())
        }
    }

    #[test]
    fn tee_feeds_and_finishes_all_and_gives_the_first_error() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut tee = Tee::new()
            .with(Count(Arc::clone(&seen), "a", false))
            .with(Count(Arc::clone(&seen), "b", true))
            .with(Count(Arc::clone(&seen), "c", true));
        tee.on_event(&RunEvent::Notice(Notice::default()));
        assert_eq!(tee.finish().unwrap_err().to_string(), "b");
        assert_eq!(*seen.lock().unwrap(), ["a", "b", "c", "end", "end", "end"]);
    }
}
