//! What a key does.

use gannet_events::sipp::Command;

/// What a key, a line typed after `c`, or a datagram does.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyAction {
    /// Tells the run something.
    Run(Command),
    /// Shows a screen.
    Show(Screen),
    /// Shows the figures of another scenario.
    Display(Displayed),
    /// Steps that are hidden are left out, or not.
    Hide(bool),
    /// By how much `+` and `-` change the rate.
    Scale(f64),
    /// Writes something to the error log.
    Dump(Dumped),
    /// Writes all screens to the screen file.
    SaveScreens,
    /// What has been typed of a command line; nothing when there is no line any more.
    Prompt(Option<String>),
    /// A command line that says nothing known, and why.
    Refused(String),
}

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Screen {
    /// Steps with their counts.
    #[default]
    Scenario,
    /// Calls and times.
    Statistics,
    /// The classes of the first timer and of the call length.
    Repartition,
    /// Actions and variables.
    Variables,
    /// Circuits of `-tdmmap`.
    TdmMap,
    /// The classes of the second to the fifth timer.
    Further(usize),
}

impl Screen {
    /// The screen of a key, `1` to `9`.
    pub fn of_key(key: u8) -> Option<Self> {
        match key {
            b'1' => Some(Self::Scenario),
            b'2' => Some(Self::Statistics),
            b'3' => Some(Self::Repartition),
            b'4' => Some(Self::Variables),
            b'5' => Some(Self::TdmMap),
            b'6'..=b'9' => Some(Self::Further(usize::from(key - b'6') + 1)),
            _ => None,
        }
    }
}

/// Whose figures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Displayed {
    /// The scenario (`-sf`, `-sn`).
    #[default]
    Main,
    /// The scenario for messages of no call (`-oocsf`).
    OutOfCall,
    /// The second scenario (`-rxsf`).
    Received,
}

/// What can be written to the error log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dumped {
    /// Calls and timers.
    Tasks,
    /// Variables and their values.
    Variables,
}
