//! Distributions of pauses and samples.

use gannet_diag::{Diagnostic, nearest};

use super::context::Context;
use crate::model::Distribution;
use crate::sipp::text::Names;
use crate::xml::{Attribute, Element};

/// Names of the distributions, each with its parameters.
const DISTRIBUTIONS: [(&str, &[&str]); 10] = [
    ("fixed", &["value"]),
    ("uniform", &["min", "max"]),
    ("normal", &["mean", "stdev"]),
    ("lognormal", &["mean", "stdev"]),
    ("exponential", &["mean"]),
    ("weibull", &["lambda", "k"]),
    ("pareto", &["k", "x_m"]),
    ("gpareto", &["shape", "scale", "location"]),
    ("gamma", &["k", "theta"]),
    ("negbin", &["p", "n"]),
];

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
    let found = DISTRIBUTIONS.iter().find(|(name, _)| *name == kind.value);
    let Some((name, _)) = found else {
        let names = DISTRIBUTIONS.iter().map(|(name, _)| *name);
        context.tell(
            Diagnostic::error(
                "bad-value",
                format!("there is no distribution `{}`", kind.value),
                kind.value_span.clone(),
            )
            .with_suggestions(&nearest(&kind.value, names.clone(), 1))
            .with_help(format!(
                "distributions are {}",
                names.collect::<Vec<_>>().join(", ")
            )),
        );
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
    let (_, parameters) = DISTRIBUTIONS.iter().find(|(known, _)| *known == name)?;
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
    for (value, parameter) in values.iter_mut().zip(*parameters) {
        let found = context
            .required(element, parameter)
            .and_then(|attribute| context.double(attribute));
        match found {
            Some(found) => *value = found,
            None => complete = false,
        }
    }
    let found = complete.then(|| distribution(name, values))?;
    if let Some(rule) = broken_rule(&found) {
        context.error(
            "bad-range",
            format!("the distribution `{name}` needs {rule}"),
            element.name_span.clone(),
        );
    }
    Some(found)
}

fn distribution(name: &str, [a, b, c]: [f64; 3]) -> Distribution {
    match name {
        "uniform" => Distribution::Uniform { min: a, max: b },
        "normal" => Distribution::Normal { mean: a, stdev: b },
        "lognormal" => Distribution::LogNormal { mean: a, stdev: b },
        "exponential" => Distribution::Exponential { mean: a },
        "weibull" => Distribution::Weibull { lambda: a, k: b },
        "pareto" => Distribution::Pareto { k: a, x_m: b },
        "gpareto" => Distribution::GPareto {
            shape: a,
            scale: b,
            location: c,
        },
        "gamma" => Distribution::Gamma { k: a, theta: b },
        "negbin" => Distribution::NegBin { p: a, n: b },
        _ => Distribution::Fixed { value: a },
    }
}

/// What the values must be, if they are not.
fn broken_rule(found: &Distribution) -> Option<&'static str> {
    let (fits, rule) = match *found {
        Distribution::Uniform { min, max } => (min <= max, "`max` of at least `min`"),
        Distribution::Normal { stdev, .. } | Distribution::LogNormal { stdev, .. } => {
            (stdev >= 0.0, "`stdev` of at least 0")
        }
        Distribution::Exponential { mean } => (mean > 0.0, "`mean` above 0"),
        Distribution::Weibull { lambda, k } => {
            (lambda > 0.0 && k > 0.0, "`lambda` and `k` above 0")
        }
        Distribution::Pareto { k, x_m } => (k > 0.0 && x_m > 0.0, "`k` and `x_m` above 0"),
        Distribution::GPareto { scale, .. } => (scale > 0.0, "`scale` above 0"),
        Distribution::Gamma { k, theta } => (k > 0.0 && theta > 0.0, "`k` and `theta` above 0"),
        Distribution::NegBin { p, n } => (
            0.0 < p && p <= 1.0 && n > 0.0,
            "`p` above 0 and at most 1, and `n` above 0",
        ),
        Distribution::Fixed { .. } => return None,
    };
    (!fits).then_some(rule)
}
