//! What is shown.

use std::fmt;
use std::sync::OnceLock;

use bytes::Bytes;

/// A way of showing a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// The document, as JSON.
    State,
    /// Prometheus' text format.
    Metrics,
    /// The report, as HTML.
    Report,
}

/// The state of a run, ready to be shown. It is rendered when somebody asks, once.
pub struct Shown {
    event: Bytes,
    render: Box<dyn Fn(Face) -> String + Send + Sync>,
    rendered: [OnceLock<Bytes>; 3],
}

impl Shown {
    /// `event` is what goes to those who follow the run: JSON on one line.
    pub fn new(
        event: impl Into<String>,
        render: impl Fn(Face) -> String + Send + Sync + 'static,
    ) -> Self {
        let event = event.into().replace(['\r', '\n'], " ");
        Self {
            event: format!("data: {event}\n\n").into(),
            render: Box::new(render),
            rendered: Default::default(),
        }
    }

    pub(super) fn event(&self) -> Bytes {
        self.event.clone()
    }

    pub(super) fn face(&self, face: Face) -> Bytes {
        let rendered = &self.rendered[face as usize];
        rendered.get_or_init(|| (self.render)(face).into()).clone()
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shown").finish_non_exhaustive()
    }
}
