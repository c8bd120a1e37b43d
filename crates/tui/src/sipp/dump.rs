//! What `dump` writes to the error log.

use super::{Dumped, Moment, State};

/// The lines of a dump, without their ends.
pub fn dump(what: Dumped, state: &State, moment: Moment<'_>) -> Vec<String> {
    let beside = moment.beside;
    match what {
        Dumped::Tasks => {
            let figures = state.figures(moment.now);
            let steps = state.layout().steps.iter().zip(&figures.steps).enumerate();
            let paused = steps.filter(|(_, (_, counted))| counted.paused_now > 0);
            let mut lines = vec![format!(
                "{} open calls: {} running, {} paused",
                figures.open, beside.running, beside.paused
            )];
            lines.extend(paused.map(|(index, (step, counted))| {
                let (count, length) = (counted.paused_now, &step.name);
                format!("{count} in the pause of {length} at step {index}")
            }));
            lines
        }
        Dumped::Variables if beside.variables.is_empty() => vec!["no global variables".into()],
        Dumped::Variables => {
            let variables = beside.variables.iter();
            variables
                .map(|(name, value)| format!("${name} = {value}"))
                .collect()
        }
    }
}
