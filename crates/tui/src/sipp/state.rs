//! What is shown.

use std::sync::Arc;

use chrono::FixedOffset;
use gannet_events::sipp::{Figures, Layout, Snapshot};

use super::{Displayed, Facts, KeyAction, Screen};

/// What the terminal shows of a run.
#[derive(Debug, Clone)]
pub struct State {
    pub(super) facts: Facts,
    pub(super) offset: FixedOffset,
    pub(super) screen: Screen,
    pub(super) displayed: Displayed,
    pub(super) hides: bool,
    pub(super) prompt: Option<String>,
    pub(super) error: String,
    main: Arc<Layout>,
    received: Option<Arc<Layout>>,
    out_of_call: Option<Arc<Layout>>,
}

impl State {
    /// The first screen of a run; dates are in the time of `offset`.
    pub fn new(layout: Arc<Layout>, facts: Facts, offset: FixedOffset) -> Self {
        Self {
            facts,
            offset,
            screen: Screen::default(),
            displayed: Displayed::default(),
            hides: true,
            prompt: None,
            error: String::new(),
            main: layout,
            received: None,
            out_of_call: None,
        }
    }

    /// With a second scenario (`-rxsf`).
    #[must_use]
    pub fn with_received(self, layout: Arc<Layout>) -> Self {
        Self {
            received: Some(layout),
            ..self
        }
    }

    /// With a scenario for messages of no call (`-oocsf`).
    #[must_use]
    pub fn with_out_of_call(self, layout: Arc<Layout>) -> Self {
        Self {
            out_of_call: Some(layout),
            ..self
        }
    }

    /// Does to the display what an action asks; commands for the run change nothing here.
    pub fn apply(&mut self, action: &KeyAction) {
        match action {
            KeyAction::Prompt(prompt) => {
                self.prompt.clone_from(prompt);
                return;
            }
            KeyAction::Refused(why) => self.error.clone_from(why),
            KeyAction::Show(screen) => self.screen = *screen,
            KeyAction::Display(displayed) => self.display(*displayed),
            KeyAction::Hide(hides) => self.hides = *hides,
            KeyAction::Run(_)
            | KeyAction::Scale(_)
            | KeyAction::Dump(_)
            | KeyAction::SaveScreens => {}
        }
        self.prompt = None;
    }

    /// The latest thing that went wrong.
    pub fn set_error(&mut self, text: &str) {
        text.clone_into(&mut self.error);
    }

    pub(super) fn layout(&self) -> &Layout {
        let shown = match self.displayed {
            Displayed::Main => None,
            Displayed::Received => self.received.as_deref(),
            Displayed::OutOfCall => self.out_of_call.as_deref(),
        };
        shown.unwrap_or(&self.main)
    }

    /// The figures of the scenario that is shown.
    pub(super) fn figures<'a>(&self, of: &'a Snapshot) -> &'a Figures {
        let shown = match self.displayed {
            Displayed::Main => None,
            Displayed::Received => of.received.as_ref(),
            Displayed::OutOfCall => of.out_of_call.as_ref(),
        };
        shown.unwrap_or(&of.figures)
    }

    fn display(&mut self, displayed: Displayed) {
        let missing = match displayed {
            Displayed::Received if self.received.is_none() => "-rxsf",
            Displayed::OutOfCall if self.out_of_call.is_none() => "-oocsf or -oocsn",
            _ => {
                self.displayed = displayed;
                return;
            }
        };
        self.error = format!("display: the run has no such scenario, as {missing} would give it");
    }
}
