//! `<counter>`: the counters of the process.

use gannet_diag::{Diagnostic, Diagnostics};

use super::names::Names;
use crate::attributes::{judge, next_index, number, optional_number, passed_over, required};
use crate::model::{Counter, CounterLimit};
use crate::seagull::xml::Element;

/// Adds the `<counterdef name init min max behaviour>`s of a `<counter>`.
pub(super) fn counters(element: &Element, names: &mut Names, diagnostics: &mut Diagnostics) {
    for child in element.elements() {
        if child.name != "counterdef" {
            diagnostics.push(passed_over(child, &element.name, &["counterdef"]));
            continue;
        }
        judge(
            child,
            &["name", "init", "min", "max", "behaviour"],
            diagnostics,
        );
        let Some(counter) = counter(child, diagnostics) else {
            continue;
        };
        let place = child
            .attribute("name")
            .map_or(child.name_span.clone(), |name| name.value_span.clone());
        if names.counter(&counter.name).is_some() {
            diagnostics.push(Diagnostic::error(
                "duplicate-counter",
                format!("the counter `{}` is already defined", counter.name),
                place,
            ));
        } else if next_index(names.counters.len(), "counters", place, diagnostics).is_some() {
            names.counters.push(counter);
        }
    }
}

/// A counter; one with wrong numbers is still one, so that its name is known.
fn counter(element: &Element, diagnostics: &mut Diagnostics) -> Option<Counter> {
    let init = required(element, "init", diagnostics)
        .and_then(|attribute| number(attribute, diagnostics))
        .unwrap_or(0);
    let min = optional_number(element, "min", diagnostics)
        .ok()
        .flatten()
        .unwrap_or(init);
    let max = optional_number(element, "max", diagnostics)
        .ok()
        .flatten()
        .unwrap_or(u64::MAX);
    if min > max || init > max {
        diagnostics.push(Diagnostic::error(
            "bad-range",
            format!(
                "the counter starts at {init} and ends at {max}, with {min} as its lowest value"
            ),
            element.name_span.clone(),
        ));
    }
    Some(Counter {
        name: required(element, "name", diagnostics)?.value.clone(),
        init,
        min,
        max,
        at_max: at_max(element, diagnostics),
    })
}

/// What comes after the highest value. Seagull goes to the first value when it does not know the
/// word, and says so.
fn at_max(element: &Element, diagnostics: &mut Diagnostics) -> CounterLimit {
    let Some(behaviour) = element.attribute("behaviour") else {
        return CounterLimit::Init;
    };
    match behaviour.value.as_str() {
        "init" => CounterLimit::Init,
        "min" => CounterLimit::Min,
        "no_reset" => CounterLimit::Stay,
        other => {
            diagnostics.push(
                Diagnostic::warning(
                    "bad-value",
                    format!("`{other}` is no behaviour of a counter: `init` is taken"),
                    behaviour.value_span.clone(),
                )
                .with_suggestions(&gannet_diag::nearest(
                    other,
                    ["init", "min", "no_reset"],
                    1,
                )),
            );
            CounterLimit::Init
        }
    }
}
