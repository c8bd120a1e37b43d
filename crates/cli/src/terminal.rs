//! What the output can show.

use std::io::{IsTerminal, stderr, stdout};

use crate::arguments::Colour;

/// What the output can show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    /// Colours on standard output.
    pub(crate) out_colour: bool,
    /// Colours on standard error.
    pub(crate) error_colour: bool,
    /// Standard output is a terminal.
    pub(crate) interactive: bool,
    /// Columns of the terminal; `None` for files and pipes.
    pub(crate) width: Option<usize>,
    /// The same, for standard error.
    pub(crate) error_width: Option<usize>,
}

impl Terminal {
    /// Looks at the standard streams and, for [`Colour::Auto`], at `NO_COLOR`
    /// (<https://no-color.org>) and `TERM`.
    pub(crate) fn new(colour: Colour) -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let allowed = !set("NO_COLOR") && !dumb;
        let wanted = |terminal: bool| match colour {
            Colour::Auto => terminal && allowed,
            Colour::Always => true,
            Colour::Never => false,
        };
        let interactive = stdout().is_terminal();
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            out_colour: wanted(interactive),
            error_colour: wanted(stderr().is_terminal()),
            interactive: interactive && !dumb,
            width: width.filter(|_| interactive),
            error_width: width.filter(|_| stderr().is_terminal()),
        }
    }
}
