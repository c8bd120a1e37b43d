//! `<identity>`: signs a call into a variable (RFC 8224), which SIPp does not have.

use super::action::{required_text, required_variable};
use crate::sipp::compile::context::Context;
use crate::sipp::model::{Action, IdentityOf, Keyword, Text};
use crate::xml::Element;

/// Compiles the action. `None` after a complaint.
pub(super) fn identity(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    let known = [
        "assign_to",
        "key",
        "x5u",
        "orig",
        "dest",
        "attest",
        "origid",
    ];
    context.judge(element, &known);
    let to = required_variable(element, "assign_to", context);
    let mut needed = |name: &str| required_text(element, name, context);
    let (key, x5u) = (needed("key"), needed("x5u"));
    let (orig, dest) = (needed("orig"), needed("dest"));
    let attest = element.attribute("attest");
    let origid = element.attribute("origid");
    if let Some(attest) = attest
        && !attest.value.contains('[')
        && !matches!(attest.value.as_str(), "A" | "B" | "C")
    {
        let message = format!("`{}` is no attestation: there are A, B and C", attest.value);
        context.error("bad-action", message, attest.value_span.clone());
        return None;
    }
    if let (Some(origid), None) = (origid, attest) {
        let message = "`origid` needs `attest`, too (RFC 8588 5)";
        context.error("bad-action", message, origid.value_span.clone());
        return None;
    }
    let attest = attest.map(|attribute| context.attribute_text(attribute));
    let origid = origid.map(|attribute| context.attribute_text(attribute));
    let mut text = Text::default();
    text.push_slot(Keyword::Identity(Box::new(IdentityOf {
        key: key?,
        x5u: x5u?,
        orig: orig?,
        dest: dest?,
        attest,
        origid,
    })));
    Some(Action::AssignText { to: to?, text })
}
