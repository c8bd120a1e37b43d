//! Distributions as Seagull's and SIPp's files name them.

use gannet_diag::{Diagnostic, nearest};

use crate::model::Distribution;
use crate::xml::Attribute;

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

/// The name of a distribution and its parameters.
pub(crate) fn find(name: &str) -> Option<(&'static str, &'static [&'static str])> {
    DISTRIBUTIONS.into_iter().find(|(known, _)| *known == name)
}

/// The complaint about a name that is none of a distribution.
pub(crate) fn unknown(kind: &Attribute) -> Diagnostic {
    let names = DISTRIBUTIONS.iter().map(|(name, _)| *name);
    Diagnostic::error(
        "bad-value",
        format!("there is no distribution `{}`", kind.value),
        kind.value_span.clone(),
    )
    .with_suggestions(&nearest(&kind.value, names.clone(), 1))
    .with_help(format!(
        "distributions are {}",
        names.collect::<Vec<_>>().join(", ")
    ))
}

/// The distribution of that name with its parameters in their order.
pub(crate) fn build(name: &str, [a, b, c]: [f64; 3]) -> Distribution {
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

/// What the parameters must be, if they are not.
pub(crate) fn broken_rule(found: &Distribution) -> Option<&'static str> {
    let (fits, rule) = match *found {
        Distribution::Fixed { .. } => return None,
        Distribution::Uniform { min, max } => (min <= max, "`max` of at least `min`"),
        // The mean of a logarithm may be negative.
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
    };
    (!fits).then_some(rule)
}
