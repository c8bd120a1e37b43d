//! Colour, or none.

/// What a piece of text means; the palette decides how that looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Good,
    Bad,
    Warn,
    Strong,
    Faint,
}

/// Paints text with terminal colours, or leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Palette {
    on: bool,
}

impl Palette {
    /// Text as it is.
    pub const PLAIN: Self = Self { on: false };
    /// ANSI colours.
    pub const COLOUR: Self = Self { on: true };

    /// Colour if `on`.
    pub fn new(on: bool) -> Self {
        Self { on }
    }

    pub(crate) fn paint(self, ink: Ink, text: &str) -> String {
        if !self.on || text.is_empty() {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Good => "32",
            Ink::Bad => "31",
            Ink::Warn => "33",
            Ink::Strong => "1",
            Ink::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
