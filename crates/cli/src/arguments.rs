//! The command line as a whole.

use clap::builder::styling::{AnsiColor, Effects, Styles};
use clap::{Parser, ValueEnum};

use crate::commands::Command;

/// Test SIP systems with sentences: Gannet plays the phones.
#[derive(Debug, Parser)]
#[command(
    name = "gannet",
    version,
    about,
    styles = STYLES,
    arg_required_else_help = true,
    subcommand_required = true,
    disable_help_subcommand = false,
    after_help = EXIT_CODES,
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to write in colour.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        alias = "color",
        display_order = LAST
    )]
    pub(crate) colour: Colour,
}

/// When to write in colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless the environment has NO_COLOR.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// After the options of each command; else the number of commands would be its place.
const LAST: usize = 900;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
    .placeholder(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "\
Exit codes:
  0  all passed
  1  something failed
  2  bad input or usage; nothing was sent
  3  the environment: a port in use, a server out of reach
  4  nothing was executed";
