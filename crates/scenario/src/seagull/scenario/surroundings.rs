//! What a scenario is compiled with: the other files of the run.

use crate::model::LineEnds;
use crate::seagull::dictionary::Dictionary;

/// The other files, as far as a scenario depends on them.
#[derive(Debug)]
pub(in crate::seagull) struct Surroundings<'a> {
    /// All dictionaries.
    pub(in crate::seagull) dictionaries: &'a [Dictionary],
    /// The channels of the configuration.
    pub(in crate::seagull) channels: Vec<ChannelSetting>,
    /// The configuration could be read, so that channels which are not in it are wrong.
    pub(in crate::seagull) channels_known: bool,
    /// The config-params: names and values.
    pub(in crate::seagull) parameters: Vec<(String, Vec<u8>)>,
    /// The external data.
    pub(in crate::seagull) external: External,
    /// `execute-check-action`.
    pub(in crate::seagull) checks_run: bool,
    /// `retrans-enabled`.
    pub(in crate::seagull) retransmits: bool,
    /// Seagull's own faults are kept.
    pub(in crate::seagull) exact: bool,
    /// Responses must have the method of the scenario's own message.
    pub(in crate::seagull) match_cseq: bool,
    /// What becomes of carriage returns in values.
    pub(in crate::seagull) line_ends: LineEnds,
}

/// A channel of the configuration.
#[derive(Debug)]
pub(in crate::seagull) struct ChannelSetting {
    /// Its name.
    pub(in crate::seagull) name: String,
    /// Index of its dictionary, if there is one.
    pub(in crate::seagull) dictionary: Option<usize>,
}

/// What is known about external data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::seagull) enum External {
    /// The configuration names none.
    NotNamed,
    /// They, or the configuration that may name them, could not be read, which is told elsewhere.
    Unreadable,
    /// They have this number of columns.
    Columns(usize),
}

impl Surroundings<'_> {
    /// The dictionary of a channel; without one, the only dictionary there is, so that what a
    /// command says can be judged all the same.
    pub(super) fn dictionary(&self, channel: Option<usize>) -> Option<&Dictionary> {
        let index = match channel {
            Some(channel) => self.channels[channel].dictionary,
            None => None,
        };
        match (index, self.dictionaries) {
            (Some(index), all) => all.get(index),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}
