//! `<pause>`, `<timewait>`.

use gannet_diag::Diagnostic;

use super::context::Context;
use super::distribution::{OLD, named, of_name};
use crate::model::{Distribution, PAUSE_MS_MAX};
use crate::sipp::model::{Pause, PauseLength};
use crate::sipp::text::Names;
use crate::xml::Element;

/// A pause.
pub(super) fn pause(element: &Element, context: &mut Context<'_>) -> Option<Pause> {
    let is_timewait = element.name == "timewait";
    if is_timewait {
        for name in ["next", "ontimeout"] {
            if let Some(attribute) = element.attribute(name) {
                let message = format!("a `<timewait>` has no `{name}`: the call is complete");
                context.error("misplaced-attribute", message, attribute.name_span.clone());
            }
        }
    }
    let length = length(element, context)?;
    Some(Pause {
        length,
        is_timewait,
    })
}

fn length(element: &Element, context: &mut Context<'_>) -> Option<PauseLength> {
    if let Some(attribute) = element.attribute("variable") {
        return context
            .attribute_variable(attribute)
            .map(PauseLength::Variable);
    }
    let checks = context.boolean(element, "sanity_check", true);
    let distribution = if let Some(kind) = element.attribute("distribution") {
        named(element, kind, context)?
    } else if let Some((_, name)) = OLD
        .iter()
        .find(|(name, _)| element.attribute(name).is_some())
    {
        of_name(element, name, context)?
    } else if let Some(attribute) = element.attribute("milliseconds") {
        Distribution::Fixed {
            value: context.double(attribute)?,
        }
    } else {
        return Some(PauseLength::Default);
    };
    // No number: the parameters have been complained about.
    let longest = distribution.quantile_ms(0.99);
    if checks && longest > PAUSE_MS_MAX {
        context.tell(
            Diagnostic::error(
                "pause-too-long",
                format!("one pause in a hundred is longer than {PAUSE_MS_MAX} ms"),
                element.name_span.clone(),
            )
            .with_help("sanity_check=\"false\" takes it, and shortens such pauses"),
        );
    }
    Some(PauseLength::Drawn(distribution))
}
