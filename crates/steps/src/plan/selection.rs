//! Which scenarios are wanted.

use std::collections::BTreeSet;

use gannet_gherkin::{Pickle, TagExpression};
use regex::Regex;

/// Which scenarios are wanted; all conditions hold together.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// A condition on tags.
    pub tags: Option<TagExpression>,
    /// What the name must match in some place.
    pub name: Option<Regex>,
    /// Run those that are tagged `@skip` as well.
    pub skipped: bool,
}

impl Selection {
    /// Whether the scenario is wanted. `lines` are those named for its file; a line means the
    /// scenario or the example row that it stands in.
    pub(super) fn wants(&self, pickle: &Pickle, lines: Option<&BTreeSet<usize>>) -> bool {
        let tags: Vec<_> = pickle.tags.iter().map(|tag| tag.name.as_str()).collect();
        self.tags
            .as_ref()
            .is_none_or(|expression| expression.matches(&tags))
            && self
                .name
                .as_ref()
                .is_none_or(|name| name.is_match(&pickle.name))
            && lines.is_none_or(|lines| lines.iter().any(|&line| stands_in(pickle, line)))
    }
}

/// Whether a line is the heading, a step or the example row of a scenario, or stands between them.
fn stands_in(pickle: &Pickle, line: usize) -> bool {
    if line == pickle.location.line {
        return true;
    }
    let heading = pickle.scenario_location.line;
    // Steps of a background stand before the heading.
    let last_step = pickle
        .steps
        .iter()
        .map(|step| step.location.line)
        .filter(|&line| line > heading)
        .max();
    (heading..=last_step.unwrap_or(heading)).contains(&line)
}
