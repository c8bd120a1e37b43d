//! `<wait-ms>`: how long.

use gannet_diag::{Diagnostic, Diagnostics};

use crate::attributes::{judge, number, required};
use crate::distributions;
use crate::model::Distribution;
use crate::seagull::xml::{Attribute, Element};

/// The length of a pause and its name.
pub(super) fn length(
    element: &Element,
    diagnostics: &mut Diagnostics,
) -> Option<(Distribution, String)> {
    let Some(kind) = element.attribute("distribution") else {
        judge(element, &["value", "label", "distribution"], diagnostics);
        let value: u64 = number(required(element, "value", diagnostics)?, diagnostics)?;
        let length = Distribution::Fixed {
            value: value as f64,
        };
        return Some((length, format!("{value} ms")));
    };
    let Some((name, parameters)) = distributions::find(&kind.value) else {
        diagnostics.push(distributions::unknown(kind));
        return None;
    };
    let known: Vec<&str> = parameters
        .iter()
        .copied()
        .chain(["label", "distribution"])
        .collect();
    judge(element, &known, diagnostics);
    let mut values = [0.0; 3];
    let mut complete = true;
    for (value, parameter) in values.iter_mut().zip(parameters) {
        let found = required(element, parameter, diagnostics)
            .and_then(|attribute| finite(attribute, diagnostics));
        match found {
            Some(found) => *value = found,
            None => complete = false,
        }
    }
    if !complete {
        return None;
    }
    let length = distributions::build(name, values);
    if let Err(rule) = judge_values(&length) {
        diagnostics.push(Diagnostic::error(
            "bad-range",
            format!("the distribution `{name}` needs {rule}"),
            element.name_span.clone(),
        ));
        return None;
    }
    let shown: Vec<String> = parameters
        .iter()
        .zip(values)
        .map(|(parameter, value)| format!("{parameter}={value}"))
        .collect();
    Some((length, format!("{name} {} ms", shown.join(" "))))
}

/// The number in an attribute; `nan`, `inf` and what is too large are none.
fn finite(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<f64> {
    let found: f64 = number(attribute, diagnostics)?;
    if !found.is_finite() {
        diagnostics.push(Diagnostic::error(
            "bad-number",
            format!(
                "`{}` of `{}` is not a finite number",
                attribute.value, attribute.name
            ),
            attribute.value_span.clone(),
        ));
        return None;
    }
    Some(found)
}

/// What the values must be, if they are not.
fn judge_values(length: &Distribution) -> Result<(), &'static str> {
    let (fits, rule) = match *length {
        Distribution::Fixed { value } => (value >= 0.0, "`value` of at least 0"),
        Distribution::Uniform { min, max } => (
            0.0 <= min && min <= max,
            "`min` of at least 0 and `max` of at least `min`",
        ),
        Distribution::Normal { mean, stdev } => (
            mean >= 0.0 && stdev >= 0.0,
            "`mean` and `stdev` of at least 0",
        ),
        _ => return distributions::broken_rule(length).map_or(Ok(()), Err),
    };
    if fits { Ok(()) } else { Err(rule) }
}
