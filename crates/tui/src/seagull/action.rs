//! What a key does.

use std::time::Duration;

use gannet_events::traffic::Command;

use super::Screen;

/// What a key, or a line typed after `c`, does.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyAction {
    /// Tells the run something.
    Traffic(Command),
    /// Shows a screen; the one that is shown already goes on to its next page.
    Show(Screen),
    /// Response times with or without percentages.
    TogglePercent,
    /// How often the screen is drawn.
    SetDisplayPeriod(Duration),
    /// What has been typed of a command line; nothing when there is no line any more.
    Prompt(Option<String>),
    /// A command line that says nothing known, and why.
    Refused(String),
}
