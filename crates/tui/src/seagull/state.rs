//! What is shown.

use std::sync::Arc;

use chrono::FixedOffset;
use gannet_events::traffic::Layout;

use super::{KeyAction, Screen, Screens, Shown, draw};

/// What the terminal shows of a run.
#[derive(Debug, Clone)]
pub struct State {
    pub(super) layout: Arc<Layout>,
    pub(super) screens: Screens,
    pub(super) offset: FixedOffset,
    pub(super) screen: Screen,
    pub(super) page: usize,
    pub(super) percent: bool,
    pub(super) prompt: Option<String>,
    pub(super) error: String,
}

impl State {
    /// The first screen of a run; dates are in the time of `offset`.
    pub fn new(layout: Arc<Layout>, shown: Shown, offset: FixedOffset) -> Self {
        Self {
            screens: Screens::new(&layout, shown),
            layout,
            offset,
            screen: Screen::default(),
            page: 0,
            percent: false,
            prompt: None,
            error: String::new(),
        }
    }

    /// The screens with their keys, for a [`KeyReader`](super::KeyReader).
    pub fn screens(&self) -> &Screens {
        &self.screens
    }

    /// Does to the display what an action asks; commands for the run change nothing here.
    pub fn apply(&mut self, action: &KeyAction) {
        match action {
            KeyAction::Show(screen) if *screen == self.screen => {
                self.page = (self.page + 1) % draw::pages(self);
            }
            KeyAction::Show(screen) => {
                self.screen = *screen;
                self.page = 0;
            }
            KeyAction::TogglePercent => self.toggle_percent(),
            KeyAction::Prompt(prompt) => self.prompt.clone_from(prompt),
            KeyAction::Refused(why) => {
                self.prompt = None;
                self.error.clone_from(why);
            }
            KeyAction::Traffic(_) | KeyAction::SetDisplayPeriod(_) => {
                self.prompt = None;
                self.error.clear();
            }
        }
    }

    /// Response times with or without percentages, as remote control may ask too.
    pub fn toggle_percent(&mut self) {
        self.percent = !self.percent;
    }

    /// The latest thing that went wrong.
    pub fn set_error(&mut self, text: &str) {
        text.clone_into(&mut self.error);
    }
}
