//! Distributions of pauses and samples.

use super::context::Context;
use crate::distributions;
use crate::model::Distribution;
use crate::sipp::text::Names;
use crate::xml::{Attribute, Element};

/// Attributes of any distribution.
pub(super) const PARAMETERS: [&str; 15] = [
    "distribution",
    "value",
    "min",
    "max",
    "mean",
    "stdev",
    "lambda",
    "k",
    "x_m",
    "shape",
    "scale",
    "location",
    "theta",
    "p",
    "n",
];

/// Attributes of pauses that once named a distribution, and the distribution.
pub(super) const OLD: [(&str, &str); 8] = [
    ("normal", "normal"),
    ("exponential", "exponential"),
    ("lognormal", "lognormal"),
    ("weibull", "weibull"),
    ("pareto", "pareto"),
    ("gamma", "gamma"),
    ("min", "uniform"),
    ("max", "uniform"),
];

/// The distribution that the attribute `distribution` names.
pub(super) fn named(
    element: &Element,
    kind: &Attribute,
    context: &mut Context<'_>,
) -> Option<Distribution> {
    let Some((name, _)) = distributions::find(&kind.value) else {
        context.tell(distributions::unknown(kind));
        return None;
    };
    of_name(element, name, context)
}

/// The distribution of that name with the parameters of the element.
pub(super) fn of_name(
    element: &Element,
    name: &str,
    context: &mut Context<'_>,
) -> Option<Distribution> {
    let (_, parameters) = distributions::find(name)?;
    for attribute in &element.attributes {
        let known = PARAMETERS[1..].contains(&attribute.name.as_str());
        if known && !parameters.contains(&attribute.name.as_str()) {
            context.warning(
                "no-effect",
                format!(
                    "the distribution `{name}` has no `{}`: it has no effect",
                    attribute.name
                ),
                attribute.name_span.clone(),
            );
        }
    }
    let mut values = [0.0; 3];
    let mut complete = true;
    for (value, parameter) in values.iter_mut().zip(parameters) {
        let found = context
            .required(element, parameter)
            .and_then(|attribute| context.double(attribute));
        match found {
            Some(found) => *value = found,
            None => complete = false,
        }
    }
    let found = complete.then(|| distributions::build(name, values))?;
    if let Some(rule) = distributions::broken_rule(&found) {
        context.warning(
            "bad-range",
            format!("the distribution `{name}` needs {rule}"),
            element.name_span.clone(),
        );
    }
    Some(found)
}
