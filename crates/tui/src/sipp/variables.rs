//! Actions and variables.

use super::step::{doing, position};
use super::{Beside, State};

pub(super) fn draw(state: &State, beside: &Beside) -> Vec<String> {
    let mut lines = vec!["Actions by step:".to_owned()];
    for of_step in &state.facts.actions {
        let step = state.layout().steps.get(of_step.step);
        let doing = step.map_or_else(String::new, |step| format!(", {}", doing(step)));
        lines.push(format!("=> {}{doing}", position(of_step.step)));
        lines.extend(of_step.actions.iter().map(|text| format!("   --> {text}")));
    }
    if state.facts.actions.is_empty() {
        lines.push("=> no step has any".into());
    }
    lines.push(String::new());
    lines.push("Global variables:".into());
    if beside.variables.is_empty() {
        lines.push("=> none".into());
    }
    let variables = beside.variables.iter();
    lines.extend(variables.map(|(name, value)| format!("   ${name} = {value}")));
    lines
}
