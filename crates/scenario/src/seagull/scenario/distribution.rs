//! `<wait-ms>`: how long.

use gannet_diag::{Diagnostic, Diagnostics, nearest};

use crate::model::Distribution;
use crate::seagull::attributes::{judge, number, required};
use crate::seagull::xml::{Attribute, Element};

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
    let Some((name, parameters)) = DISTRIBUTIONS.iter().find(|(name, _)| *name == kind.value)
    else {
        let names = DISTRIBUTIONS.iter().map(|(name, _)| *name);
        diagnostics.push(
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
    let known: Vec<&str> = parameters
        .iter()
        .copied()
        .chain(["label", "distribution"])
        .collect();
    judge(element, &known, diagnostics);
    let mut values = [0.0; 3];
    let mut complete = true;
    for (value, parameter) in values.iter_mut().zip(*parameters) {
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
    let length = distribution(name, values);
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
        // The mean is that of the logarithm.
        Distribution::LogNormal { stdev, .. } => (stdev >= 0.0, "`stdev` of at least 0"),
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
    };
    if fits { Ok(()) } else { Err(rule) }
}
